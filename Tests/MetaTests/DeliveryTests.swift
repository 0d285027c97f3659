import PluginHost
import PluginTestSupport
import Testing
import WireJSON

struct DeliveryTests {
    @Test(arguments: Loading.allCases, Place.allCases)
    func `a text goes out with its reply mark`(loading: Loading, place: Place) async throws {
        let text = OutboundText("Да, есть. Оформить?", replyTo: "m_b2")
        let run = try await loading.channel(place).run(action(.text(text), place), in: context(place), [.sent("m_out1")])
        #expect(run.result == .sent(messages: ["m_out1"]))
        let request = try #require(run.requests.first)
        #expect(request.line == (place == .instagramLogin ? "POST me/messages" : "POST \(pageID)/messages"))
        var expected: JSON = [
            "recipient": ["id": .string(place.customer)], "message": ["text": "Да, есть. Оформить?"],
            "reply_to": ["mid": "m_b2"], "messaging_type": "RESPONSE",
        ]
        if place == .messenger {
            expected = [
                "recipient": ["id": .string(psid)], "message": ["text": "Да, есть. Оформить?", "metadata": "7s:0199-abc"],
                "reply_to": ["mid": "m_b2"], "messaging_type": "RESPONSE",
            ]
        }
        if place == .instagramLogin {
            expected = [
                "recipient": ["id": .string(igsid)], "message": ["text": "Да, есть. Оформить?"], "reply_to": ["mid": "m_b2"],
            ]
        }
        #expect(try request.json == expected)
    }

