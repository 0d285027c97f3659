import Kernel
import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Whatever arrives, the plugin answers.
struct HostileTests {
    static let unreadable: [String] = [
        "", " ", "{", "null", "[]", "1", "\"a\"", "{}", "{]", #"{"messages":null}"#, #"{"messages":7}"#, #"{"messages":"[]"}"#,
        #"{"a":1}"#, #"{"messages":[],"messages":[]}"#, "\u{FEFF}" + #"{"messages":[]}"#, #"{"messages":[],}"#,
        #"{"messages":[]}x"#,
        #"{"messages":[{"body":"\ud800"}]}"#, #"{"messages":[{"body":"\u0000"}]}"#, #"{"messages":[NaN]}"#,
        String(repeating: "[", count: 100_000), String(repeating: #"{"a":"#, count: 100_000),
        #"{"messages":"# + String(repeating: "[", count: 70) + String(repeating: "]", count: 70) + "}",
        #"{"messages":["# + String(repeating: "0,", count: 200_001) + "0]}",
    ]

    @Test(arguments: Loading.allCases, unreadable)
    func `a body that is no delivery is refused`(loading: Loading, body: String) async throws {
        let driver = try loading.wappi
        await #expect(throws: PluginFault.self) {
            _ = try await driver.parse(WebhookRequest(body: Array(body.utf8)), in: context())
        }
    }

    /// Replaces each value of a full delivery, at every depth, by values of every other type.
    static let mutations: [String] = {
        guard let delivery = try? JSON.parse(fullDelivery) else { return [] }
        let values: [JSON] = [
            .null, true, 0, -1, .int(.max), .int(.min), 1e300, -0.5, "", "текст", "{", "{\"a\":1}", [], [[:]], [1, "a", .null],
            [:],
            .string(String(repeating: "ы", count: 5_000)),
        ]
        return values.flatMap { value in replacements(of: delivery, by: value) }.map(\.text)
    }()

    private static func replacements(of value: JSON, by other: JSON) -> [JSON] {
        switch value {
        case .object(let object):
            object.members.indices.flatMap { index in
                ([other] + replacements(of: object.members[index].value, by: other)).map { changed in
                    var copy = object
                    copy.members[index].value = changed
                    return JSON.object(copy)
                }
            }
        case .array(let values):
            values.indices.flatMap { index in
                ([other] + replacements(of: values[index], by: other)).map { changed in
                    var copy = values
                    copy[index] = changed
                    return JSON.array(copy)
                }
            }
        default: []
        }
    }

    @Test(arguments: Loading.allCases)
    func `no value of a wrong type anywhere traps, and every answer is acceptable`(loading: Loading) async throws {
        let driver = try loading.wappi
        #expect(Self.mutations.count > 1_000)
        for body in Self.mutations {
            do {
                _ = try await driver.parse(WebhookRequest(body: Array(body.utf8)), in: context())
            } catch PluginFault.badBody {
            } catch { Issue.record("\(error) for \(body.prefix(200))") }
        }
    }

