import Kernel
import PluginHost
import PluginTestSupport
import Testing
import WireJSON

struct ParsingTests {
    @Test(arguments: Loading.allCases)
    func `a text names its chat, its customer and what it answers`(loading: Loading) async throws {
        let event = try await loading.wappi.event(
            incoming(
                #"""
                "body":"Здравствуйте, сколько стоит?","type":"chat","caption":null,"from_where":"phone","is_forwarded":false,
                "isReply":true,"is_edited":false,"stanza_id":"3A20C7D19E5B4F8836FF","isGif":false,"picture":"","wappi_bot_id":"",
                "thumbnail":"https://fs.wappi.pro/a.jpg","is_deleted":false,"is_bot":false,"attaches":null,
                "media_info":{"width":0,"height":0,"size":0,"duration":0,"is_round":false,"is_group":false,"grouped_id":""},
                "is_blacklist":false,"whatsapp_chat_id":"123456789012345@lid","platform":"whatsapp",
                "reply_message":{"id":"3A20C7D19E5B4F8836FF","body":"https://a/b.jpg","type":"image","chatId":"",
                "timestamp":"2026-10-05T11:21:33+03:00","time":0,"caption":"Картинка","file_name":"c02e.jpg","contact_name":""}
                """#))
        var message = InboundMessage(id: "3A71B2E84F0C9D6512AA", text: "Здравствуйте, сколько стоит?")
        message.replyTo = "3A20C7D19E5B4F8836FF"
        message.quote = "Картинка"
        var contact = aigul
        contact.avatar = #"{"u":"https://fs.wappi.pro/a.jpg"}"#
        #expect(
            event
                == InboundEvent(
                    id: "m/77015550011@c.us/3A71B2E84F0C9D6512AA", account: profile, thread: whatsAppThread,
                    at: Instant(seconds: 1_791_188_877), contact: contact, kind: .message(message)))
    }

    static let envelopes = ["[%]", "%"].map { #"{"messages":\#($0)}"# } + ["%"]

    @Test(arguments: Loading.allCases, envelopes)
    func `messages come as a list, alone and bare`(loading: Loading, envelope: String) async throws {
        let bare =
            #"{"wh_type":"incoming_message","profile_id":"\#(profile)","id":"1","type":"chat","chatId":"77015550011@c.us","body":"а"}"#
        let event = try await loading.wappi.event(envelope.replacing("%", with: bare))
        #expect(event.kind == .message(InboundMessage(id: "1", text: "а")))
        #expect(event.at == nil)
    }

    @Test(arguments: Loading.allCases)
    func `a batch gives its events in order, and twice the same ids`(loading: Loading) async throws {
        let driver = try loading.wappi
        let items = (1...40).map {
            #"{"wh_type":"incoming_message","profile_id":"\#(profile)","id":"\#($0)","type":"chat","chatId":"1@c.us","body":"\#($0)"}"#
        }
        let body = #"{"messages":[\#(items.joined(separator: ",")),7,null,"x",[]]}"#
        let events = try await driver.events(body)
        #expect(events.map(\.id) == (1...40).map { "m/1@c.us/\($0)" })
        #expect(try await driver.events(body) == events)
    }

    @Test(arguments: Loading.allCases, [("вот этот", nil), ("Какой?", "Какой?")])
    func `a quote that repeats the reply itself is none`(loading: Loading, row: (String, String?)) async throws {
        let message = try await loading.wappi.message(
            #""type":"chat","body":"вот этот","stanza_id":"9","reply_message":{"id":"9","type":"chat","body":"\#(row.0)"}"#)
        #expect(message.quote == row.1)
        #expect(message.replyTo == "9")
    }

    static let texts: [(String, String)] = [
        (#""type":"poll","body":"Когда?","poll_options":["утром","вечером"]"#, "Когда?\n• утром\n• вечером"),
        (#""type":"poll_vote","body":"","selected_poll_variant":["вечером"],"stanza_id":"1""#, "• вечером"),
        (#""type":"buttons_response","body":"Да""#, "Да"), (#""type":"list","body":"Меню""#, "Меню"),
        (#""type":"text","body":7"#, "7"),
    ]

    @Test(arguments: Loading.allCases, texts)
    func `structured messages are told as text`(loading: Loading, row: (String, String)) async throws {
        #expect(try await loading.wappi.message(row.0).text == row.1)
    }

    static let changes: [(String, InboundEvent.Kind)] = [
        (#""type":"reaction","body":"👍","stanza_id":"3EB0""#, .reaction(Reaction(message: "3EB0", emoji: ["👍"]))),
        (#""type":"reaction","body":"","stanza_id":"3EB0""#, .reaction(Reaction(message: "3EB0", emoji: []))),
        (
            #""type":"buttons_response","body":"Да","selectedButtonId":"o:91:y","stanza_id":"3EB0""#,
            .pressed(ButtonPress(callback: nil, data: "o:91:y", message: "3EB0"))
        ),
        (
            #""type":"list_response","body":"Да","selected_list_id":"row-1""#,
            .pressed(ButtonPress(callback: nil, data: "row-1", message: nil))
        ),
        (
            #""type":"chat","body":"Нужно 2","is_edited":true"#,
            .edited(InboundMessage(id: "3A71B2E84F0C9D6512AA", text: "Нужно 2"))
        ),
        (#""type":"chat","body":"Нужно 2","is_deleted":"true""#, .deleted(["3A71B2E84F0C9D6512AA"])),
    ]

    @Test(arguments: Loading.allCases, changes)
    func `reactions, presses, edits and deletions are told`(
        loading: Loading, row: (String, InboundEvent.Kind)
    ) async throws {
        let event = try await loading.wappi.event(incoming(row.0))
        #expect(event.kind == row.1)
        #expect(event.thread == whatsAppThread)
        #expect(event.contact?.name == "Айгуль")
    }

    @Test(arguments: Loading.allCases)
    func `a message, its edits and its deletion have ids of their own, the same each time`(loading: Loading) async throws {
        let driver = try loading.wappi
        let bodies = [
            #""type":"chat","body":"а""#, #""type":"chat","body":"а","is_edited":true"#,
            #""type":"chat","body":"б","is_edited":true"#,
            #""type":"chat","body":"","is_deleted":true"#, #""type":"reaction","body":"👍","stanza_id":"3A71B2E84F0C9D6512AA""#,
            #""type":"reaction","body":"","stanza_id":"3A71B2E84F0C9D6512AA""#,
        ]
        var ids: [String] = []
        for body in bodies + bodies { ids.append(try await driver.event(incoming(body)).id) }
        #expect(Set(ids).count == bodies.count)
        #expect(Array(ids.prefix(bodies.count)) == Array(ids.suffix(bodies.count)))
    }

    @Test(arguments: Loading.allCases)
    func `a Telegram message has small ids, which its chat makes unique`(loading: Loading) async throws {
        let event = try await loading.wappi.event(
            #"""
            {"messages":[{"id":5902,"profile_id":"\#(profile)","wh_type":"incoming_message","timestamp":"2026-10-05T15:14:37+03:00",
            "time":"1791202477","body":"Добрый день","type":"text","from":"600270000","to":"5270000041","senderName":"Данияр",
            "chatId":600270000,"caption":null,"from_where":"phone","contact_name":"Данияр","contact_phone":"",
            "contact_username":"daniyar_kz","username":"daniyar_kz","is_forwarded":1,"isReply":false,"is_edited":null,
            "stanza_id":"","is_me":false,"chat_type":"user","thumbnail":"","picture":"","is_deleted":false,"is_bot":false}]}
            """#)
        var message = InboundMessage(id: "5902", text: "Добрый день")
        message.isForwarded = true
        #expect(
            event
                == InboundEvent(
                    id: "m/600270000/5902", account: profile, thread: "600270000", at: Instant(seconds: 1_791_202_477),
                    contact: ContactIdentity(id: "600270000", name: "Данияр", username: "daniyar_kz"), kind: .message(message)))
    }

    @Test(arguments: Loading.allCases)
    func `MAX counts in milliseconds and hides numbers`(loading: Loading) async throws {
        let event = try await loading.wappi.event(
            #"""
            {"messages":[{"id":"115","profile_id":"\#(profile)","wh_type":"incoming_message","time":1791202477500,"body":"Салем",
            "type":"text","from":"8123456","to":"9","senderName":"","chatId":"8123456","contact_name":"","contact_max_name":"Алия",
            "contact_max_last_name":"Б.","contact_phone":"77015550033","is_me":false,"is_blacklist":false}]}
            """#)
        #expect(event.at == Instant(microseconds: 1_791_202_477_500_000))
        #expect(event.contact == ContactIdentity(id: "8123456", name: "Алия Б.", phone: "+77015550033"))
    }

    static let times: [(String, Int64?)] = [
        (#""time":1791188877"#, 1_791_188_877_000), (#""time":1791188877.96"#, 1_791_188_877_960),
        (#""time":"1791188877""#, 1_791_188_877_000), (#""time":1791188877123"#, 1_791_188_877_123),
        (#""time":0,"timestamp":"2026-10-05T11:27:57+03:00""#, 1_791_188_877_000),
        (#""timestamp":"2026-10-05T08:27:57.123456789Z""#, 1_791_188_877_123),
        (#""timestamp":"2000-02-29T00:00:00Z""#, 951_782_400_000),
        (#""timestamp":"1969-12-31T23:59:59Z""#, nil), (#""timestamp":"2026-13-05T11:27:57Z""#, nil),
        (#""timestamp":"2026-10-05T11:27:57+03:00x""#, nil), (#""time":null"#, nil), (#""time":1e300"#, nil),
        (#""time":-5"#, nil),
    ]

    @Test(arguments: Loading.allCases, times)
    func `a time is read in each of its forms`(loading: Loading, row: (String, Int64?)) async throws {
        let event = try await loading.wappi.event(
            #"{"wh_type":"incoming_message","profile_id":"\#(profile)","id":"1","type":"chat","chatId":"1@c.us","body":"а",\#(row.0)}"#
        )
        #expect(event.at == row.1.map { Instant(microseconds: $0 * 1_000) })
    }

    static let chats: [(String, String, String?)] = [
        ("77015550011@s.whatsapp.net", whatsAppThread, "+77015550011"), ("123456789012345@lid", "123456789012345@lid", nil),
        (whatsAppThread, whatsAppThread, "+77015550011"),
    ]

    @Test(arguments: Loading.allCases, chats)
    func `one customer has one thread, and a phone only where the id is one`(
        loading: Loading, row: (String, String, String?)
    ) async throws {
        let event = try await loading.wappi.event(
            #"{"messages":[{"wh_type":"incoming_message","profile_id":"\#(profile)","id":"1","type":"chat","chatId":"\#(row.0)","body":"а"}]}"#
        )
        #expect(event.thread == row.1)
        #expect(event.contact?.phone == row.2)
    }

    @Test(arguments: Loading.allCases)
    func `a status may name its message alone`(loading: Loading) async throws {
        let event = try await loading.wappi.event(
            #"{"messages":[{"wh_type":"messages_status","profile_id":"\#(profile)","id":"1","status":"read","time":1791204314}]}"#
        )
        #expect(event.kind == .status(MessageStatus(state: .read, messages: ["1"])))
        #expect(event.thread == nil && event.id == "s//1/read")
    }

    static let silent = [
        #"{"messages":[]}"#, #"{"messages":[{}]}"#, #"{"messages":{"wh_type":"news_of_2031","profile_id":"\#(profile)"}}"#,
        incoming(#""type":"system","body":"Сообщения защищены""#), incoming(#""type":"chat","body":"бот","is_bot":true"#),
        incoming(#""type":"reaction","body":"👍""#),
        incoming(#""type":"chat","body":"а""#).replacing("77015550011@c.us\",\"senderName", with: "120363-1@g.us\",\"senderName"),
        incoming(#""type":"chat","body":"а""#).replacing(#""chat_type":"dialog""#, with: #""chat_type":"group""#),
        incoming(#""type":"chat","body":"а""#).replacing("chatId\":\"77015550011@c.us", with: "chatId\":\"-1001234"),
        incoming(#""type":"chat","body":"а""#).replacing("chatId\":\"77015550011@c.us", with: "chatId\":\"status@broadcast"),
        incoming(#""type":"text","body":"Код: 12345""#).replacing("chatId\":\"77015550011@c.us", with: "chatId\":\"777000"),
        incoming(#""type":"chat","body":"а""#).replacing(profile, with: "00000000-0000"),
        incoming(#""type":"chat","body":"а""#).replacing(#""profile_id":"\#(profile)","#, with: ""),
        incoming(#""type":"chat","body":"а""#).replacing(#""id":"3A71B2E84F0C9D6512AA","#, with: ""),
        incoming(#""type":"reaction","body":"👍","stanza_id":"1""#, type: "outgoing_message_phone"),
        #"{"messages":{"wh_type":"delivery_status","profile_id":"\#(profile)","id":"1","status":"pending","chat_id":"1@c.us"}}"#,
        #"{"messages":[{"wh_type":"messages_status","profile_id":"\#(profile)","id":"1","status":"read","chat_id":"1-2@g.us"}]}"#,
        #"{"messages":{"wh_type":"incoming_call","type":"call_accept","profile_id":"\#(profile)","number":"77015550011","time":1}}"#,
        #"{"messages":{"wh_type":"authorization_status","profile_id":"\#(profile)","status":"dreaming"}}"#,
    ]

    @Test(arguments: Loading.allCases, silent)
    func `what is no business of an inbox gives no event`(loading: Loading, body: String) async throws {
        #expect(try await loading.wappi.events(body).isEmpty)
    }
}
