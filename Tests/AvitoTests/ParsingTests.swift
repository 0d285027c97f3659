import Kernel
import PluginHost
import PluginTestSupport
import Testing

struct ParsingTests {
    @Test(arguments: Loading.allCases)
    func `a buyer's text comes with its listing`(loading: Loading) async throws {
        var message = InboundMessage(id: "b5d1c0ffee00345f1cc66fa657813958", text: "Здравствуйте! Ещё продаёте?")
        message.referral = Referral(source: "listing", reference: "1768287444")
        #expect(
            try await loading.avito.event(delivery(hello))
                == InboundEvent(
                    id: "b5d1c0ffee00345f1cc66fa657813958", account: "94235311", thread: chatID,
                    at: Instant(seconds: 1_781_510_399), contact: ContactIdentity(id: "238867123"), kind: .message(message)))
    }

    @Test(arguments: Loading.allCases, ["null", "0"])
    func `a chat without a listing has no referral`(loading: Loading, item: String) async throws {
        let event = try await loading.avito.event(delivery(hello, chatType: "u2u", item: item))
        guard case .message(let message) = event.kind else { throw Unexpected("no message") }
        #expect(message.referral == nil)
        #expect(message.text == "Здравствуйте! Ещё продаёте?")
    }

    static let contents: [(String, String?, MessageAttachment)] = [
        (
            #"""
            "type":"image","content":{"image":{"sizes":{"32x32":"https://img.k.avito.ru/32.jpg",
            "1280x960":"https://img.k.avito.ru/1280.jpg","640x480":"https://img.k.avito.ru/640.jpg","odd":"x","0x0":"y"}}}
            """#, nil,
            MessageAttachment(
                kind: .image, file: "https://img.k.avito.ru/1280.jpg", mimeType: "image/jpeg", width: 1_280, height: 960)
        ),
        (
            #""type":"voice","content":{"voice":{"voice_id":"a1b2-c3d4"}}"#, nil,
            MessageAttachment(kind: .voice, file: "voice:a1b2-c3d4", mimeType: "audio/mp4")
        ),
        (
            #"""
            "type":"link","content":{"link":{"text":"habr.com","url":"habr.com","preview":{"title":"Хабр",
            "description":"…","domain":"habr.com","url":"https://habr.com/ru/"}}}
            """#, "habr.com", MessageAttachment(kind: .link, url: "https://habr.com/ru/", title: "Хабр")
        ),
        (
            #""type":"link","content":{"link":{"text":"habr.com","url":"habr.com","preview":null}}"#, "habr.com",
            MessageAttachment(kind: .link, url: "https://habr.com")
        ),
        (
            #"""
            "type":"location","content":{"location":{"kind":"street","lat":55.599799,"lon":37.603954,
            "title":"Склад","text":"Москва, Варшавское ш."}}
            """#, nil,
            MessageAttachment(
                kind: .location, title: "Склад",
                location: Location(latitude: 55.599799, longitude: 37.603954, address: "Москва, Варшавское ш."))
        ),
        (#""type":"video","content":{}"#, nil, MessageAttachment(kind: .unsupported, title: "video")),
        (#""type":"file","content":{}"#, nil, MessageAttachment(kind: .unsupported, title: "file")),
        (#""type":"hologram","content":{"a":1}"#, nil, MessageAttachment(kind: .unsupported, title: "hologram")),
        (#""type":"text","content":null"#, nil, MessageAttachment(kind: .unsupported, title: "text")),
        (
            #""type":"location","content":{"location":{"lat":95,"lon":0}}"#, nil,
            MessageAttachment(kind: .unsupported, title: "location")
        ),
        (
            #""type":"image","content":{"image":{"sizes":{}}}"#, nil,
            MessageAttachment(kind: .unsupported, title: "image")
        ),
    ]

    @Test(arguments: Loading.allCases, contents)
    func `every kind of content becomes one attachment`(
        loading: Loading, row: (String, String?, MessageAttachment)
    ) async throws {
        let message = try await loading.avito.message(row.0)
        #expect(message.attachments == [row.2])
        #expect(message.text == row.1)
    }

    static let services: [(String, ServiceLine.Kind, String?, MessageAttachment?)] = [
        (
            #""type":"system","content":{"text":"Покупатель открыл телефон","flow_id":"seller_audience_discount"}"#, .notice,
            "Покупатель открыл телефон", nil
        ),
        (#""type":"call","content":{"call":{"status":"missed","target_user_id":94235311}}"#, .missedCall, nil, nil),
        (#""type":"call","content":{"call":{"status":"missed"}}"#, .missedCall, nil, nil),
        (#""type":"call","content":{"call":{"status":"missed","target_user_id":238867123}}"#, .call, nil, nil),
        (#""type":"call","content":{"call":{}}"#, .call, nil, nil), (#""type":"appCall","content":{}"#, .call, nil, nil),
        (
            #"""
            "type":"item","content":{"item":{"title":"iPhone 13","item_url":"https://avito.ru/1","image_url":"https://i/1",
            "price_string":"45 000 ₽"}}
            """#, .card, nil,
            MessageAttachment(kind: .link, file: "https://i/1", url: "https://avito.ru/1", title: "iPhone 13, 45 000 ₽")
        ),
        (
            #"""
            "type":"item","content":{"item":{"id":1,"title":"iPhone 13","url":"https://avito.ru/1","status_id":10,
            "images":{"count":1,"main":{"140x105":"https://i/1"}},"price_string":"45 000 ₽"}}
            """#, .card, nil,
            MessageAttachment(kind: .link, file: "https://i/1", url: "https://avito.ru/1", title: "iPhone 13, 45 000 ₽")
        ),
    ]

    @Test(arguments: Loading.allCases, services.indices)
    func `what nobody wrote is a service line, whoever did it`(loading: Loading, index: Int) async throws {
        let (content, kind, text, attachment) = Self.services[index]
        for author in ["0", "238867123", "94235311"] {
            let event = try await loading.avito.event(delivery(content, author: author))
            guard case .service(let line) = event.kind else { throw Unexpected("\(event.kind)") }
            #expect(line.kind == kind && line.message.text == text)
            #expect(line.message.attachments == [attachment].compactMap(\.self))
        }
    }

    @Test(arguments: Loading.allCases)
    func `what the owner's side writes is an echo and names no customer`(loading: Loading) async throws {
        let event = try await loading.avito.event(delivery(hello, author: "94235311"))
        guard case .echo(let echo) = event.kind else { throw Unexpected("\(event.kind)") }
        // A person in the app, another program or we: the event does not tell.
        #expect(echo.author == .unknown)
        #expect(echo.message.text == "Здравствуйте! Ещё продаёте?")
        #expect(event.contact == nil)
        #expect(event.thread == chatID)
    }

    @Test(arguments: Loading.allCases, ["0", "null", "-1", "\"\""])
    func `what Avito itself writes is automatic`(loading: Loading, author: String) async throws {
        let event = try await loading.avito.event(delivery(hello, author: author))
        guard case .service(let line) = event.kind else { throw Unexpected("\(event.kind)") }
        #expect(line.kind == .notice)
        #expect(event.contact == nil)
    }

    @Test(arguments: Loading.allCases)
    func `a tombstone deletes the message of its id and is an event of its own`(loading: Loading) async throws {
        let driver = try loading.avito
        let event = try await driver.event(delivery(#""type":"deleted","content":{}"#))
        #expect(event.kind == .deleted(["b5d1c0ffee00345f1cc66fa657813958"]))
        #expect(event.id != (try await driver.event(delivery(hello))).id)
    }

    @Test(arguments: Loading.allCases)
    func `the same message has the same id in every delivery`(loading: Loading) async throws {
        let driver = try loading.avito
        let first = try await driver.event(delivery(hello))
        let again = delivery(hello).replacing("0f6c0e0e", with: "1a2b3c4d").replacing(":1781510400", with: ":1781510999")
        #expect(try await driver.event(again) == first)
        #expect(try await driver.event(delivery(hello, id: "other")).id != first.id)
    }

    static let stubs = [
        "Чтобы видеть чаты, перейдите на подписку с API мессенджера",
        "ПОДПИСКА без доступа: подключите api мессенджера",
        "Перейдите на тариф с подпиской «Максимальная», где есть API Мессенджера.",
    ]

    @Test(arguments: Loading.allCases, stubs)
    func `the text that hides messages is a notice for the owner, once a day`(
        loading: Loading, text: String
    ) async throws {
        let driver = try loading.avito
        for author in ["238867123", "94235311", "0"] {
            for type in ["text", "system"] {
                let event = try await driver.event(
                    delivery(#""type":"\#(type)","content":{"text":"\#(text)"}"#, id: "m\(author)", author: author))
                guard case .notice(let notice) = event.kind else { throw Unexpected("\(event.kind)") }
                #expect(notice.reason.code == "subscription-required")
                #expect(notice.kind == .attention)
                #expect(event.thread == nil)
                #expect(event.id == "subscription-required:20619")
            }
        }
    }

    @Test(arguments: Loading.allCases, ["Есть подписка на журнал?", "У вас есть API мессенджера?"])
    func `a buyer may speak of subscriptions`(loading: Loading, text: String) async throws {
        #expect(try await loading.avito.message(#""type":"text","content":{"text":"\#(text)"}"#).text == text)
    }

    @Test(arguments: Loading.allCases)
    func `messages of another account become one notice`(loading: Loading) async throws {
        let driver = try loading.avito
        let other = Known.connected.remembering("user_id", "5")
        let event = try await driver.event(delivery(hello), known: other)
        guard case .notice(let notice) = event.kind else { throw Unexpected("\(event.kind)") }
        #expect(notice.reason.code == "foreign-account")
        #expect(try await driver.event(delivery(hello, id: "m2"), known: other).id == event.id)
        // Before the first connection nobody knows who we are.
        #expect(try await driver.event(delivery(hello), known: .fresh).thread == chatID)
    }

    static let silent = [
        "{}", #"{"id":"1","version":"3"}"#, #"{"payload":null}"#, #"{"payload":{}}"#,
        #"{"payload":{"type":"read","value":{"chat_id":"a"}}}"#,
        delivery(hello, chatType: "a2u"),
    ]

    @Test(arguments: Loading.allCases, silent)
    func `a test of the address and what is no business of an inbox give no event and an empty answer`(
        loading: Loading, body: String
    ) async throws {
        let parsed = try await loading.avito.events(body)
        #expect(parsed.events.isEmpty)
        #expect(parsed.answer == WebhookAnswer(status: 200))
    }

    @Test(arguments: Loading.allCases, ["v1.1", "v3", "3", "", "v9000"])
    func `the version is a free string`(loading: Loading, version: String) async throws {
        let body = delivery(hello).replacing("v3.0.0", with: version)
        #expect(try await loading.avito.event(body).id == "b5d1c0ffee00345f1cc66fa657813958")
    }
}