    @Test(arguments: Loading.allCases)
    func `no truncation of a delivery traps`(loading: Loading) async throws {
        let driver = try loading.wappi
        let bytes = Array(fullDelivery.utf8)
        for count in 0..<bytes.count {
            await #expect(throws: PluginFault.self) {
                _ = try await driver.parse(WebhookRequest(body: Array(bytes[..<count])), in: context())
            }
        }
    }

    @Test(arguments: Loading.allCases)
    func `random bytes and flipped bits are refused or read, never fatal`(loading: Loading) async throws {
        let driver = try loading.wappi
        var generator = Sequence64(state: 7)
        for _ in 0..<500 {
            let body = (0..<Int(generator.next() % 200)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            await #expect(throws: PluginFault.self) {
                _ = try await driver.parse(WebhookRequest(body: body), in: context())
            }
            var flipped = Array(fullDelivery.utf8)
            flipped[Int(generator.next() % UInt64(flipped.count))] ^= UInt8(1 << (generator.next() % 8))
            do { _ = try await driver.parse(WebhookRequest(body: flipped), in: context()) } catch {
                #expect(error is PluginFault)
            }
        }
    }

    @Test(arguments: Loading.allCases)
    func `answers of any kind end every operation`(loading: Loading) async throws {
        let driver = try loading.wappi
        let operations: [ChannelOperation] = [
            .connect(webhook: hook), .disconnect, .health(webhook: hook), .poll, .download(file: #"{"m":"1"}"#),
            .profile(thread: "1", contact: "1"), action(.text(OutboundText("a"))),
            .reconcile(OutboundAction(thread: "1", correlation: "c", kind: .text(OutboundText("a"))), since: now),
        ]
        let bodies = [
            "", "[]", "null", "{}", #"{"status":7}"#, #"{"status":"done","dialogs":7,"messages":{"a":[]}}"#,
            #"{"status":"done","dialogs":[{"id":"1","last_time":9e18}],"messages":[{"id":7,"time":1e308}],"contact":[]}"#,
            #"{"authorized":"maybe","payment_expired_at":-9223372036854775808,"webhook_types":{}}"#,
        ]
        for operation in operations {
            for body in bodies {
                for status in [200, 204, 302, 400, 401, 429, 500, 599] {
                    let answers = Array(repeating: StepInput.body(status, body), count: 8)
                    _ = try await driver.run(operation, answers)
                }
            }
        }
    }

    @Test(arguments: Loading.allCases)
    func `a state that is not ours is no reason to fall over`(loading: Loading) async throws {
        let driver = try loading.wappi
        let states = [
            "null", "{}", "[]", "7", #"{"part":-5,"sent":7,"doubt":"x","at":"types","platform":"whatsapp","page":{}}"#,
            #"{"part":9223372036854775807,"at":"messages","page":{"chat":"1","last":1,"offset":-1}}"#,
        ]
        for state in states {
            for operation in [action(.text(OutboundText("a"))), .poll, .connect(webhook: nil), .health(webhook: nil)] {
                for input in [StepInput.start, .failure(.unknown), .done()] {
                    _ = try await driver.step(operation, state: PluginState(state), input: input, in: context())
                }
            }
        }
    }

    @Test(arguments: Loading.allCases)
    func `texts too long for the host are shortened, not refused`(loading: Loading) async throws {
        let long = String(repeating: "қ👍", count: 20_000)
        let message = try await loading.wappi.message(#""type":"chat","body":"\#(long)""#)
        #expect((60_000...65_536).contains(message.text?.utf8.count ?? 0) && long.hasPrefix(message.text ?? "x"))
        let file = try await loading.wappi.message(#""type":"document","file_name":"\#(long)","mimetype":"\#(long)","body":"""#)
        #expect((1_000...1_024).contains(file.attachments.first?.name?.utf8.count ?? 0))
    }

    @Test func `all ways of loading say the same`() async throws {
        var answers: [[InboundEvent]] = []
        for loading in Loading.allCases {
            let driver = try loading.wappi
            answers.append(try await driver.events(fullDelivery))
            answers.append(try await driver.events(fullDelivery))
        }
        #expect(answers[0].count == 7)
        #expect(answers.allSatisfy { $0 == answers[0] })
    }
}

/// SplitMix64.
private struct Sequence64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

/// Every kind of item at once.
let fullDelivery = #"""
    {"messages":[{"wh_type":"incoming_message","profile_id":"4c1d77a2-9e05","id":"A","timestamp":"2026-10-05T16:42:06+03:00",
    "time":1791207726,"body":"T2dn","type":"ptt","from":"7@c.us","chatId":"7@c.us","senderName":"А","caption":"c","file_name":"f",
    "mimetype":"audio/ogg","length_seconds":4,"file_link":"https://s/b","file_link_expire":1791380526,"is_me":false,
    "chat_type":"dialog","stanza_id":"1","media_info":{"width":1,"height":2,"size":3,"duration":4,"is_round":false,"grouped_id":"g"},
    "reply_message":{"body":"q","type":"chat"},"picture":"https://p","contact_name":"Б","contact_phone":"7701"},
    {"wh_type":"incoming_message","profile_id":"4c1d77a2-9e05","id":"B","type":"location","chatId":"7@c.us",
    "location":{"latitude":1.5,"longitude":2,"description":"d"}},
    {"wh_type":"incoming_message","profile_id":"4c1d77a2-9e05","id":"C","type":"vcard","chatId":"7@c.us","body":"FN:a\nTEL:7",
    "contact":{"display_name":"n","phone":"7"}},
    {"wh_type":"incoming_message","profile_id":"4c1d77a2-9e05","id":"D","type":"poll","chatId":"7@c.us","body":"?",
    "poll_options":["a",{"name":"b"}],"is_edited":true,"time":1},
    {"wh_type":"delivery_status","profile_id":"4c1d77a2-9e05","id":"E","chat_id":"7@c.us","status":"read","time":1},
    {"wh_type":"authorization_status","profile_id":"4c1d77a2-9e05","status":"offline","time":1},
    {"wh_type":"incoming_call","profile_id":"4c1d77a2-9e05","type":"missed_call","number":"77015550011","contact":{"FullName":"x"},
    "time":1}]}
    """#
