import Kernel
import PluginHost
import PluginTestSupport
import Testing

struct ParsingTests {
    @Test(arguments: Loading.allCases)
    func `a text with a deep link carries its referral`(loading: Loading) async throws {
        let event = try await loading.telegram.event(
            customerMessage(#""text":"/start ad_ig_may24","entities":[{"offset":0,"length":6,"type":"bot_command"}]"#))
        var message = InboundMessage(id: "41", text: "/start ad_ig_may24")
        message.command = "start"
        message.referral = Referral(source: "link", reference: "ad_ig_may24")
        #expect(
            event
                == InboundEvent(
                    id: "512340001", thread: "7201345566", at: Instant(seconds: 1_781_510_400), contact: aigul,
                    kind: .message(message)))
    }

    @Test(arguments: Loading.allCases)
    func `the largest size of a photo is taken and its album kept`(loading: Loading) async throws {
        let message = try await loading.telegram.message(
            #"""
            "media_group_id":"13988123456789012","photo":[{"file_id":"small","file_unique_id":"a","file_size":1480,"width":90,
            "height":67},{"file_id":"large","file_unique_id":"b","file_size":98210,"width":1280,"height":960}],
            "caption":"Такая модель есть?"
            """#)
        #expect(message.text == "Такая модель есть?")
        #expect(message.album == "13988123456789012")
        #expect(
            message.attachments == [
                MessageAttachment(
                    kind: .image, file: "large", mimeType: "image/jpeg", size: 98_210, width: 1_280, height: 960)
            ])
    }

    static let media: [(String, MessageAttachment)] = [
        (
            #""voice":{"file_id":"f","file_unique_id":"u","duration":7,"mime_type":"audio/ogg","file_size":31020}"#,
            MessageAttachment(kind: .voice, file: "f", mimeType: "audio/ogg", size: 31_020, duration: .seconds(7))
        ),
        (
            #""video_note":{"file_id":"f","file_unique_id":"u","length":384,"duration":12,"file_size":901233}"#,
            MessageAttachment(kind: .videoNote, file: "f", mimeType: "video/mp4", size: 901_233, duration: .seconds(12))
        ),
        (
            #"""
            "video":{"file_id":"f","file_unique_id":"u","width":1280,"height":720,"duration":34,"file_name":"obzor.mp4",
            "mime_type":"video/mp4","file_size":5368709120}
            """#,
            MessageAttachment(
                kind: .video, file: "f", name: "obzor.mp4", mimeType: "video/mp4", size: 5_368_709_120,
                duration: .seconds(34), width: 1_280, height: 720)
        ),
        (
            #""audio":{"file_id":"f","file_unique_id":"u","duration":180,"title":"Ән","mime_type":"audio/mpeg"}"#,
            MessageAttachment(kind: .audio, file: "f", mimeType: "audio/mpeg", duration: .seconds(180), title: "Ән")
        ),
        (
            #"""
            "document":{"file_id":"f","file_unique_id":"u","file_name":"rekvizity.pdf","mime_type":"application/pdf",
            "file_size":224511}
            """#,
            MessageAttachment(
                kind: .document, file: "f", name: "rekvizity.pdf", mimeType: "application/pdf", size: 224_511)
        ),
        (
            #"""
            "animation":{"file_id":"f","file_unique_id":"u","width":2,"height":1,"duration":3,"mime_type":"video/mp4"},
            "document":{"file_id":"f","file_unique_id":"u","mime_type":"video/mp4"}
            """#,
            MessageAttachment(
                kind: .animation, file: "f", mimeType: "video/mp4", duration: .seconds(3), width: 2, height: 1)
        ),
        (
            #"""
            "sticker":{"file_id":"f","file_unique_id":"u","type":"regular","width":512,"height":512,"is_animated":false,
            "is_video":false,"emoji":"👍","set_name":"HotCherry"}
            """#,
            MessageAttachment(kind: .sticker, file: "f", mimeType: "image/webp", width: 512, height: 512, title: "👍")
        ),
        (
            #""location":{"latitude":43.238949,"longitude":76.889709,"horizontal_accuracy":18.0}"#,
            MessageAttachment(kind: .location, location: Location(latitude: 43.238949, longitude: 76.889709))
        ),
        (
            #"""
            "venue":{"location":{"latitude":43.2389,"longitude":76.8897},"title":"ТРЦ Мега","address":"Розыбакиева 247А"},
            "location":{"latitude":43.2389,"longitude":76.8897}
            """#,
            MessageAttachment(
                kind: .location, title: "ТРЦ Мега",
                location: Location(latitude: 43.2389, longitude: 76.8897, address: "Розыбакиева 247А"))
        ),
        (#""dice":{"emoji":"🎲","value":6}"#, MessageAttachment(kind: .unsupported, title: "dice")),
        (#""hologram_of_2031":{"depth":3}"#, MessageAttachment(kind: .unsupported, title: "hologram_of_2031")),
    ]

    @Test(arguments: Loading.allCases, media)
    func `every kind of content becomes one attachment`(loading: Loading, row: (String, MessageAttachment)) async throws {
        #expect(try await loading.telegram.message(row.0).attachments == [row.1])
    }

    @Test(arguments: Loading.allCases, [(7_201_345_566, true), (7_201_345_567, false)])
    func `a shared phone is the customer's own only when Telegram says so`(
        loading: Loading, row: (Int, Bool)
    ) async throws {
        let event = try await loading.telegram.event(
            customerMessage(#""contact":{"phone_number":"77011234567","first_name":"Айгуль","user_id":\#(row.0)}"#))
        guard case .message(let message) = event.kind else { throw Unexpected("no message") }
        #expect(message.attachments.first?.contact?.phone == "+77011234567")
        #expect(message.attachments.first?.contact?.isOwn == row.1)
        #expect(event.contact?.phone == (row.1 ? "+77011234567" : nil))
    }

    @Test(arguments: Loading.allCases)
    func `a reply names its message and quotes only what was quoted`(loading: Loading) async throws {
        let message = try await loading.telegram.message(
            #"""
            "text":"да","quote":{"text":"номер","position":3,"is_manual":true},"reply_to_message":{"message_id":40,
            "from":{"id":6100000001,"is_bot":true,"first_name":"Shop"},"chat":{"id":7201345566,"type":"private"},
            "date":1781510300,"text":"Оставьте номер"}
            """#)
        #expect(message.replyTo == "40")
        #expect(message.quote == "номер")
        #expect(message.text == "да")
    }

    @Test(arguments: Loading.allCases)
    func `an address behind a word becomes a link`(loading: Loading) async throws {
        let message = try await loading.telegram.message(
            #""text":"тут","entities":[{"offset":0,"length":3,"type":"text_link","url":"https://shop.example/c"}]"#)
        #expect(message.attachments == [MessageAttachment(kind: .link, url: "https://shop.example/c")])
        #expect(message.command == nil)
    }

    @Test(arguments: Loading.allCases)
    func `an edit keeps the message's id and has its own time`(loading: Loading) async throws {
        let event = try await loading.telegram.event(
            #"""
            {"update_id":512340011,"edited_message":{"message_id":41,"from":{"id":7201345566,"is_bot":false,
            "first_name":"Айгуль"},"chat":{"id":7201345566,"type":"private"},"date":1781510400,"edit_date":1781510460,
            "text":"Нужно 2 штуки"}}
            """#)
        #expect(event.kind == .edited(InboundMessage(id: "41", text: "Нужно 2 штуки")))
        #expect(event.at == Instant(seconds: 1_781_510_460))
    }

    @Test(arguments: Loading.allCases, [#""date":1781510500,"text":"Оформляем?","#, #""date":0,"#])
    func `a pressed button says what stands on it`(loading: Loading, message: String) async throws {
        let event = try await loading.telegram.event(
            #"""
            {"update_id":512340011,"callback_query":{"id":"4382bfdwdsb323b2d9","from":{"id":7201345566,"is_bot":false,
            "first_name":"Айгуль"},"message":{\#(message)"message_id":57,"chat":{"id":7201345566,"type":"private"},"reply_markup":
            {"inline_keyboard":[[{"text":"Нет","callback_data":"o:91:n"},7],[{"text":"Да, оформить","callback_data":"o:91:y"}]]}},
            "chat_instance":"-3422917239871","data":"o:91:y"}}
            """#)
        #expect(
            event.kind
                == .pressed(ButtonPress(callback: "4382bfdwdsb323b2d9", data: "o:91:y", message: "57", title: "Да, оформить")))
    }

    @Test(arguments: Loading.allCases, [#""date":1781510500,"text":"Оформляем?","#, #""date":0,"#])
    func `a pressed button is known with and without its message`(loading: Loading, message: String) async throws {
        let event = try await loading.telegram.event(
            #"""
            {"update_id":512340010,"callback_query":{"id":"4382bfdwdsb323b2d9","from":{"id":7201345566,"is_bot":false,
            "first_name":"Айгуль"},"message":{\#(message)"message_id":57,"chat":{"id":7201345566,"type":"private"}},
            "chat_instance":"-3422917239871","data":"o:91:y"}}
            """#)
        #expect(event.kind == .pressed(ButtonPress(callback: "4382bfdwdsb323b2d9", data: "o:91:y", message: "57")))
        #expect(event.thread == "7201345566")
    }

    static let reactions: [(String, [String])] = [
        (#"[{"type":"emoji","emoji":"👍"}]"#, ["👍"]), ("[]", []),
        // What nobody can have chosen costs only itself.
        (#"[{"type":"emoji","emoji":"👍"},{"type":"emoji","emoji":"\#(String(repeating: "x", count: 1_025))"}]"#, ["👍"]),
    ]

    @Test(arguments: Loading.allCases, reactions)
    func `a reaction tells all the emoji now there`(loading: Loading, row: (String, [String])) async throws {
        let event = try await loading.telegram.event(
            #"""
            {"update_id":512340012,"message_reaction":{"chat":{"id":7201345566,"type":"private"},"message_id":57,
            "user":{"id":7201345566,"is_bot":false,"first_name":"Айгуль"},"date":1781510560,"old_reaction":[],
            "new_reaction":\#(row.0)}}
            """#)
        #expect(event.kind == .reaction(Reaction(message: "57", emoji: row.1)))
    }

    @Test(arguments: Loading.allCases, [("kicked", InboundEvent.Kind.blocked), ("member", .unblocked)])
    func `blocking and coming back are told`(loading: Loading, row: (String, InboundEvent.Kind)) async throws {
        let event = try await loading.telegram.event(
            #"""
            {"update_id":512340013,"my_chat_member":{"chat":{"id":7201345566,"first_name":"Айгуль","type":"private"},
            "from":{"id":7201345566,"is_bot":false,"first_name":"Айгуль"},"date":1781510700,
            "old_chat_member":{"user":{"id":6100000001,"is_bot":true,"first_name":"Shop"},"status":"member"},
            "new_chat_member":{"user":{"id":6100000001,"is_bot":true,"first_name":"Shop"},"status":"\#(row.0)"}}}
            """#)
        #expect(event.kind == row.1)
    }

    static let notices: [(String, ServiceLine.Kind, String?)] = [
        (#""pinned_message":{"message_id":1,"text":"Адрес"}"#, .pinned, "Адрес"), (#""pinned_message":{}"#, .pinned, nil),
        (#""message_auto_delete_timer_changed":{"message_auto_delete_time":86400}"#, .autoDelete, nil),
        (#""connected_website":"shop.example""#, .signedIn, "shop.example"),
    ]

    @Test(arguments: Loading.allCases, notices.indices)
    func `notices of the chat are service lines`(loading: Loading, index: Int) async throws {
        let (member, kind, text) = Self.notices[index]
        let event = try await loading.telegram.event(
            #"{"update_id":1,"message":{"message_id":7,"chat":{"id":5,"type":"private","first_name":"A"},"date":1,\#(member)}}"#)
        #expect(event.kind == .service(ServiceLine(kind: kind, message: InboundMessage(id: "7", text: text))))
        #expect(event.contact?.id == "5" && event.thread == "5")
    }

    static let silent = [
        #"{"update_id":1}"#, #"{"update_id":1,"poll":{"id":"1"}}"#, #"{"update_id":1,"thing_of_2031":{"a":1}}"#,
        #"{"update_id":1,"channel_post":{"message_id":1,"chat":{"id":-100,"type":"channel"},"date":1,"text":"a"}}"#,
        #"{"update_id":1,"message":{"message_id":1,"chat":{"id":-5,"type":"group"},"date":1,"text":"a"}}"#,
        #"{"update_id":1,"message":{"message_id":1,"chat":{"id":5,"type":"private"},"date":1,"write_access_allowed":{}}}"#,
        #"""
        {"update_id":1,"edited_message":{"message_id":1,"from":{"id":5,"is_bot":false},"chat":{"id":5,"type":"private"},
        "date":1,"location":{"latitude":1,"longitude":1,"live_period":600}}}
        """#,
    ]

    @Test(arguments: Loading.allCases, silent)
    func `what is no business of an inbox gives no event and an empty answer`(
        loading: Loading, update: String
    ) async throws {
        let parsed = try await loading.telegram.events(update)
        #expect(parsed.events.isEmpty)
        #expect(parsed.answer == WebhookAnswer(status: 200))
    }
}
