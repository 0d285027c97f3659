import PluginHost
import PluginTestSupport
import Testing

/// A-35, A-39, F-21: whatever arrives, the plugin answers; a genuine-looking id never decides more than its own event.
struct HostileTests {
    /// What makes an update an update.
    static let plain = #"{"update_type":"a","timestamp":1}"#
    static let unreadable =
        HostileBodies.noObject + HostileBodies.spoilt(plain) + [
            "{}", #"{"update_type":"a"}"#, #"{"timestamp":1}"#, #"{"update_type":1,"timestamp":1}"#,
            #"{"update_type":"a","timestamp":"1"}"#, #"{"update_type":"a","timestamp":1.5}"#,
            #"{"update_type":"a","timestamp":99999999999999999999}"#, #"{"update_type":"a","timestamp":1,"timestamp":2}"#,
            #"{"update_type":null,"timestamp":1}"#, #"{"updates":[{"update_type":"a","timestamp":1}]}"#,
        ]

    private func attack(_ loading: Loading) throws -> HostileHook { HostileHook(try loading.max, in: context()) }

    @Test(arguments: Loading.allCases, unreadable)
    func `a body that is no update is refused`(loading: Loading, body: String) async throws {
        try await attack(loading).refuses(body)
    }

    @Test(arguments: Loading.allCases)
    func `a body that is not UTF-8 is refused`(loading: Loading) async throws {
        try await attack(loading).refuses(HostileBodies.notUTF8(Self.plain))
    }

    @Test(arguments: Loading.allCases)
    func `random bytes are refused, and damage is survived`(loading: Loading) async throws {
        try await attack(loading).refusesRandomBytes()
        try await attack(loading).survivesDamage(to: FullUpdate.message)
    }

    @Test(arguments: Loading.allCases, FullUpdate.all)
    func `no truncation of an update is read`(loading: Loading, update: String) async throws {
        try await attack(loading).refusesTruncations(of: update)
    }

    @Test(arguments: Loading.allCases, FullUpdate.all)
    func `no value of a wrong type anywhere traps or breaks the answer`(loading: Loading, update: String) async throws {
        #expect(try await attack(loading).survivesMutations(of: update).bodies > 50)
    }

