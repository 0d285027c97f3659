import PluginHost
import PluginTestSupport
import Testing

/// A-35, A-39, F-21: whatever arrives, the plugin answers; a genuine-looking id never decides more than its own event.
struct HostileTests {
    /// What makes an update an update.
    static let plain = #"{"update_id":1,"message":{"text":"a"}}"#
    static let unreadable =
        HostileBodies.noObject + HostileBodies.spoilt(plain) + [
            "{}", #"{"update_id":"1"}"#, #"{"update_id":1.5}"#, #"{"update_id":99999999999999999999}"#,
            #"{"update_id":1,"update_id":2}"#, #"{"update_id":1,"message":{"text":"a","text":"b"}}"#,
        ]

    private func attack(_ loading: Loading) throws -> HostileHook { HostileHook(try loading.telegram, in: context()) }

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
        try await attack(loading).survivesDamage(to: fullUpdate)
    }

    @Test(arguments: Loading.allCases)
    func `no value of a wrong type anywhere traps`(loading: Loading) async throws {
        let count = try await attack(loading).survivesMutations(of: fullUpdate)
        #expect(count.bodies > 1_000)
        #expect(count.events > count.bodies / 2)
    }

    @Test(arguments: Loading.allCases)
    func `no truncation of an update is read`(loading: Loading) async throws {
        try await attack(loading).refusesTruncations(of: fullUpdate)
    }

    static let operations: [ChannelOperation] = [
        action(.text(OutboundText("a", replyTo: "1"))), action(.delete(messages: ["1", "2"])), action(.typing),
        action(.edit(message: "1", OutboundText("a"))),
        action(.media(OutboundMedia(kind: .image, file: "f", name: "n", mimeType: "m", size: 1, caption: "c"))),
        .poll, .connect(webhook: "https://a.kz/h"), .disconnect, .health(webhook: "https://a.kz/h"), .download(file: "f"),
        .profile(thread: "1", contact: "1"),
    ]

    @Test(arguments: Loading.allCases)
    func `any state and any answer end or ask, in every operation`(loading: Loading) async throws {
        let states = [#"{"at":"subscription","account":{"id":1}}"#, #"{"at":"clearing"}"#, #"{"chat":-9223372036854775808}"#]
        let inputs = ["true", "[1]", #"[{"update_id":9223372036854775807}]"#, #"{"file_path":".."}"#].map { StepInput.ok($0) }
        try await HostileSteps.survive(try loading.telegram, Self.operations, states: states, inputs: inputs, in: context())
    }

    @Test(arguments: Loading.allCases)
    func `texts too long for the host are shortened, not refused`(loading: Loading) async throws {
        let long = String(repeating: "қ👍", count: 40_000)
        let message = try await loading.telegram.message(
            #""text":"\#(long)","document":{"file_id":"f","file_name":"\#(long)","mime_type":"\#(long)"}"#)
        #expect((60_000...65_536).contains(message.text?.utf8.count ?? 0) && long.hasPrefix(message.text ?? "x"))
        #expect((1_000...1_024).contains(message.attachments.first?.name?.utf8.count ?? 0))
    }
}

/// Every kind of member at once.
let fullUpdate = #"""
    {"update_id":512340002,"message":{"message_id":9007199254740993,"from":{"id":7201345566,"is_bot":false,
    "first_name":"Айгуль","language_code":"ru"},"chat":{"id":7201345566,"type":"private"},"date":1781510430,
    "business_connection_id":"b","media_group_id":"1","caption":"x","text":"/start a b",
    "entities":[{"offset":0,"length":6,"type":"bot_command"},{"type":"text_link","url":"u"}],
    "photo":[{"file_id":"s","file_size":1,"width":90,"height":67},{"file_id":"l","width":1280,"height":960}],
    "voice":{"file_id":"v","duration":7},"sticker":{"file_id":"st","is_animated":true,"emoji":"e"},
    "location":{"latitude":1.5,"longitude":2},"venue":{"location":{"latitude":1,"longitude":2},"title":"t"},
    "contact":{"phone_number":"7","first_name":"a","user_id":1},"reply_to_message":{"message_id":1},"quote":{"text":"q"}},
    "callback_query":{"id":"c","from":{"id":1},"message":{"message_id":1,"chat":{"id":1,"type":"private"}},"data":"d"},
    "message_reaction":{"chat":{"id":1,"type":"private"},"message_id":1,"user":{"id":1},"new_reaction":[{"type":"paid"}]},
    "my_chat_member":{"chat":{"id":1,"type":"private"},"from":{"id":1},"date":1,"new_chat_member":{"status":"kicked"}},
    "deleted_business_messages":{"business_connection_id":"b","chat":{"id":1,"type":"private"},"message_ids":[1,2]},
    "business_connection":{"id":"b","user":{"id":1},"date":1,"rights":{"can_reply":true},"is_enabled":true}}
    """#
