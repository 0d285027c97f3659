import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Whatever arrives, the plugin answers, and always the same.
struct HostileTests {
    static let unreadable: [String] = [
        "", " ", "{", "null", "[]", "1", "\"a\"", "{]", "\u{FEFF}{}", #"{"payload":{"type":"message"}}"#,
        #"{"payload":{"type":"message","value":{}}}"#, #"{"payload":{"type":"message","value":{"chat_id":""}}}"#,
        #"{"payload":{"type":"message","value":{"chat_id":"a"}}}"#,
        #"{"payload":{"type":"message","value":{"chat_id":"a","id":""}}}"#,
        #"{"payload":{"type":"message","value":[]}}"#, #"{"a":1,"a":2}"#, #"{"a":1e400}"#, #"{"a":"\ud800"}"#,
        #"{"a":"\u0000"}"#, #"{"a":NaN}"#, "{}x", "{,}", String(repeating: "[", count: 100_000),
        String(repeating: #"{"a":"#, count: 100_000), #"{"a":["# + String(repeating: "0,", count: 20_001) + "0]}",
    ]

    @Test(arguments: Loading.allCases, unreadable)
    func `a body that is no delivery is refused`(loading: Loading, body: String) async throws {
        let driver = try loading.avito
        await #expect(throws: PluginFault.self) {
            _ = try await driver.parse(WebhookRequest(body: Array(body.utf8)), in: Known.connected.context)
        }
    }

