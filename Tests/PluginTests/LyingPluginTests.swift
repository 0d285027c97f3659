import Kernel
import PluginABI
import PluginHost
import Synchronization
import Testing
import WireJSON

/// A plugin that answers every call except `describe` with the body it was given, so that a test can make it say anything.
private enum Liar {
    /// What `describe` answers. Only one suite, whose tests run one after the other, changes it.
    static let description = Mutex(honest)
    static let honest = #"""
        {"kind":"liar","title":{"en":"a","ru":"b","kk":"c"},"modes":["webhook"],
        "capabilities":{"text":{"limit":10,"unit":"utf8"}},"unknown":{"key":[1,2]}}
        """#

    static func table(version: UInt32 = UInt32(SEVENSALES_PLUGIN_ABI), size: Int = MemoryLayout<sevensales_plugin>.size)
        -> UnsafePointer<sevensales_plugin>
    {
        let table = UnsafeMutablePointer<sevensales_plugin>.allocate(capacity: 1)
        let kind: StaticString = "liar"
        table.initialize(
            to: sevensales_plugin(
                abi_version: version, struct_size: UInt32(size),
                kind: UnsafeRawPointer(kind.utf8Start).assumingMemoryBound(to: CChar.self),
                call: { operation, _, body, output in
                    let bytes =
                        Int(operation) == SEVENSALES_DESCRIBE
                        ? Array(Liar.description.withLock(\.self).utf8)
                        : Array(UnsafeBufferPointer(start: body.bytes, count: body.count))
                    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, bytes.count))
                    for (index, byte) in bytes.enumerated() { copy[index] = byte }
                    output?.pointee = sevensales_buffer(bytes: copy, count: bytes.count)
                    return bytes.first == UInt8(ascii: "!") ? 77 : 0
                },
                release: { $0.bytes?.deallocate() }))
        return UnsafePointer(table)
    }
}

/// Whatever a plugin answers, the host gets a value or a fault.
@Suite(.serialized) struct LyingPluginTests {
    let context = ChannelContext(now: Instant(seconds: 1))

    private func driver() throws -> StaticDriver { try StaticDriver(Liar.table()) }

    static let verifications = [
        "", "null", "{}", "[]", "!", #"{"accept":1}"#, #"{"accept":"true"}"#, #"{"accept":null}"#, #"{"Accept":true}"#,
        #"{"accept":true,"accept":true}"#, #"{"accept":false,"answer":{"status":99}}"#,
        #"{"accept":false,"answer":{"status":200,"contentType":"a\r\nb: c"}}"#, "{\"accept\":true}\0",
    ]

    @Test(arguments: verifications)
    func `only a clear yes accepts`(answer: String) async throws {
        let driver = try driver()
        await #expect(throws: PluginFault.self) {
            _ = try await driver.verify(WebhookRequest(body: Array(answer.utf8)), in: context)
        }
    }

    static let events = [
        "{}", #"{"id":""}"#, #"{"id":"1","kind":"message"}"#, #"{"id":"1","thread":"t","kind":"message"}"#,
        #"{"id":"1","thread":"t","kind":"message","message":{}}"#,
        #"{"id":"1","thread":"t","kind":"message","message":{"id":7}}"#,
        #"{"id":"1","kind":"message","message":{"id":"m"}}"#, #"{"id":"1","thread":"t","kind":"nonsense"}"#,
        #"{"id":"1","thread":"t","kind":"message","message":{"id":"m","attachments":[{"kind":"x"}]}}"#,
        #"{"id":"1","thread":"t","kind":"message","message":{"id":"m","attachments":[{"kind":"image","size":-1}]}}"#,
        #"{"id":"1","thread":"t","kind":"message","message":{"id":"m","attachments":[{"kind":"audio","duration":9e18}]}}"#,
        #"{"id":"1","thread":"t","kind":"message","message":{"id":"m","attachments":[{"kind":"location","location":{"latitude":91,"longitude":0}}]}}"#,
        #"{"id":"1","thread":"t","at":1.5,"kind":"typing"}"#,
        #"{"id":"1","thread":"t","kind":"status","status":{"state":"gone"}}"#,
        #"{"id":"1","thread":"t","kind":"notice","notice":{"kind":"attention","reason":{"code":"x","text":{"en":"a"}}}}"#,
        #"{"id":"\#(String(repeating: "a", count: 2_000))","thread":"t","kind":"typing"}"#,
    ]

    @Test(arguments: events)
    func `an unacceptable event is a fault that names its field`(event: String) async throws {
        let driver = try driver()
        do {
            _ = try await driver.parse(WebhookRequest(body: Array(#"{"events":[\#(event)]}"#.utf8)), in: context)
            Issue.record("accepted")
        } catch PluginFault.malformedAnswer(let field) { #expect(!field.isEmpty) }
    }

    @Test func `extreme times are clamped to whole milliseconds and unknown members ignored`() async throws {
        let driver = try driver()
        for time in [Int64.min, Int64.max] {
            let answer = #"{"events":[{"id":"1","thread":"t","at":\#(time),"kind":"typing","new":{}}]}"#
            let parsed = try await driver.parse(WebhookRequest(body: Array(answer.utf8)), in: context)
            #expect(parsed.events.first?.at == Instant(microseconds: time / 1_000 * 1_000))
        }
    }

    static let steps = [
        "{}", #"{"result":{}}"#, #"{"result":{"kind":"won"}}"#, #"{"result":{"kind":"failed","failure":"retry"}}"#,
        #"{"request":{}}"#, #"{"request":{"method":"GET","url":"https://a/"}}"#,
        #"{"request":{"method":"BREW","url":"https://a/"},"state":""}"#,
        #"{"request":{"method":"GET"},"state":""}"#, #"{"request":{"method":"GET","url":7},"state":""}"#,
        #"{"request":{"method":"GET","url":"https://a/","timeout":0},"state":""}"#,
        #"{"request":{"method":"GET","url":"https://a/","timeout":999999},"state":""}"#,
        #"{"request":{"method":"GET","url":"https://a/","headers":[{"name":"a b","value":"c"}]},"state":""}"#,
        #"{"request":{"method":"GET","url":"https://a/","headers":[{"name":"a","value":"b\r\nc: d"}]},"state":""}"#,
        #"{"request":{"method":"GET","url":[{"secret":"a","encoding":"rot13"}]},"state":""}"#,
        #"{"request":{"method":"POST","url":"https://a/","body":{"text":"a"}},"state":""}"#,
    ]

    @Test(arguments: steps)
    func `an unacceptable step is a fault`(answer: String) async throws {
        let driver = try driver()
        let response = StepInput.response(PluginResponse(status: 200, body: Array(answer.utf8)))
        await #expect(throws: PluginFault.self) {
            _ = try await driver.step(.poll, state: nil, input: response, in: context)
        }
    }

    @Test func `an answer above one megabyte is refused`() async throws {
        let driver = try driver()
        let answer = #"{"accept":true,"x":""# + String(repeating: "a", count: 1 << 20) + "\"}"
        await #expect(throws: PluginFault.malformedAnswer("size")) {
            _ = try await driver.verify(WebhookRequest(body: Array(answer.utf8)), in: context)
        }
    }

    @Test func `a table of another version or size is not read further`() {
        #expect(throws: PluginFault.self) { try StaticDriver(Liar.table(version: 2)) }
        #expect(throws: PluginFault.self) { try StaticDriver(Liar.table(size: 16)) }
        #expect(throws: Never.self) { try StaticDriver(Liar.table(size: 4_096)) }
    }

    @Test(
        arguments: [
            "", "{}", Liar.honest.replacing("liar", with: "other"), Liar.honest.replacing("\"webhook\"", with: ""),
            Liar.honest.replacing("utf8", with: "ebcdic"), Liar.honest.replacing("10", with: "0"),
            Liar.honest.replacing("\"ru\":\"b\",", with: ""),
        ])
    func `an unacceptable description is not loaded`(description: String) {
        Liar.description.withLock { $0 = description }
        defer { Liar.description.withLock { $0 = Liar.honest } }
        #expect(throws: PluginFault.self) { try StaticDriver(Liar.table()) }
    }

    @Test func `two plugins of one kind do not share a registry`() throws {
        #expect(throws: PluginFault.self) { try DriverRegistry([try driver(), try driver()]) }
        let registry = try DriverRegistry([try driver()])
        #expect(registry["liar"] != nil && registry["telegram"] == nil)
        #expect(registry.descriptions.map(\.kind) == ["liar"])
    }
}
