import PluginHost
import PluginTestSupport
import Testing
import WireJSON

struct DeliveryTests {
    @Test(arguments: Loading.allCases)
    func `a text goes out with its reply mark and buttons`(loading: Loading) async throws {
        let text = OutboundText(
            "Да, в наличии. Оформить?",
            buttons: [[Button("Оформить", .callback("o:91:y")), Button("Каталог", .link("https://shop.example/c"))]],
            replyTo: "42")
        let run = try await loading.telegram.run(action(.text(text)), [.ok(#"{"message_id":58}"#)])
        #expect(run.result == .sent(messages: ["58"]))
        let request = try #require(run.requests.first)
        #expect(request.method == "POST")
        #expect(request.url.redacted == "https://api.telegram.org/bot…/sendMessage")
        #expect(
            try request.json == [
                "chat_id": 7_201_345_566, "text": "Да, в наличии. Оформить?",
                "reply_parameters": ["message_id": 42, "allow_sending_without_reply": true],
                "reply_markup": [
                    "inline_keyboard": [
                        [
                            ["text": "Оформить", "callback_data": "o:91:y"],
                            ["text": "Каталог", "url": "https://shop.example/c"],
                        ]
                    ]
                ],
            ])
    }

    @Test(arguments: Loading.allCases)
    func `the token appears only where the host puts it`(loading: Loading) async throws {
        let driver = try loading.telegram
        let run = try await driver.run(action(.typing), [.ok("true")])
        let request = try #require(run.requests.first)
        let hosts = driver.description.secretHosts(settings: [:])
        let rendered = try request.rendered(secrets: ["token": "6100000001:AA-secret_1"], hosts: hosts)
        #expect(rendered.url == "https://api.telegram.org/bot6100000001:AA-secret_1/sendChatAction")
        #expect(rendered.redactedURL == "https://api.telegram.org/bot…/sendChatAction")
        #expect(rendered.carriesSecrets)
        #expect(throws: RenderingFault.foreignHost("api.telegram.org")) {
            _ = try request.rendered(secrets: ["token": "x"], hosts: [])
        }
    }

    @Test(arguments: Loading.allCases)
    func `a file's type that no header can carry is sent as bytes`(loading: Loading) async throws {
        let media = OutboundMedia(kind: .document, file: "f", name: "n", mimeType: "изображение/jpeg\r\n", size: 1)
        let run = try await loading.telegram.run(action(.media(media)), [.ok(#"{"message_id":1}"#)])
        guard case .form(let parts) = run.requests.first?.body else { throw Unexpected("no form") }
        #expect(
            parts.contains {
                $0.content == .file(reference: "f", name: "n", mimeType: "application/octet-stream")
            })
    }

    @Test(arguments: Loading.allCases)
    func `a long text is split; reply mark first, buttons last`(loading: Loading) async throws {
        let sentence = "Доставка по Алматы бесплатно от 50 000 тенге. 👩‍👩‍👧 "
        let long = String(repeating: sentence, count: 200)
        let text = OutboundText(long, buttons: [[Button("Да", .callback("y"))]], replyTo: "1")
        let answers = (1...3).map { StepInput.ok(#"{"message_id":\#($0)}"#) }
        let run = try await loading.telegram.run(action(.text(text)), answers)
        #expect(run.result == .sent(messages: ["1", "2", "3"]))
        let bodies = try run.requests.map { try $0.json }
        #expect(bodies.compactMap { $0["text"]?.string }.joined() == long)
        #expect(bodies.allSatisfy { ($0["text"]?.string ?? "").utf16.count <= 4_096 })
        #expect(bodies.map { $0["reply_parameters"] != nil } == [true, false, false])
        #expect(bodies.map { $0["reply_markup"] != nil } == [false, false, true])
    }

    @Test(arguments: Loading.allCases)
    func `a delivery that stopped half-way goes on where it stopped`(loading: Loading) async throws {
        let driver = try loading.telegram
        let operation = action(.text(OutboundText(String(repeating: "слово ", count: 1_000))))
        let first = try await driver.run(operation, [.ok(#"{"message_id":1}"#), .error(500, "Internal Server Error")])
        guard case .failed(let failure) = first.result else { throw Unexpected("\(first.result)") }
        #expect(failure.sent == ["1"])
        let second = try await driver.run(operation, state: failure.resume, [.ok(#"{"message_id":2}"#)])
        #expect(second.result == .sent(messages: ["1", "2"]))
        #expect(second.requests.count == 1)
    }

    static let media: [(MessageAttachment.Kind, Int64, String, String)] = [
        (.image, 1_000, "sendPhoto", "photo"), (.image, 11_000_000, "sendDocument", "document"),
        (.video, 1_000, "sendVideo", "video"), (.audio, 1_000, "sendAudio", "audio"),
        (.voice, 1_000, "sendVoice", "voice"),
        (.document, 1_000, "sendDocument", "document"), (.animation, 1_000, "sendAnimation", "animation"),
        (.videoNote, 1_000, "sendVideoNote", "video_note"), (.sticker, 1_000, "sendSticker", "sticker"),
    ]

    @Test(arguments: Loading.allCases, media)
    func `media travel as a form with the host's file in its place`(
        loading: Loading, row: (MessageAttachment.Kind, Int64, String, String)
    ) async throws {
        let media = OutboundMedia(
            kind: row.0, file: "file-1", name: "Счёт.pdf", mimeType: "application/pdf", size: row.1, replyTo: "42")
        let run = try await loading.telegram.run(action(.media(media)), [.ok(#"{"message_id":9}"#)])
        #expect(run.result == .sent(messages: ["9"]))
        let request = try #require(run.requests.first)
        #expect(request.apiMethod == row.2)
        guard case .form(let parts) = request.body else { throw Unexpected("no form") }
        #expect(parts.contains(FormPart(name: "chat_id", content: .text(RequestTemplate([.text("7201345566")])))))
        #expect(
            parts.contains(
                FormPart(
                    name: row.3, content: .file(reference: "file-1", name: "Счёт.pdf", mimeType: "application/pdf"))))
        let reply = #"{"message_id":42,"allow_sending_without_reply":true}"#
        #expect(parts.contains(FormPart(name: "reply_parameters", content: .text(RequestTemplate([.text(reply)])))))
    }

    @Test(arguments: Loading.allCases)
    func `what does not fit into a caption follows as text`(loading: Loading) async throws {
        let caption = String(repeating: "описание ", count: 300)
        let media = OutboundMedia(
            kind: .image, file: "f", name: "a.jpg", mimeType: "image/jpeg", size: 10, caption: caption)
        let run = try await loading.telegram.run(
            action(.media(media)), [.ok(#"{"message_id":1}"#), .ok(#"{"message_id":2}"#)])
        #expect(run.result == .sent(messages: ["1", "2"]))
        guard case .form(let parts) = run.requests[0].body,
            case .text(let template)? = parts.first(where: { $0.name == "caption" })?.content
        else { throw Unexpected("no caption") }
        #expect(template.redacted.utf16.count <= 1_024)
        #expect(template.redacted + (try run.requests[1].json["text"]?.string ?? "") == caption)
    }

    static let others: [(OutboundAction.Kind, String, JSON)] = [
        (.typing, "sendChatAction", ["chat_id": 7_201_345_566, "action": "typing"]),
        (
            .edit(message: "58", OutboundText("новый")), "editMessageText",
            ["chat_id": 7_201_345_566, "message_id": 58, "text": "новый"]
        ),
        (.delete(messages: ["58"]), "deleteMessage", ["chat_id": 7_201_345_566, "message_id": 58]),
        (.delete(messages: ["58", "59"]), "deleteMessages", ["chat_id": 7_201_345_566, "message_ids": [58, 59]]),
        (
            .answerPress(callback: "4382", text: "Принято"), "answerCallbackQuery",
            ["callback_query_id": "4382", "text": "Принято"]
        ),
        (.answerPress(callback: "4382", text: nil), "answerCallbackQuery", ["callback_query_id": "4382"]),
        (
            .react(message: "41", emoji: "👍"), "setMessageReaction",
            ["chat_id": 7_201_345_566, "message_id": 41, "reaction": [["type": "emoji", "emoji": "👍"]]]
        ),
        (
            .react(message: "41", emoji: nil), "setMessageReaction",
            ["chat_id": 7_201_345_566, "message_id": 41, "reaction": []]
        ),
    ]

    @Test(arguments: Loading.allCases, others)
    func `every other action is one call`(
        loading: Loading, row: (OutboundAction.Kind, String, JSON)
    ) async throws {
        let run = try await loading.telegram.run(action(row.0), [.ok("true")])
        #expect(run.result == .sent(messages: []))
        #expect(run.requests.map(\.apiMethod) == [row.1])
        #expect(try run.requests[0].json == row.2)
    }

    static let impossible: [(OutboundAction.Kind, String)] = [
        (.text(OutboundText("")), "too-long"), (.text(OutboundText(" \n ")), "too-long"),
        (
            .text(OutboundText("a", buttons: [[Button("b", .callback(String(repeating: "ы", count: 33)))]])),
            "bad-buttons"
        ),
        (.text(OutboundText("a", buttons: [[Button("b", .callback(""))]])), "bad-buttons"),
        (.text(OutboundText("a", buttons: Array(repeating: [Button("b", .callback("c"))], count: 101))), "bad-buttons"),
        (.edit(message: "x", OutboundText("a")), "message-gone"),
        (.edit(message: "1", OutboundText(String(repeating: "a", count: 4_097))), "too-long"),
        (.delete(messages: []), "message-gone"), (.markRead(message: "1"), "unsupported"),
        (
            .media(OutboundMedia(kind: .video, file: "f", name: "n", mimeType: "m", size: 50_000_001)), "file-too-big"
        ),
        (.media(OutboundMedia(kind: .location, file: "f", name: "n", mimeType: "m", size: 1)), "unsupported"),
    ]

    @Test(arguments: Loading.allCases, impossible)
    func `what cannot work fails without a request`(
        loading: Loading, row: (OutboundAction.Kind, String)
    ) async throws {
        let run = try await loading.telegram.run(action(row.0), [])
        guard case .failed(let failure) = run.result else { throw Unexpected("\(run.result)") }
        #expect(failure.kind == .permanent)
        #expect(failure.reason.code == row.1)
    }

    @Test(arguments: Loading.allCases)
    func `asking for the phone number takes a reply keyboard`(loading: Loading) async throws {
        let text = OutboundText("Ваш номер?", buttons: [[Button("Отправить", .requestContact)]])
        let run = try await loading.telegram.run(action(.text(text)), [.ok(#"{"message_id":1}"#)])
        #expect(
            try run.requests[0].json["reply_markup"] == [
                "keyboard": [[["text": "Отправить", "request_contact": true]]], "resize_keyboard": true,
                "one_time_keyboard": true,
            ])
    }
}
