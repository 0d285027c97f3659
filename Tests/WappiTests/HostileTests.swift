import PluginHost
import PluginTestSupport
import Testing

/// Whatever arrives, the plugin answers.
struct HostileTests {
    static let unreadable =
        HostileBodies.noObject + HostileBodies.spoilt(#"{"messages":[]}"#) + [
            "{}", #"{"messages":null}"#, #"{"messages":7}"#, #"{"messages":"[]"}"#, #"{"a":1}"#,
            #"{"messages":[],"messages":[]}"#,
        ]

    private func attack(_ loading: Loading) throws -> HostileHook { HostileHook(try loading.wappi, in: context()) }

    @Test(arguments: Loading.allCases, unreadable)
    func `a body that is no delivery is refused`(loading: Loading, body: String) async throws {
        try await attack(loading).refuses(body)
    }

    @Test(arguments: Loading.allCases)
    func `a body that is not UTF-8 is refused`(loading: Loading) async throws {
        try await attack(loading).refuses(HostileBodies.notUTF8(fullDelivery))
    }

    @Test(arguments: Loading.allCases)
    func `no value of a wrong type anywhere traps, and every answer is acceptable`(loading: Loading) async throws {
        #expect(try await attack(loading).survivesMutations(of: fullDelivery).bodies > 1_000)
    }

    @Test(arguments: Loading.allCases)
    func `no truncation of a delivery is read`(loading: Loading) async throws {
        try await attack(loading).refusesTruncations(of: fullDelivery)
    }

    @Test(arguments: Loading.allCases)
    func `random bytes and flipped bits are refused or read, never fatal`(loading: Loading) async throws {
        try await attack(loading).refusesRandomBytes()
        try await attack(loading).survivesDamage(to: fullDelivery)
    }

    static let operations: [ChannelOperation] = [
        .connect(webhook: hook), .connect(webhook: nil), .disconnect, .health(webhook: hook), .poll,
        .download(file: #"{"m":"1"}"#),
        .profile(thread: "1", contact: "1"), action(.text(OutboundText("a"))),
        .reconcile(OutboundAction(thread: "1", correlation: "c", kind: .text(OutboundText("a"))), since: now),
    ]

    @Test(arguments: Loading.allCases)
    func `answers of any kind end every operation`(loading: Loading) async throws {
        let driver = try loading.wappi
        let bodies = [
            "", "[]", "null", "{}", #"{"status":7}"#, #"{"status":"done","dialogs":7,"messages":{"a":[]}}"#,
            #"{"status":"done","dialogs":[{"id":"1","last_time":9e18}],"messages":[{"id":7,"time":1e308}],"contact":[]}"#,
            #"{"authorized":"maybe","payment_expired_at":-9223372036854775808,"webhook_types":{}}"#,
        ]
        for operation in Self.operations {
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
        let states = [
            #"{"part":-5,"sent":7,"doubt":"x","at":"types","platform":"whatsapp","page":{}}"#,
            #"{"part":9223372036854775807,"at":"messages","page":{"chat":"1","last":1,"offset":-1}}"#,
            #"{"part":0,"doubt":"message","at":"address","status":{},"platform":"max"}"#,
        ]
        try await HostileSteps.survive(
            try loading.wappi, Self.operations, states: states, inputs: [.done(), .error(400, "2fa")], in: context())
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
