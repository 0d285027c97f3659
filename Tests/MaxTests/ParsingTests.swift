import Kernel
import PluginHost
import PluginTestSupport
import Testing

struct ParsingTests {
    static let mid = "mid.000000000e4fa261019e2b7c51d03a4e"

    @Test(arguments: Loading.allCases)
    func `a text in a dialog has its sender, chat and time`(loading: Loading) async throws {
        let event = try await loading.max.event(
            customerMessage(#""text":"Здравствуйте! Цена?","attachments":[],"markup":[{"type":"strong","from":0,"length":12}]"#))
        #expect(
            event
                == InboundEvent(
                    id: "message_created:\(Self.mid)", thread: "240118305", at: at(1_791_200_000_399), contact: aigul,
                    kind: .message(InboundMessage(id: Self.mid, text: "Здравствуйте! Цена?"))))
    }

    @Test(arguments: Loading.allCases)
    func `a start is the customer's first message, with the link that brought them`(loading: Loading) async throws {
        let update = #"""
            {"update_type":"bot_started","timestamp":1791200604499,"chat_id":240118305,"user_id":51730264,"user_locale":"ru",
            "payload":"ad_instagram_42","user":{"user_id":51730264,"first_name":"Айгуль","is_bot":false,
            "last_activity_time":1791200580000,"avatar_url":"https://i.oneme.ru/i?r=small",
            "full_avatar_url":"https://i.oneme.ru/i?r=large","name":"Айгуль"}}
            """#
        let message = InboundMessage(
            id: "start:1791200604499", text: "/start ad_instagram_42",
            referral: Referral(source: "link", reference: "ad_instagram_42"), command: "start")
        #expect(
            try await loading.max.event(update)
                == InboundEvent(
                    id: "bot_started:240118305:51730264:1791200604499", thread: "240118305", at: at(1_791_200_604_499),
                    contact: ContactIdentity(
                        id: "51730264", name: "Айгуль", language: "ru", avatar: "https://i.oneme.ru/i?r=large"),
                    kind: .message(message)))
    }

    static let payloads = [
        "null", #""""#, #""with space""#, #""кириллица""#, #""a\nb""#, "7", "\"" + String(repeating: "a", count: 513) + "\"",
    ]

    @Test(arguments: Loading.allCases, payloads)
    func `a start without a proper payload is a message all the same`(loading: Loading, payload: String) async throws {
        let event = try await loading.max.event(
            #"{"update_type":"bot_started","timestamp":7,"chat_id":5,"payload":\#(payload),"user":{"user_id":6,"is_bot":false}}"#)
        #expect(event.kind == .message(InboundMessage(id: "start:7", text: "/start", command: "start")))
        #expect(event.contact == ContactIdentity(id: "6"))
    }

    static let media: [(String, MessageAttachment)] = [
        (
            #"{"type":"image","payload":{"photo_id":9123456789012,"token":"t1","url":"https://i.oneme.ru/i?r=1"}}"#,
            MessageAttachment(kind: .image, file: "https://i.oneme.ru/i?r=1")
        ),
        (
            #"{"type":"audio","payload":{"url":"https://vu.okcdn.ru/voice","token":"t2"},"transcription":null}"#,
            MessageAttachment(kind: .voice, file: "https://vu.okcdn.ru/voice")
        ),
        (
            #"""
            {"type":"video","payload":{"url":"https://vu.okcdn.ru/v","token":"t3"},"thumbnail":{"url":"https://i.oneme.ru/t"},
            "width":720,"height":1280,"duration":14}
            """#,
            MessageAttachment(
                kind: .video, file: "video:t3 https://vu.okcdn.ru/v", duration: .seconds(14), width: 720, height: 1_280)
        ),
        (#"{"type":"video","payload":{"token":"t3"}}"#, MessageAttachment(kind: .video, file: "video:t3")),
        (
            #"""
            {"type":"file","payload":{"url":"https://fd.oneme.ru/f","token":"t4"},"filename":"Договор.pdf","size":182044}
            """#,
            MessageAttachment(kind: .document, file: "https://fd.oneme.ru/f", name: "Договор.pdf", size: 182_044)
        ),
        (
            #"{"type":"sticker","payload":{"url":"https://i.oneme.ru/s","code":"abc"},"width":512,"height":512}"#,
            MessageAttachment(kind: .sticker, file: "https://i.oneme.ru/s", width: 512, height: 512)
        ),
        (
            #"{"type":"location","latitude":43.238949,"longitude":76.889709}"#,
            MessageAttachment(kind: .location, location: Location(latitude: 43.238949, longitude: 76.889709))
        ),
        (#"{"type":"location","latitude":91,"longitude":0}"#, MessageAttachment(kind: .unsupported, title: "location")),
        (
            #"""
            {"type":"share","payload":{"url":"https://example.kz/item","token":"t5"},"title":"Товар","description":null,
            "image_url":null}
            """#,
            MessageAttachment(kind: .link, url: "https://example.kz/item", title: "Товар")
        ),
        (#"{"type":"data","data":"x"}"#, MessageAttachment(kind: .unsupported, title: "data")),
        (#"{"type":"hologram_of_2031","payload":{}}"#, MessageAttachment(kind: .unsupported, title: "hologram_of_2031")),
        (#"{"type":"image","payload":{"url":"http://plain/x"}}"#, MessageAttachment(kind: .image)),
        (#"{"type":"image","payload":{"url":"https://a@b/x"}}"#, MessageAttachment(kind: .image)),
    ]

    @Test(arguments: Loading.allCases, media)
    func `every kind of attachment has a form`(loading: Loading, row: (String, MessageAttachment)) async throws {
        let message = try await loading.max.message(#""text":null,"attachments":[\#(row.0)]"#)
        #expect(message.attachments == [row.1])
        #expect(message.text == nil)
    }

    @Test(arguments: Loading.allCases)
    func `buttons are no content, hidden addresses are`(loading: Loading) async throws {
        let message = try await loading.max.message(
            #"""
            "text":"тут","attachments":[{"type":"inline_keyboard","payload":{"buttons":[[{"type":"callback","text":"Да",
            "payload":"yes"}]]}}],"markup":[{"type":"link","from":0,"length":3,"url":"https://shop.example/c"}]
            """#)
        #expect(message.attachments == [MessageAttachment(kind: .link, url: "https://shop.example/c")])
    }

    @Test(arguments: Loading.allCases)
    func `a reply names its message and what it says`(loading: Loading) async throws {
        let message = try await loading.max.message(
            #""text":"да""#,
            link: #"{"type":"reply","message":{"mid":"mid.0a","seq":1,"text":"Оставьте номер"},"sender":{"user_id":900410077}}"#)
        #expect(message == InboundMessage(id: Self.mid, text: "да", replyTo: "mid.0a", quote: "Оставьте номер"))
    }

    @Test(arguments: Loading.allCases)
    func `a forwarded message brings its content, with and without a body around it`(loading: Loading) async throws {
        let driver = try loading.max
        let link = #"""
            {"type":"forward","message":{"mid":"mid.0b","seq":1,"text":"прайс","attachments":[{"type":"file",
            "payload":{"url":"https://fd.oneme.ru/f"},"filename":"a.pdf","size":1}]},"chat_id":7}
            """#
        let file = MessageAttachment(kind: .document, file: "https://fd.oneme.ru/f", name: "a.pdf", size: 1)
        let commented = try await driver.message(#""text":"вот""#, link: link)
        #expect(commented == InboundMessage(id: Self.mid, text: "вот", attachments: [file], isForwarded: true))
        let pure = try await driver.event(
            #"""
            {"update_type":"message_created","timestamp":9,"message":{"sender":{"user_id":1},"recipient":{"chat_id":2,
            "chat_type":"dialog"},"timestamp":8,"body":null,"link":\#(link)}}
            """#)
        #expect(
            pure.kind
                == .message(InboundMessage(id: "forward:mid.0b:8", text: "прайс", attachments: [file], isForwarded: true)))
        let empty = try await driver.message(#""text":null"#, link: #"{"type":"forward"}"#)
        #expect(empty.attachments == [MessageAttachment(kind: .unsupported, title: "forward")])
    }
}
