import Kernel
import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Business mode: the bot works inside the owner's personal account.
struct BusinessTests {
    private func businessMessage(_ fields: String, from: Int64, kind: String = "business_message") -> String {
        #"""
        {"update_id":512340022,"\#(kind)":{"business_connection_id":"VQABAmZx1","message_id":90123,"from":{"id":\#(from),
        "is_bot":false,"first_name":"Данияр"},"chat":{"id":7201345566,"first_name":"Айгуль","type":"private"},
        "date":1781511060,\#(fields)}}
        """#
    }

    @Test(arguments: Loading.allCases)
    func `the customer's message is inbound in a thread of its own`(loading: Loading) async throws {
        let event = try await loading.telegram.event(businessMessage(#""text":"цена?""#, from: 7_201_345_566))
        #expect(event.kind == .message(InboundMessage(id: "90123", text: "цена?")))
        #expect(event.thread == "b:VQABAmZx1:7201345566")
    }

    static let echoes: [(String, [String: String], Echo.Author)] = [
        ("", [:], .person),
        ("", ["business:VQABAmZx1": "555000111"], .person),
        (#""is_from_offline":true,"#, [:], .automation),
        (#""sender_business_bot":{"id":6100000001,"is_bot":true},"#, ["bot_id": "6100000001"], .ourselves),
        (#""sender_business_bot":{"id":6100000002,"is_bot":true},"#, ["bot_id": "6100000001"], .automation),
    ]

    @Test(arguments: Loading.allCases, echoes)
    func `what the owner's side writes is an echo`(
        loading: Loading, row: (String, [String: String], Echo.Author)
    ) async throws {
        let event = try await loading.telegram.event(
            businessMessage(row.0 + #""text":"15 000 ₸""#, from: 555_000_111), memory: row.1)
        #expect(event.kind == .echo(Echo(author: row.2, message: InboundMessage(id: "90123", text: "15 000 ₸"))))
        #expect(event.contact?.id == "7201345566")
        #expect(event.contact?.name == "Айгуль")
    }

    @Test(arguments: Loading.allCases)
    func `deleted messages are named`(loading: Loading) async throws {
        let event = try await loading.telegram.event(
            #"""
            {"update_id":512340023,"deleted_business_messages":{"business_connection_id":"VQABAmZx1",
            "chat":{"id":7201345566,"first_name":"Айгуль","type":"private"},"message_ids":[90122,90123]}}
            """#)
        #expect(event.kind == .deleted(["90122", "90123"]))
        #expect(event.thread == "b:VQABAmZx1:7201345566")
    }

    static let connections: [(String, ChannelNotice.Kind, String, String?)] = [
        (#""rights":{"can_reply":true},"is_enabled":true"#, .information, "business-connected", "555000111"),
        (#""can_reply":true,"is_enabled":true"#, .information, "business-connected", "555000111"),
        (#""is_enabled":true"#, .attention, "business-read-only", "555000111"),
        (#""can_reply":true,"is_enabled":false"#, .attention, "business-lost", nil),
    ]

    @Test(arguments: Loading.allCases, connections)
    func `a connection is noticed and its owner remembered`(
        loading: Loading, row: (String, ChannelNotice.Kind, String, String?)
    ) async throws {
        let parsed = try await loading.telegram.events(
            #"""
            {"update_id":512340020,"business_connection":{"id":"VQABAmZx1","user":{"id":555000111,"is_bot":false,
            "first_name":"Данияр"},"user_chat_id":555000111,"date":1781500000,\#(row.0)}}
            """#)
        guard case .notice(let notice) = parsed.events.first?.kind else { throw Unexpected("no notice") }
        #expect(notice.kind == row.1)
        #expect(notice.reason.code == row.2)
        #expect(parsed.remember == [Remembered(name: "business:VQABAmZx1", value: row.3)])
    }

    @Test(arguments: Loading.allCases)
    func `answers go through the business connection`(loading: Loading) async throws {
        let run = try await loading.telegram.run(
            action(.text(OutboundText("да")), thread: "b:VQABAmZx1:7201345566"), [.ok(#"{"message_id":7}"#)])
        #expect(run.result == .sent(messages: ["7"]))
        #expect(
            try run.requests[0].json
                == ["business_connection_id": "VQABAmZx1", "chat_id": 7_201_345_566, "text": "да"])
    }
}
