import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// A-35, A-39, F-21: whatever arrives, the plugin answers; a genuine-looking id never decides more than its own event.
struct HostileTests {
    static let unreadable: [String] = [
        "", " ", "{", "null", "[]", "1", "\"a\"", "{}", "{]", #"{"update_id":"1"}"#, #"{"update_id":1.5}"#,
        #"{"update_id":1e400}"#, #"{"update_id":99999999999999999999}"#, #"{"update_id":1,"update_id":2}"#,
        #"{"update_id":1,"message":{"text":"a","text":"b"}}"#, "\u{FEFF}" + #"{"update_id":1}"#,
        #"{"update_id":1,}"#, #"{"update_id":1}x"#, #"{"update_id":1,"message":{"text":"\ud800"}}"#,
        #"{"update_id":1,"message":{"text":"\u0000"}}"#, #"{"update_id":NaN}"#,
        String(repeating: "[", count: 100_000), String(repeating: #"{"a":"#, count: 100_000),
        #"{"update_id":1,"message":"# + String(repeating: "[", count: 70) + String(repeating: "]", count: 70) + "}",
        #"{"update_id":1,"a":["# + String(repeating: "0,", count: 20_001) + "0]}",
    ]

    @Test(arguments: Loading.allCases, unreadable)
    func `a body that is no update is refused`(loading: Loading, body: String) async throws {
        let driver = try loading.telegram
        await #expect(throws: PluginFault.self) {
            _ = try await driver.parse(WebhookRequest(body: Array(body.utf8)), in: context())
        }
    }

    @Test(arguments: Loading.allCases)
    func `a body that is not UTF-8 is refused`(loading: Loading) async throws {
        let driver = try loading.telegram
        let body = Array(#"{"update_id":1,"a":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8)
        await #expect(throws: PluginFault.self) {
            _ = try await driver.parse(WebhookRequest(body: body), in: context())
        }
    }

    /// Replaces each value of a full update, at every depth, by values of every other type.
    static let mutations: [String] = {
        guard let update = try? JSON.parse(fullUpdate) else { return [] }
        let values: [JSON] = [
            .null, true, 0, -1, .int(.max), .int(.min), 1e300, -0.5, "", "текст", [], [[:]], [1, "a", .null], [:],
            ["id": .int(.max)], .string(String(repeating: "ы", count: 5_000)),
        ]
        return values.flatMap { value in replacements(of: update, by: value) }.map(\.text)
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
    func `no value of a wrong type anywhere traps`(loading: Loading) async throws {
        let driver = try loading.telegram
        #expect(Self.mutations.count > 1_000)
        for body in Self.mutations {
            do { _ = try await driver.parse(WebhookRequest(body: Array(body.utf8)), in: context()) } catch {
                #expect(error is PluginFault)
            }
        }
    }

    @Test(arguments: Loading.allCases)
    func `texts too long for the host are shortened, not refused`(loading: Loading) async throws {
        let long = String(repeating: "қ👍", count: 40_000)
        let message = try await loading.telegram.message(
            #""text":"\#(long)","document":{"file_id":"f","file_name":"\#(long)","mime_type":"\#(long)"}"#)
        #expect((60_000...65_536).contains(message.text?.utf8.count ?? 0) && long.hasPrefix(message.text ?? "x"))
        #expect((1_000...1_024).contains(message.attachments.first?.name?.utf8.count ?? 0))
    }

    @Test(arguments: Loading.allCases)
    func `no truncation of an update traps`(loading: Loading) async throws {
        let driver = try loading.telegram
        let bytes = Array(fullUpdate.utf8)
        for count in 0..<bytes.count {
            await #expect(throws: PluginFault.self) {
                _ = try await driver.parse(WebhookRequest(body: Array(bytes[..<count])), in: context())
            }
        }
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