    @Test(arguments: Loading.allCases, Place.allCases)
    func `the token is in one header and goes to Meta alone`(loading: Loading, place: Place) async throws {
        let driver = try loading.channel(place)
        let run = try await driver.run(action(.typing, place), in: context(place), [.ok("{}")])
        let request = try #require(run.requests.first)
        let hosts = driver.description.secretHosts(settings: [:])
        let rendered = try request.rendered(secrets: ["access_token": "EAAB-secret_1"], hosts: hosts)
        #expect(rendered.host == place.host)
        #expect(rendered.headers == [NameValue("Authorization", "Bearer EAAB-secret_1")])
        #expect(!rendered.url.contains("EAAB"))
        #expect(throws: RenderingFault.foreignHost(place.host)) {
            _ = try request.rendered(secrets: ["access_token": "x"], hosts: [])
        }
    }

    /// A text's limit in the place's own unit.
    static let limits: [(Place, Int, @Sendable (String) -> Int)] = [
        (.messenger, 2_000, { $0.utf16.count }), (.instagramPage, 1_000, { $0.utf8.count }),
        (.instagramLogin, 1_000, { $0.utf8.count }),
    ]

    @Test(arguments: Loading.allCases, limits.indices)
    func `a long text is split at the limit; reply mark first, buttons last`(loading: Loading, index: Int) async throws {
        let (place, limit, length) = Self.limits[index]
        let long = String(repeating: "Доставка по Алматы бесплатно от 50 000 тенге. 👩‍👩‍👧 ", count: 80)
        let text = OutboundText(long, buttons: [[Button("Да", .callback("y"))]], replyTo: "m_1")
        let run = try await loading.channel(place).run(
            action(.text(text), place), in: context(place), Array(repeating: .sent("m"), count: 30))
        let bodies = try run.requests.map { try $0.json }
        let texts = bodies.compactMap { $0["message"]?["text"]?.string }
        #expect(texts.count > 1)
        #expect(texts.joined() == long)
        #expect(texts.allSatisfy { length($0) <= limit })
        // No part is needlessly short: splitting by another unit would give more of them.
        #expect(texts.dropLast().allSatisfy { length($0) > limit / 2 })
        #expect(bodies.map { $0["reply_to"] != nil } == texts.indices.map { $0 == 0 })
        #expect(bodies.map { $0["message"]?["quick_replies"] != nil } == texts.indices.map { $0 == texts.count - 1 })
    }

    static let edges: [(Place, String, Int)] = [
        (.messenger, String(repeating: "a", count: 2_000), 1), (.messenger, String(repeating: "a", count: 2_001), 2),
        (.messenger, String(repeating: "👍", count: 1_000), 1), (.messenger, String(repeating: "👍", count: 1_001), 2),
        (.messenger, String(repeating: "қ", count: 2_000), 1),
        (.instagramLogin, String(repeating: "a", count: 1_000), 1), (.instagramLogin, String(repeating: "a", count: 1_001), 2),
        (.instagramLogin, String(repeating: "қ", count: 500), 1), (.instagramLogin, String(repeating: "қ", count: 501), 2),
        (.instagramPage, String(repeating: "👍", count: 250), 1), (.instagramPage, String(repeating: "👍", count: 251), 2),
    ]

    @Test(arguments: Loading.allCases, edges.indices)
    func `the limit itself still fits`(loading: Loading, index: Int) async throws {
        let (place, text, count) = Self.edges[index]
        let run = try await loading.channel(place).run(
            action(.text(OutboundText(text)), place), in: context(place), (0..<count).map { .sent("m\($0)") })
        #expect(run.result == .sent(messages: (0..<count).map { "m\($0)" }))
        #expect(try run.requests.compactMap { try $0.json["message"]?["text"]?.string }.joined() == text)
    }

    @Test(arguments: Loading.allCases)
    func `a delivery that stopped half-way goes on where it stopped`(loading: Loading) async throws {
        let driver = try loading.facebook
        let operation = action(.text(OutboundText(String(repeating: "слово ", count: 600))))
        let first = try await driver.run(operation, [.sent("m_1"), .body(503, "<html>")])
        guard case .failed(let failure) = first.result else { throw Unexpected("\(first.result)") }
        #expect(failure.sent == ["m_1"])
        #expect(failure.kind == .retry(after: nil, scope: .channel))
        let second = try await driver.run(operation, state: failure.resume, [.sent("m_2")])
        #expect(second.result == .sent(messages: ["m_1", "m_2"]))
        #expect(second.requests.count == 1)
    }

    @Test(arguments: Loading.allCases, Place.allCases)
    func `buttons are quick replies, with a link they are a template`(loading: Loading, place: Place) async throws {
        let driver = try loading.channel(place)
        let titles = ["Цена", "Очень длинное название кнопки"]
        let replies = OutboundText("Выберите", buttons: titles.map { [Button($0, .callback("QR"))] })
        let plain = try await driver.run(action(.text(replies), place), in: context(place), [.sent("m")])
        #expect(
            try plain.requests[0].json["message"]?["quick_replies"] == [
                ["content_type": "text", "title": "Цена", "payload": "QR"],
                ["content_type": "text", "title": "Очень длинное ", "payload": "QR"],
            ])
        let link = OutboundText(
            "Оформить заказ?",
            buttons: [[Button("Да", .callback("ORDER_Y")), Button("Каталог", .link("https://shop.example"))]])
        let template = try await driver.run(action(.text(link), place), in: context(place), [.sent("m")])
        #expect(
            try template.requests[0].json["message"]?["attachment"] == [
                "type": "template",
                "payload": [
                    "template_type": "button", "text": "Оформить заказ?",
                    "buttons": [
                        ["type": "postback", "title": "Да", "payload": "ORDER_Y"],
                        ["type": "web_url", "title": "Каталог", "url": "https://shop.example"],
                    ],
                ],
            ])
    }

    @Test(arguments: Loading.allCases)
    func `a template's text is the last 640 at most`(loading: Loading) async throws {
        let long = String(repeating: "Это предложение. ", count: 60)
        let text = OutboundText(long, buttons: [[Button("Сайт", .link("https://shop.example"))]])
        let run = try await loading.facebook.run(action(.text(text)), [.sent("m_1"), .sent("m_2")])
        let messages = try run.requests.compactMap { try $0.json["message"] }
        try #require(messages.count == 2)
        let last = try #require(messages[1]["attachment"]?["payload"]?["text"]?.string)
        #expect(last.utf16.count <= 640)
        #expect((messages[0]["text"]?.string ?? "") + last == long)
    }

    @Test(arguments: Loading.allCases)
    func `what a place cannot ask for is left out`(loading: Loading) async throws {
        let buttons = [[Button("Телефон", .requestContact), Button("Место", .requestLocation)]]
        let text = action(.text(OutboundText("Ваш номер?", buttons: buttons)))
        let facebook = try await loading.facebook.run(text, [.sent("m")])
        #expect(try facebook.requests[0].json["message"]?["quick_replies"] == [["content_type": "user_phone_number"]])
        let instagram = try await loading.instagram.run(text, in: context(.instagramLogin), [.sent("m")])
        #expect(try instagram.requests[0].json["message"] == ["text": "Ваш номер?"])
    }

    private static func replies(_ count: Int) -> [[Button]] { (0..<count).map { [Button("b\($0)", .callback("d"))] } }
    private static let link = Button("l", .link("https://a.example"))

    static let refused: [(Place, OutboundAction.Kind, String)] = [
        (.messenger, .text(OutboundText("")), "empty-text"), (.messenger, .text(OutboundText(" \n")), "empty-text"),
        (.messenger, .text(OutboundText("a", buttons: replies(14))), "bad-buttons"),
        (.messenger, .text(OutboundText("a", buttons: replies(3) + [[link]])), "bad-buttons"),
        (.messenger, .text(OutboundText("a", buttons: [[link, Button("t", .requestContact)]])), "bad-buttons"),
        (.messenger, .text(OutboundText("a", buttons: [[Button("", .callback("d"))]])), "bad-buttons"),
        (.messenger, .text(OutboundText("a", buttons: [[Button("b", .callback(""))]])), "bad-buttons"),
        (
            .instagramPage, .text(OutboundText("a", buttons: [[Button("b", .callback(String(repeating: "қ", count: 501)))]])),
            "bad-buttons"
        ),
        (.messenger, .media(picture(size: 25_000_001)), "file-too-big"),
        (.instagramPage, .media(picture(size: 8_000_001)), "file-too-big"),
        (.instagramPage, .media(picture(mimeType: "image/webp")), "format-refused"),
        (.instagramLogin, .media(picture(.document, mimeType: "application/msword")), "format-refused"),
        (.instagramLogin, .media(picture(url: nil)), "address-needed"),
        (.instagramLogin, .media(picture(url: "ftp://a.example/1")), "address-needed"),
        (.messenger, .media(picture(.location)), "unsupported"), (.instagramLogin, .media(picture(.sticker)), "unsupported"),
        (.messenger, .media(picture(buttons: replies(1))), "buttons-need-text"),
        (.messenger, .edit(message: "m", OutboundText("a")), "unsupported"),
        (.messenger, .delete(messages: ["m"]), "unsupported"),
    ]

    @Test(arguments: Loading.allCases, refused.indices)
    func `what cannot work is refused before anything is sent`(loading: Loading, index: Int) async throws {
        let (place, kind, reason) = Self.refused[index]
        let failure = try await loading.channel(place).failure(action(kind, place), in: context(place), [])
        #expect(failure.kind == .permanent)
        #expect(failure.reason.code == reason)
    }

    static func picture(
        _ kind: MessageAttachment.Kind = .image, size: Int64 = 98_210, mimeType: String = "image/jpeg",
        url: String? = "https://files.shop.example/p/1.jpg", caption: String? = nil, buttons: [[Button]] = []
    ) -> OutboundMedia {
        OutboundMedia(
            kind: kind, file: "f1", name: "1.jpg", mimeType: mimeType, size: size, url: url, caption: caption, buttons: buttons)
    }

    static let types: [(Place, MessageAttachment.Kind, String, Int64, String)] = [
        (.messenger, .image, "image/webp", 8_000_000, "image"), (.messenger, .image, "image/png", 8_000_001, "file"),
        (.messenger, .animation, "image/gif", 1, "image"), (.messenger, .video, "video/mp4", 25_000_000, "video"),
        (.messenger, .videoNote, "video/mp4", 1, "video"), (.messenger, .audio, "audio/mpeg", 1, "audio"),
        (.messenger, .voice, "audio/ogg", 1, "audio"), (.messenger, .document, "application/msword", 1, "file"),
        (.instagramLogin, .image, "image/PNG; q=1", 8_000_000, "image"), (.instagramPage, .voice, "audio/mp4", 1, "audio"),
        (.instagramLogin, .document, "application/pdf", 25_000_000, "file"),
    ]

    @Test(arguments: Loading.allCases, types.indices)
    func `a file goes by its address, under its type`(loading: Loading, index: Int) async throws {
        let (place, kind, mimeType, size, type) = Self.types[index]
        let media = Self.picture(kind, size: size, mimeType: mimeType)
        let run = try await loading.channel(place).run(action(.media(media), place), in: context(place), [.sent("m")])
        #expect(run.result == .sent(messages: ["m"]))
        let url: JSON = "https://files.shop.example/p/1.jpg"
        let payload: JSON = place == .instagramLogin ? ["url": url] : ["url": url, "is_reusable": false]
        #expect(try run.requests[0].json["message"]?["attachment"] == ["type": .string(type), "payload": payload])
    }

    @Test(arguments: Loading.allCases, [Place.messenger, .instagramPage])
    func `a file without an address is uploaded, and its caption follows`(loading: Loading, place: Place) async throws {
        let media = Self.picture(url: nil, caption: "Ваза", buttons: Self.replies(1))
        let run = try await loading.channel(place).run(
            action(.media(media), place, author: .person), in: context(place), [.sent("m_1"), .sent("m_2")])
        #expect(run.result == .sent(messages: ["m_1", "m_2"]))
        guard case .form(let parts) = run.requests[0].body else { throw Unexpected("no form") }
        #expect(parts.map(\.name) == ["recipient", "message", "messaging_type", "filedata"])
        #expect(parts.last?.content == .file(reference: "f1", name: "1.jpg", mimeType: "image/jpeg"))
        guard case .text(let message) = parts[1].content else { throw Unexpected("no text") }
        #expect(
            try JSON.parse(message.redacted)["attachment"] == ["type": "image", "payload": ["is_reusable": false]])
        let caption = try run.requests[1].json["message"]
        #expect(caption?["text"] == "Ваза")
        #expect(caption?["quick_replies"]?.array?.count == 1)
    }

    static let signals: [(OutboundAction.Kind, JSON)] = [
        (.typing, ["sender_action": "typing_on"]), (.markRead(message: "m"), ["sender_action": "mark_seen"]),
        (.markRead(message: nil), ["sender_action": "mark_seen"]),
        (
            .react(message: "m_9", emoji: "👍"),
            ["sender_action": "react", "payload": ["message_id": "m_9", "reaction": "👍"]]
        ),
        (.react(message: "m_9", emoji: nil), ["sender_action": "unreact", "payload": ["message_id": "m_9"]]),
    ]

    @Test(arguments: Loading.allCases, signals.indices)
    func `signals are requests of their own`(loading: Loading, index: Int) async throws {
        let (kind, expected) = Self.signals[index]
        let run = try await loading.facebook.run(action(kind), [.ok(#"{"recipient_id":"\#(psid)"}"#)])
        #expect(run.result == .sent(messages: []))
        var members = [JSON.Member(key: "recipient", value: ["id": .string(psid)])]
        members += expected.object?.members ?? []
        #expect(try run.requests[0].json == .object(JSON.Object(members)))
    }

    @Test(arguments: Loading.allCases)
    func `no press waits for an answer`(loading: Loading) async throws {
        let run = try await loading.facebook.run(action(.answerPress(callback: "c", text: "ок")), [])
        #expect(run.result == .sent(messages: []))
    }

    @Test(arguments: Loading.allCases)
    func `another version and address are used`(loading: Loading) async throws {
        for (version, expected) in [("v26.0", "v26.0"), ("../x", "v25.0"), ("26.0", "v25.0"), ("v26", "v25.0")] {
            let context = context(settings: ["api_version": version, "api_base": "https://proxy.example//"], memory: [:])
            let run = try await loading.facebook.run(action(.typing), in: context, [.ok("{}")])
            #expect(run.requests[0].url.redacted == "https://proxy.example/\(expected)/me/messages")
        }
    }
}
