import Kernel
import PluginHost
import PluginTestSupport
import Testing

/// Updates that are no new messages, and those that are none at all.
struct UpdateTests {
    @Test(arguments: Loading.allCases)
    func `every edit of a message is an event of its own`(loading: Loading) async throws {
        let driver = try loading.max
        let first = customerMessage(#""text":"Нужно 2""#, kind: "message_edited")
        let event = try await driver.event(first)
        #expect(event.kind == .edited(InboundMessage(id: ParsingTests.mid, text: "Нужно 2")))
        #expect(event.at == at(1_791_200_000_499))
        let second = try await driver.event(first.replacing("1791200000499", with: "1791200000500"))
        #expect(second.id != event.id)
    }

    static let removals: [([String: String], Bool)] = [
        ([:], true), (["bot_id": "900410077"], true), (["bot_id": "51730264"], false),
    ]

    @Test(arguments: Loading.allCases, removals)
    func `a removed message is named, unless the bot removed it`(
        loading: Loading, row: ([String: String], Bool)
    ) async throws {
        let update = #"""
            {"update_type":"message_removed","timestamp":1791200800000,"message_id":"mid.0c","chat_id":240118305,"user_id":51730264}
            """#
        let events = try await loading.max.events(update, memory: row.0).events
        let expected = InboundEvent(
            id: "message_removed:mid.0c", thread: "240118305", at: at(1_791_200_800_000),
            contact: ContactIdentity(id: "51730264"), kind: .deleted(["mid.0c"]))
        #expect(events == (row.1 ? [expected] : []))
    }

    private static func press(_ message: String) -> String {
        #"""
        {"update_type":"message_callback","timestamp":1791200702499,"user_locale":"ru","callback":{"timestamp":1791200702210,
        "callback_id":"q3ZtVb7KxPaR1_","payload":"slot:2026-10-06T11:00","user":{"user_id":51730264,"first_name":"Айгуль",
        "last_name":"С","is_bot":false,"last_activity_time":1791200693000,"name":"Айгуль С"}},"message":\#(message)}
        """#
    }

    static let presses: [(String, String, String?)] = [
        (
            #"""
            {"recipient":{"chat_id":240118305,"chat_type":"dialog","user_id":51730264},"timestamp":1791200671403,
            "body":{"mid":"mid.000000000e4fa261019e2b8d90f7614c","seq":116541219905583316,"text":"Выберите время"},
            "sender":{"user_id":900410077,"first_name":"Отдел продаж","username":"sales_kz_bot","is_bot":true}}
            """#, "240118305", "mid.000000000e4fa261019e2b8d90f7614c"
        ),
        ("null", "u:51730264", nil),
    ]

    @Test(arguments: Loading.allCases, presses)
    func `a pressed button is known with and without its message`(
        loading: Loading, row: (String, String, String?)
    ) async throws {
        let event = try await loading.max.event(Self.press(row.0))
        #expect(
            event
                == InboundEvent(
                    id: "message_callback:q3ZtVb7KxPaR1_", thread: row.1, at: at(1_791_200_702_210), contact: aigul,
                    kind: .pressed(ButtonPress(callback: "q3ZtVb7KxPaR1_", data: "slot:2026-10-06T11:00", message: row.2))))
    }

    @Test(arguments: Loading.allCases)
    func `a stopped bot is a customer who blocked us`(loading: Loading) async throws {
        let event = try await loading.max.event(Self.about("bot_stopped"))
        #expect(event.kind == .blocked)
        #expect(event.thread == "240118305")
        #expect(event.contact?.id == "51730264")
    }

    @Test(arguments: Loading.allCases, [("dialog_cleared", "dialog-cleared"), ("dialog_removed", "dialog-removed")])
    func `a cleared dialog is noted in its thread`(loading: Loading, row: (String, String)) async throws {
        let event = try await loading.max.event(Self.about(row.0))
        guard case .notice(let notice) = event.kind else { throw Unexpected("\(event.kind)") }
        #expect(notice.kind == .information)
        #expect(notice.reason.code == row.1)
        #expect(event.thread == "240118305")
    }

    private static func about(_ kind: String) -> String {
        #"""
        {"update_type":"\#(kind)","timestamp":1791200904499,"chat_id":240118305,"user_locale":"ru",
        "user":{"user_id":51730264,"first_name":"Айгуль","is_bot":false}}
        """#
    }

    static let silent = [
        #"{"update_type":"thing_of_2031","timestamp":1,"message":{}}"#, about("dialog_muted"), about("dialog_unmuted"),
        about("bot_added"), about("user_added"), about("chat_title_changed"),
        about("bot_started").replacing("false", with: "true"),
        customerMessage(#""text":"a""#).replacing("\"dialog\"", with: "\"chat\""),
        customerMessage(#""text":"a""#).replacing("\"dialog\"", with: "\"channel\""),
        customerMessage(#""text":"a""#).replacing("\"is_bot\":false", with: "\"is_bot\":true"),
        customerMessage(#""text":"a""#).replacing("\"sender\"", with: "\"nobody\""),
        customerMessage(#""text":null"#), customerMessage(#""text":"","attachments":[{"type":"inline_keyboard"}]"#),
        press(#"{"recipient":{"chat_id":-5,"chat_type":"chat"}}"#), press(#"{"recipient":{"chat_id":-5}}"#),
        #"{"update_type":"message_removed","timestamp":1,"message_id":"mid.1","chat_id":-100,"user_id":5}"#,
        #"{"update_type":"message_created","timestamp":1}"#, #"{"update_type":"message_callback","timestamp":1}"#,
    ]

    @Test(arguments: Loading.allCases, silent)
    func `what is no business of an inbox gives no event and an empty answer`(
        loading: Loading, update: String
    ) async throws {
        let parsed = try await loading.max.events(update)
        #expect(parsed.events.isEmpty)
        #expect(parsed.answer == WebhookAnswer(status: 200))
    }

    @Test(arguments: Loading.allCases)
    func `an update that comes twice has the same ids`(loading: Loading) async throws {
        let driver = try loading.max
        for update in [customerMessage(#""text":"a""#), Self.press("null"), Self.about("bot_started"), Self.about("bot_stopped")]
        {
            #expect(try await driver.event(update) == driver.event(update))
        }
    }

    @Test(arguments: Loading.allCases)
    func `large numbers survive`(loading: Loading) async throws {
        let event = try await loading.max.event(
            #"""
            {"update_type":"bot_stopped","timestamp":9007199254740993,"chat_id":9223372036854775807,
            "user":{"user_id":9007199254740993}}
            """#)
        #expect(event.thread == "9223372036854775807")
        #expect(event.contact?.id == "9007199254740993")
        #expect(event.id == "bot_stopped:9223372036854775807:9007199254740993:9007199254740993")
    }
}