    /// Every kind of content at once.
    static let full = delivery(
        #"""
        "type":"image","content":{"text":"t","image":{"sizes":{"1x1":"u"}},"voice":{"voice_id":"v"},"link":{"text":"l",
        "url":"u","preview":{"title":"t","url":"u"}},"item":{"id":1,"title":"t","url":"u","price_string":"p",
        "images":{"main":{"1x1":"u"}}},"location":{"lat":1.5,"lon":2,"title":"t","text":"x"},"call":{"status":"missed"}},
        "quote":{"id":"q","type":"text","content":{"text":"w"}},"direction":"in"
        """#)
    static let kinds = [
        "text", "image", "system", "item", "call", "link", "location", "deleted", "appCall", "file", "video", "voice",
    ]

    /// Replaces each value, at every depth, by values of every other type.
    static func mutations(_ body: String) -> [String] {
        guard let value = try? JSON.parse(body) else { return [] }
        let others: [JSON] = [
            .null, true, 0, -1, .int(.max), .int(.min), 1e300, -0.5, "", "текст", [], [[:]], [1, "a", .null], [:],
            ["1x1": .int(.max)], .string(String(repeating: "ы", count: 5_000)),
        ]
        return others.flatMap { replacements(of: value, by: $0) }.map(\.text)
    }

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
    func `no value of a wrong type in a delivery traps`(loading: Loading) async throws {
        let driver = try loading.avito
        var count = 0
        for kind in Self.kinds {
            for body in Self.mutations(Self.full.replacing(#""type":"image""#, with: #""type":"\#(kind)""#)) {
                count += 1
                do {
                    _ = try await driver.parse(WebhookRequest(body: Array(body.utf8)), in: Known.connected.context)
                } catch {
                    guard case .badBody = error as? PluginFault else {
                        Issue.record("\(error) for \(body)")
                        return
                    }
                }
            }
        }
        #expect(count > 5_000)
    }

    @Test(arguments: Loading.allCases)
    func `no value of a wrong type in a list or answer traps or holds up polling`(loading: Loading) async throws {
        let driver = try loading.avito
        let list = #"{"chats":[\#(PollingTests.chat("a", updated: PollingTests.start + 9))]}"#
        let page = "[\(PollingTests.message("m1", at: PollingTests.start + 9, own: true, #","read":1781510020"#))]"
        for body in Self.mutations(list) {
            _ = try await driver.step(.poll, state: nil, input: .start, in: PollingTests.known().context)
            _ = try? await driver.run(.poll, known: PollingTests.known(), [.ok(body), .ok(page)])
        }
        for body in Self.mutations(page) {
            let run = try await driver.run(.poll, known: PollingTests.known(), [.ok(list), .ok(body)])
            if case .polled = run.result { continue }
            #expect(try run.failure.reason.code == "unexpected-answer")
        }
    }

    @Test(arguments: Loading.allCases)
    func `no truncation of a delivery and no random byte in it traps`(loading: Loading) async throws {
        let driver = try loading.avito
        let bytes = Array(Self.full.utf8)
        for count in 0..<bytes.count {
            await #expect(throws: PluginFault.self) {
                _ = try await driver.parse(
                    WebhookRequest(body: Array(bytes[..<count])), in: Known.connected.context)
            }
        }
        var random = UInt64(0x9E37_79B9_7F4A_7C15)
        for _ in 0..<3_000 {
            var copy = bytes
            for _ in 0..<3 {
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                copy[Int(random >> 33) % copy.count] = UInt8(truncatingIfNeeded: random >> 24)
            }
            do { _ = try await driver.parse(WebhookRequest(body: copy), in: Known.connected.context) } catch {
                guard case .badBody = error as? PluginFault else {
                    Issue.record("\(error) for \(copy)")
                    return
                }
            }
        }
    }

    static let operations: [ChannelOperation] = [
        SessionTests.text, action(.media(DeliveryTests.picture)), action(.markRead(message: nil)), .poll,
        .connect(webhook: OperationTests.hook), .disconnect, .health(webhook: OperationTests.hook),
        .download(file: "voice:a"), .profile(thread: chatID, contact: "1"),
        .reconcile(OutboundAction(thread: chatID, correlation: "a", kind: .text(OutboundText("a"))), since: now),
    ]

    @Test(arguments: Loading.allCases)
    func `any state and any answer end or ask, in every operation`(loading: Loading) async throws {
        let driver = try loading.avito
        let states = [
            "null", "{}", "7", #"{"at":"token"}"#, #"{"at":"identity","work":7}"#, #"{"at":"nowhere","renewed":1}"#,
            #"{"user":-9223372036854775808,"work":{"part":9223372036854775807,"sent":[1],"probing":true}}"#,
            #"{"work":{"part":-1,"offset":9223372036854775807,"reading":true,"chat":{"id":"..","updated":1}}}"#,
            #"{"work":{"at":"clean","round":9223372036854775807,"account":{"id":1}}}"#,
            #"{"renewed":true,"work":{"at":"chats","account":{"id":5,"name":"x"}}}"#,
        ]
        var inputs: [StepInput] = [.start, .failure(.unknown), .failure(.notSent), .token, .myself]
        for status in [100, 200, 204, 302, 400, 401, 402, 403, 404, 429, 500, 599] {
            for body in ["", "{", "[]", "{}", "null", #"{"id":1}"#, #"{"chats":[{}]}"#, "\u{0}"] {
                inputs.append(.body(status, body))
            }
        }
        let known = PollingTests.known().remembering("webhook", "x")
        for operation in Self.operations {
            for state in states.map(PluginState.init) {
                for input in inputs {
                    let first = try await driver.step(operation, state: state, input: input, in: known.context)
                    #expect(try await driver.step(operation, state: state, input: input, in: known.context) == first)
                }
            }
        }
    }

    @Test(arguments: Loading.allCases, ["", "7", "{}", #"{"since":-9223372036854775808,"at":9223372036854775807}"#, "{"])
    func `a spoilt poll cursor begins anew or goes on`(loading: Loading, cursor: String) async throws {
        let run = try await loading.avito.run(
            .poll, known: Known.connected.remembering("poll_cursor", cursor), cursor.contains("at") ? [.ok(#"{"chats":[]}"#)] : []
        )
        guard case .polled(let events, _) = run.result else { throw Unexpected("\(run.result)") }
        #expect(events.isEmpty)
    }

    @Test(arguments: Loading.allCases)
    func `texts too long for the host are shortened, not refused`(loading: Loading) async throws {
        let long = String(repeating: "қ👍", count: 40_000)
        let message = try await loading.avito.message(#""type":"text","content":{"text":"\#(long)"}"#)
        #expect((60_000...65_536).contains(message.text?.utf8.count ?? 0) && long.hasPrefix(message.text ?? "x"))
    }

    @Test func `every way of loading answers alike`() async throws {
        for body in Self.kinds.map({ Self.full.replacing(#""type":"image""#, with: #""type":"\#($0)""#) }) {
            let request = WebhookRequest(query: [NameValue("key", webhookKey)], body: Array(body.utf8))
            var answers: [ParsedWebhook] = []
            for loading in Loading.allCases {
                for _ in 0..<3 { answers.append(try await loading.avito.parse(request, in: Known.connected.context)) }
            }
            #expect(Set(answers).count == 1)
            #expect(answers.first?.events.count == 1)
        }
    }
}
