import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Whatever arrives, the plugin answers, and always the same.
struct HostileTests {
    static let unreadable =
        HostileBodies.noObject + HostileBodies.spoilt(full) + [
            #"{"payload":{"type":"message"}}"#, #"{"payload":{"type":"message","value":{}}}"#,
            #"{"payload":{"type":"message","value":{"chat_id":""}}}"#, #"{"payload":{"type":"message","value":{"chat_id":"a"}}}"#,
            #"{"payload":{"type":"message","value":{"chat_id":"a","id":""}}}"#, #"{"payload":{"type":"message","value":[]}}"#,
        ]

    private func attack(_ loading: Loading) throws -> HostileHook { HostileHook(try loading.avito, in: Known.connected.context) }

    @Test(arguments: Loading.allCases, unreadable)
    func `a body that is no delivery is refused`(loading: Loading, body: String) async throws {
        try await attack(loading).refuses(body)
    }

    @Test(arguments: Loading.allCases)
    func `a body that is not UTF-8 is refused`(loading: Loading) async throws {
        try await attack(loading).refuses(HostileBodies.notUTF8(Self.full))
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

    private static func full(_ kind: String) -> String {
        full.replacing(#""type":"image""#, with: #""type":"\#(kind)""#)
    }

    @Test(arguments: Loading.allCases)
    func `no value of a wrong type in a delivery traps`(loading: Loading) async throws {
        var count = 0
        for kind in Self.kinds { count += try await attack(loading).survivesMutations(of: Self.full(kind)).bodies }
        #expect(count > 5_000)
    }

    @Test(arguments: Loading.allCases)
    func `no value of a wrong type in a list or answer traps or holds up polling`(loading: Loading) async throws {
        let driver = try loading.avito
        let list = #"{"chats":[\#(PollingTests.chat("a", updated: PollingTests.start + 9))]}"#
        let page = "[\(PollingTests.message("m1", at: PollingTests.start + 9, own: true, #","read":1781510020"#))]"
        for body in Mutations.of(list) {
            _ = try await driver.step(.poll, state: nil, input: .start, in: PollingTests.known().context)
            _ = try? await driver.run(.poll, known: PollingTests.known(), [.ok(body), .ok(page)])
        }
        for body in Mutations.of(page) {
            let run = try await driver.run(.poll, known: PollingTests.known(), [.ok(list), .ok(body)])
            if case .polled = run.result { continue }
            #expect(try run.failure.reason.code == "unexpected-answer")
        }
    }

    @Test(arguments: Loading.allCases)
    func `no truncation of a delivery is read, and no damage to it traps`(loading: Loading) async throws {
        try await attack(loading).refusesTruncations(of: Self.full)
        try await attack(loading).refusesRandomBytes()
        try await attack(loading).survivesDamage(to: Self.full, rounds: 3_000)
    }

    static let operations: [ChannelOperation] = [
        SessionTests.text, action(.media(DeliveryTests.picture)), action(.markRead(message: nil)), .poll,
        .connect(webhook: OperationTests.hook), .disconnect, .health(webhook: OperationTests.hook),
        .download(file: "voice:a"), .profile(thread: chatID, contact: "1"),
        .reconcile(OutboundAction(thread: chatID, correlation: "a", kind: .text(OutboundText("a"))), since: now),
    ]

    @Test(arguments: Loading.allCases)
    func `any state and any answer end or ask, in every operation`(loading: Loading) async throws {
        let states = [
            #"{"at":"token"}"#, #"{"at":"identity","work":7}"#, #"{"at":"nowhere","renewed":1}"#,
            #"{"user":-9223372036854775808,"work":{"part":9223372036854775807,"sent":[1],"probing":true}}"#,
            #"{"work":{"part":-1,"offset":9223372036854775807,"reading":true,"chat":{"id":"..","updated":1}}}"#,
            #"{"work":{"at":"clean","round":9223372036854775807,"account":{"id":1}}}"#,
            #"{"renewed":true,"work":{"at":"chats","account":{"id":5,"name":"x"}}}"#,
        ]
        let known = PollingTests.known().remembering("webhook", "x")
        try await HostileSteps.survive(
            try loading.avito, Self.operations, states: states, inputs: [.token, .myself, .ok(#"{"chats":[{}]}"#)],
            in: known.context)
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
        for body in Self.kinds.map(Self.full(_:)) {
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
