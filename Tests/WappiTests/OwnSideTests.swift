import Kernel
import PluginHost
import PluginTestSupport
import Testing

/// What the owner's side does, and what Wappi says about it and about itself.
struct OwnSideTests {
    static let echoes: [(String, String, Echo.Author, String?)] = [
        ("outgoing_message_phone", #""from_where":"phone""#, .person, nil),
        ("incoming_message", #""is_me":true,"from_where":"phone""#, .person, nil),
        ("incoming_message", #""is_me":"true""#, .unknown, nil),
        ("outgoing_message_api", #""from_where":"api","task_id":"1f83b0c7""#, .unknown, nil),
        ("outgoing_message_api", #""from_where":"api","wappi_bot_id":"external_api""#, .unknown, nil),
        ("outgoing_message_api", #""from_where":"api","wappi_bot_id":"77""#, .automation, nil),
        ("outgoing_message_api", #""from_where":"api","is_bot":true"#, .automation, nil),
        ("outgoing_message_api", #""from_where":"api","wappi_bot_id":"7s-0199-abc""#, .ourselves, "0199-abc"),
    ]

    @Test(arguments: Loading.allCases, echoes)
    func `what the owner's side writes is an echo in the customer's chat`(
        loading: Loading, row: (String, String, Echo.Author, String?)
    ) async throws {
        let event = try await loading.wappi.event(
            #"""
            {"messages":[{"wh_type":"\#(row.0)","profile_id":"\#(profile)","id":"3EB0","time":1791188877,"body":"15 000 ₸",
            "type":"chat","from":"77010000001@c.us","to":"77015550011@c.us","chatId":"77015550011@c.us","senderName":"Магазин",
            "contact_name":"Айгуль","username":"shop",\#(row.1)}]}
            """#)
        #expect(
            event.kind == .echo(Echo(author: row.2, message: InboundMessage(id: "3EB0", text: "15 000 ₸"), correlation: row.3)))
        #expect(event.thread == whatsAppThread)
        #expect(event.contact == aigul)
        #expect(event.id == "m/77015550011@c.us/3EB0")
    }

    @Test(arguments: Loading.allCases)
    func `a customer without a saved name is not called by the owner's`(loading: Loading) async throws {
        let event = try await loading.wappi.event(
            #"""
            {"messages":[{"wh_type":"outgoing_message_phone","profile_id":"\#(profile)","id":"3EB0","body":"а","type":"chat",
            "chatId":"77015550011@c.us","senderName":"Магазин","contact_name":""}]}
            """#)
        #expect(event.contact?.name == nil)
    }

    static let statuses: [(String, MessageStatus.State, String?)] = [
        ("sent", .sent, nil), ("delivered", .delivered, nil), ("read", .read, nil), ("Read", .read, nil),
        ("undelivered", .failed, "undelivered"), ("error", .failed, "undelivered"),
    ]

    private static func status(_ value: String, chat: String = #""chat_id":"77015550011@c.us""#, type: String = "delivery_status")
        -> String
    {
        #"""
        {"messages":{"id":"3EB0C4F19A72D5083E61BB","profile_id":"\#(profile)","wh_type":"\#(type)",
        "timestamp":"2026-10-05T15:45:14+03:00","time":1791204314,"from":"77010000001@c.us","to":"77015550011@c.us",
        \#(chat),"status":"\#(value)","task_id":"1f83b0c7-52de-4f6a-8c39-b7d4e0a96512"}}
        """#
    }

    @Test(arguments: Loading.allCases, statuses)
    func `a status tells how far a message has come`(
        loading: Loading, row: (String, MessageStatus.State, String?)
    ) async throws {
        let driver = try loading.wappi
        let bodies = [
            Self.status(row.0), Self.status(row.0, chat: #""chatId":"77015550011@c.us""#),
            Self.status(row.0, chat: #""chat_id":"""#),
            Self.status(row.0, type: "messages_status"),
        ]
        for body in bodies {
            let event = try await driver.event(body)
            guard case .status(let status) = event.kind else { throw Unexpected("\(event.kind)") }
            #expect(status.state == row.1)
            #expect(status.messages == ["3EB0C4F19A72D5083E61BB"])
            #expect(status.reason?.code == row.2)
            #expect(event.thread == whatsAppThread)
            #expect(event.id == "s/77015550011@c.us/3EB0C4F19A72D5083E61BB/\(row.1.rawValue)")
        }
    }

    @Test(arguments: Loading.allCases)
    func `a ban fails its message and alarms the channel`(loading: Loading) async throws {
        let events = try await loading.wappi.events(Self.status("temporary ban"))
        guard events.count == 2, case .status(let status) = events[0].kind, case .notice(let notice) = events[1].kind else {
            throw Unexpected("\(events)")
        }
        #expect(status.state == .failed)
        #expect(notice.kind == .attention)
        #expect(notice.reason.code == "temporary-ban")
        #expect(events[0].id != events[1].id)
    }

    static let notices: [(String, String, ChannelNotice.Kind, String)] = [
        ("authorization_status", "offline", .reconnectNeeded, "signed-out"),
        ("authorization_status", "online", .recovered, "online"),
        ("application_status", "offline", .attention, "phone-offline"), ("application_status", "online", .recovered, "online"),
    ]

    @Test(arguments: Loading.allCases, notices)
    func `the profile's own state is a notice`(
        loading: Loading, row: (String, String, ChannelNotice.Kind, String)
    ) async throws {
        let event = try await loading.wappi.event(
            #"""
            {"messages":[{"wh_type":"\#(row.0)","profile_id":"\#(profile)","status":"\#(row.1)","reason":"logout from api",
            "phone":"77010000001","timestamp":"2026-10-05T17:00:02.57+03:00","time":1791208802}]}
            """#)
        guard case .notice(let notice) = event.kind else { throw Unexpected("\(event.kind)") }
        #expect(notice.kind == row.2)
        #expect(notice.reason.code == row.3)
        #expect(event.thread == nil)
        #expect(event.id == "\(row.0)/\(row.1)/1791208802000")
    }

    @Test(arguments: Loading.allCases)
    func `a missed call is a service line`(loading: Loading) async throws {
        let event = try await loading.wappi.event(
            #"""
            {"messages":{"wh_type":"incoming_call","type":"missed_call","profile_id":"\#(profile)","number":"77015550011",
            "contact":{"Found":true,"FirstName":"Айгуль","FullName":"Айгуль","PushName":"Aigul","BusinessName":""},
            "timestamp":"2026-10-05T17:40:34+03:00","time":1791211234}}
            """#)
        let message = InboundMessage(id: "call/77015550011/1791211234000")
        #expect(event.kind == .service(ServiceLine(kind: .missedCall, message: message)))
        #expect(event.thread == whatsAppThread)
        #expect(event.contact == aigul)
    }
}