    static let answers: [(ChannelOperation, [StepInput])] = [
        (.connect(webhook: nil), [OperationTests.me, .ok(#"{"subscriptions":[{"url":"https://a.kz","update_types":["a"]}]}"#)]),
        (
            .health(webhook: "https://a.kz"),
            [OperationTests.me, .ok(#"{"subscriptions":[{"url":"https://a.kz","update_types":["a"]}]}"#)]
        ),
        (.poll, [.ok(#"{"updates":[\#(FullUpdate.message)],"marker":5}"#)]),
        (.download(file: "video:t"), [.ok(#"{"urls":{"mp4_720":"https://vu.okcdn.ru/a"}}"#)]),
        (
            .profile(thread: "5", contact: "5"),
            [.ok(#"{"dialog_with_user":{"user_id":5,"first_name":"a","avatar_url":"https://a.kz"}}"#)]
        ),
        (action(.text(OutboundText("a"))), [.message("mid.1")]),
        (
            action(.edit(message: "mid.1", OutboundText("a"))),
            [.ok(#"{"body":{"attachments":[{"type":"image","payload":{"token":"t"}}]}}"#)]
        ),
        (
            action(.media(OutboundMedia(kind: .image, file: "f", name: "n", mimeType: "m", size: 1))),
            [.ok(#"{"url":"https://iu.oneme.ru/a","token":"t"}"#), .ok(#"{"photos":{"a":{"token":"t"}}}"#)]
        ),
        (
            .reconcile(OutboundAction(thread: "5", correlation: "a", kind: .text(OutboundText("a"))), since: now),
            [.ok(#"{"messages":[{"timestamp":1791200000001,"sender":{"is_bot":true},"body":{"mid":"mid.1","text":"a"}}]}"#)]
        ),
    ]

    @Test(arguments: Loading.allCases, answers)
    func `no answer of a wrong type anywhere traps or breaks the step`(
        loading: Loading, row: (ChannelOperation, [StepInput])
    ) async throws {
        let driver = try loading.max
        var (state, input): (PluginState?, StepInput) = (nil, .start)
        for answer in row.1 {
            guard case .request(_, let next, _) = try await driver.step(row.0, state: state, input: input, in: context()),
                case .response(let response) = answer
            else { throw Unexpected("no request") }
            for body in Mutations.of(String(decoding: response.body, as: UTF8.self)) {
                _ = try await driver.step(row.0, state: next, input: .ok(body), in: context())
            }
            for count in response.body.indices {
                let cut = PluginResponse(status: 200, body: Array(response.body[..<count]))
                _ = try await driver.step(row.0, state: next, input: .response(cut), in: context())
            }
            (state, input) = (next, answer)
        }
        _ = try await driver.step(row.0, state: state, input: input, in: context())
    }

    static let states = [
        #"{"part":"a","waits":-9}"#, #"{"at":"clearing","account":{}}"#, #"{"waits":9223372036854775807,"part":2}"#,
        #"{"at":"replacing","account":{"id":"1","name":"a"}}"#, #"{"part":1,"uploadAddress":"x","kept":[7]}"#,
    ]

    @Test(arguments: Loading.allCases)
    func `any state and any answer end or ask, in every operation`(loading: Loading) async throws {
        let inputs: [StepInput] = [.error(400, "attachment.not.ready"), .success, .ok(#"{"updates":[{}],"marker":1}"#)]
        try await HostileSteps.survive(
            try loading.max, Self.answers.map(\.0) + [.disconnect], states: Self.states, inputs: inputs, in: context())
    }

    @Test(arguments: Loading.allCases)
    func `texts too long for the host are shortened, not refused`(loading: Loading) async throws {
        let long = String(repeating: "қ👍", count: 40_000)
        let message = try await loading.max.message(
            #""text":"\#(long)","attachments":[{"type":"file","payload":{"url":"https://a.kz"},"filename":"\#(long)"}]"#)
        #expect((60_000...65_536).contains(message.text?.utf8.count ?? 0) && long.hasPrefix(message.text ?? "x"))
        #expect((1_000...1_024).contains(message.attachments.first?.name?.utf8.count ?? 0))
    }

    @Test(arguments: Loading.allCases)
    func `identifiers and addresses too long for the host are left out`(loading: Loading) async throws {
        let driver = try loading.max
        let long = String(repeating: "a", count: 9_000)
        let nameless = customerMessage(#""text":"a""#).replacing(ParsingTests.mid, with: long)
        #expect(try await driver.events(nameless).events.isEmpty)
        let message = try await driver.message(
            #""text":"a","attachments":[{"type":"image","payload":{"url":"https://a.kz/\#(long)"}}]"#,
            link: #"{"type":"reply","message":{"mid":"\#(long)"}}"#)
        #expect(message.attachments == [MessageAttachment(kind: .image)])
        #expect(message.replyTo == nil)
        let many = Array(repeating: #"{"type":"location","latitude":1,"longitude":1}"#, count: 2_000).joined(separator: ",")
        #expect(try await driver.message(#""attachments":[\#(many)]"#).attachments.count == 100)
    }
}

/// Updates with every member that the plugin reads.
enum FullUpdate {
    static let all = [message, callback, start, removal]
    static let message = customerMessage(
        #"""
        "text":"a","markup":[{"type":"link","url":"https://a.kz"}],"attachments":[{"type":"image","payload":{"url":"https://a.kz"}},
        {"type":"video","payload":{"url":"https://a.kz","token":"t"},"width":1,"height":1,"duration":1},
        {"type":"file","payload":{"url":"https://a.kz"},"filename":"n","size":1},{"type":"location","latitude":1,"longitude":1.5},
        {"type":"contact","payload":{"vcf_info":"TEL:77015550011\r\nFN:a","hash":"h","max_info":{"user_id":1,"first_name":"a"}}},
        {"type":"share","payload":{"url":"https://a.kz"},"title":"t"}]
        """#, link: #"{"type":"forward","message":{"mid":"mid.1","text":"b","attachments":[{"type":"data"}]}}"#)
    static let callback = #"""
        {"update_type":"message_callback","timestamp":1,"callback":{"timestamp":1,"callback_id":"c","payload":"p",
        "user":{"user_id":1,"first_name":"a","is_bot":false}},"message":{"recipient":{"chat_id":1,"chat_type":"dialog"},
        "body":{"mid":"mid.1"}}}
        """#
    static let start = #"""
        {"update_type":"bot_started","timestamp":1,"chat_id":1,"user_locale":"ru","payload":"p","user":{"user_id":1,
        "first_name":"a","last_name":"b","username":"c","name":"d","is_bot":false,"avatar_url":"https://a.kz",
        "full_avatar_url":"https://a.kz"}}
        """#
    static let removal = #"{"update_type":"message_removed","timestamp":1,"message_id":"mid.1","chat_id":1,"user_id":1}"#
}
