import PluginHost
import PluginTestSupport
import Testing
import WireJSON

struct DeliveryTests {
    static let chat = "/messenger/v1\(account)/chats/\(chatID)"
    static let long = String(repeating: "Доставка по Москве бесплатно от 5 000 рублей. 👩‍👩‍👧 ", count: 60)

    private func texts(_ run: Run) throws -> [String] {
        try run.requests.compactMap { try $0.json["message"]?["text"]?.string }
    }

    @Test(arguments: Loading.allCases)
    func `a text goes out as documented`(loading: Loading) async throws {
        let run = try await loading.avito.run(action(.text(OutboundText("Да, в наличии.", replyTo: "b5d1"))), [.sent])
        #expect(run.result == .sent(messages: ["c9e2"]))
        #expect(run.paths == ["POST \(Self.chat)/messages"])
        #expect(try run.requests[0].json == ["type": "text", "message": ["text": "Да, в наличии."]])
    }

    @Test(arguments: Loading.allCases)
    func `a long text is split at a thousand in whatever unit Avito counts`(loading: Loading) async throws {
        let count = 4
        let answers = (0..<count).map { StepInput.ok(#"{"id":"m\#($0)"}"#) }
        let run = try await loading.avito.run(action(.text(OutboundText(Self.long))), answers)
        #expect(run.result == .sent(messages: ["m0", "m1", "m2", "m3"]))
        let parts = try texts(run)
        #expect(parts.joined() == Self.long)
        for part in parts {
            #expect(part.utf16.count <= 1_000 && part.unicodeScalars.count <= 1_000 && part.count <= 1_000)
        }
    }

    static let exact: [(String, Int)] = [
        (String(repeating: "ы", count: 1_000), 1), (String(repeating: "ы", count: 1_001), 2),
        (String(repeating: "👍", count: 500), 1), (String(repeating: "👍", count: 501), 2),
    ]

    @Test(arguments: Loading.allCases, exact)
    func `a thousand units are one message`(loading: Loading, row: (String, Int)) async throws {
        let run = try await loading.avito.run(
            action(.text(OutboundText(row.0))), Array(repeating: .sent, count: row.1))
        #expect(run.requests.count == row.1)
        #expect(try texts(run).joined() == row.0)
    }

    @Test(arguments: Loading.allCases)
    func `buttons become numbered lines`(loading: Loading) async throws {
        let text = OutboundText(
            "Оформить?",
            buttons: [
                [Button("Да", .callback("y")), Button("Каталог", .link("https://shop.example/c"))],
                [Button("Позвоните мне", .requestContact)],
            ])
        let run = try await loading.avito.run(action(.text(text)), [.sent])
        #expect(try texts(run) == ["Оформить?\n\n1. Да\nКаталог: https://shop.example/c\nПозвоните мне"])
    }

    @Test(arguments: Loading.allCases)
    func `a delivery that stopped half-way goes on where it stopped`(loading: Loading) async throws {
        let driver = try loading.avito
        let operation = action(.text(OutboundText(String(repeating: "слово ", count: 300))))
        let first = try await driver.run(operation, [.ok(#"{"id":"m1"}"#), .error(503)])
        #expect(try first.failure.sent == ["m1"])
        let second = try await driver.run(operation, state: try first.failure.resume, [.ok(#"{"id":"m2"}"#)])
        #expect(second.result == .sent(messages: ["m1", "m2"]))
        #expect(second.requests.count == 1)
    }

    static let picture = OutboundMedia(
        kind: .image, file: "file-1", name: "Фото.jpg", mimeType: "image/jpeg", size: 24_000_000, caption: "Вот она")
    static let uploaded = StepInput.ok(
        #"{"12345.abcdef":{"1280x960":"https://img/1","140x105":"https://img/2","32x32":"https://img/3"}}"#)

    @Test(arguments: Loading.allCases)
    func `a picture is uploaded, sent, and spoken of`(loading: Loading) async throws {
        let image = StepInput.ok(#"{"id":"p1","author_id":94235311,"direction":"out","type":"image"}"#)
        let run = try await loading.avito.run(action(.media(Self.picture)), [Self.uploaded, image, .sent])
        #expect(run.result == .sent(messages: ["p1", "c9e2"]))
        #expect(
            run.paths == [
                "POST /messenger/v1\(account)/uploadImages", "POST \(Self.chat)/messages/image",
                "POST \(Self.chat)/messages",
            ])
        guard case .form(let parts) = run.requests[0].body else { throw Unexpected("no form") }
        #expect(
            parts == [
                FormPart(
                    name: "uploadfile[]",
                    content: .file(reference: "file-1", name: "Фото.jpg", mimeType: "image/jpeg"))
            ])
        #expect(try run.requests[1].json == ["image_id": "12345.abcdef"])
        #expect(try run.requests[2].json["message"]?["text"] == "Вот она")
    }

    @Test(arguments: Loading.allCases)
    func `an upload that failed may be repeated, a picture sent may not`(loading: Loading) async throws {
        let driver = try loading.avito
        for answer in [StepInput.failure(.unknown), .error(500), .body(502, ""), .ok("[]"), .ok("{}")] {
            let run = try await driver.run(action(.media(Self.picture)), [answer])
            #expect(try run.failure.kind == .retry(after: nil, scope: .channel))
        }
        let run = try await driver.run(action(.media(Self.picture)), [Self.uploaded, .failure(.unknown)])
        #expect(try run.failure.kind == .uncertain)
        // The picture is at Avito already.
        let later = try await driver.run(
            action(.media(Self.picture)), state: try run.failure.resume, [.ok(#"{"id":"p1"}"#), .sent])
        #expect(later.requests.count == 2)
        #expect(try later.requests[0].json == ["image_id": "12345.abcdef"])
    }

    @Test(arguments: Loading.allCases)
    func `another file is pointed at`(loading: Loading) async throws {
        let media = OutboundMedia(
            kind: .document, file: "f", name: "a.pdf", mimeType: "application/pdf", size: 1, url: "https://shop.example/a.pdf",
            caption: "Счёт")
        let run = try await loading.avito.run(action(.media(media)), [.sent])
        #expect(try texts(run) == ["Счёт\nhttps://shop.example/a.pdf"])
    }

    static let others: [(OutboundAction.Kind, [String])] = [
        (.markRead(message: nil), ["POST \(chat)/read"]), (.markRead(message: "b5d1"), ["POST \(chat)/read"]),
        (.delete(messages: ["c9e2"]), ["POST \(chat)/messages/c9e2"]),
        (.delete(messages: ["a/b", "c?d"]), ["POST \(chat)/messages/a%2Fb", "POST \(chat)/messages/c%3Fd"]),
    ]

    @Test(arguments: Loading.allCases, others)
    func `marking read and deleting make no message`(
        loading: Loading, row: (OutboundAction.Kind, [String])
    ) async throws {
        let run = try await loading.avito.run(action(row.0), row.1.map { _ in .ok(#"{"ok":true}"#) })
        #expect(run.result == .sent(messages: []))
        #expect(run.paths == row.1)
        for request in run.requests { #expect(request.body == .none) }
    }

    @Test(arguments: Loading.allCases)
    func `an empty answer is enough where nothing is told`(loading: Loading) async throws {
        let run = try await loading.avito.run(action(.delete(messages: ["c9e2"])), [.body(200, "")])
        #expect(run.result == .sent(messages: []))
    }

    @Test(arguments: Loading.allCases, [("a/../b?c#d", "a%2F..%2Fb%3Fc%23d"), ("чат 1", "%D1%87%D0%B0%D1%82%201")])
    func `a foreign id cannot leave its place in the path`(loading: Loading, row: (String, String)) async throws {
        let run = try await loading.avito.run(action(.text(OutboundText("a")), thread: row.0), [.sent])
        #expect(run.paths == ["POST /messenger/v1\(account)/chats/\(row.1)/messages"])
    }

    private static func media(_ kind: MessageAttachment.Kind, _ type: String, size: Int64 = 1) -> OutboundAction.Kind {
        .media(OutboundMedia(kind: kind, file: "f", name: "n", mimeType: type, size: size))
    }

    static let impossible: [(OutboundAction.Kind, String, String)] = [
        (.text(OutboundText("")), chatID, "empty"), (.text(OutboundText(" \n ")), chatID, "empty"),
        (.typing, chatID, "unsupported"), (.edit(message: "1", OutboundText("a")), chatID, "unsupported"),
        (.react(message: "1", emoji: "👍"), chatID, "unsupported"),
        (.answerPress(callback: "1", text: nil), chatID, "unsupported"),
        (.delete(messages: []), chatID, "message-gone"), (.delete(messages: [".."]), chatID, "message-gone"),
        (.delete(messages: [""]), chatID, "message-gone"), (.text(OutboundText("a")), "..", "chat-not-found"),
        (.text(OutboundText("a")), ".", "chat-not-found"), (.text(OutboundText("a")), "", "chat-not-found"),
        (media(.image, "image/jpeg", size: 24_000_001), chatID, "file-too-big"),
        (media(.image, "image/webp"), chatID, "file-refused"), (media(.video, "video/mp4"), chatID, "unsupported"),
        (media(.voice, "audio/ogg"), chatID, "unsupported"), (media(.document, "image/png"), chatID, "unsupported"),
        (media(.location, ""), chatID, "unsupported"),
    ]

    @Test(arguments: Loading.allCases, impossible)
    func `what cannot work fails without a request`(
        loading: Loading, row: (OutboundAction.Kind, String, String)
    ) async throws {
        let run = try await loading.avito.run(action(row.0, thread: row.1), [])
        #expect(try run.failure.kind == .permanent)
        #expect(try run.failure.reason.code == row.2)
    }

    @Test(arguments: Loading.allCases)
    func `the description promises what the API has`(loading: Loading) async throws {
        let description = try loading.avito.description
        let capabilities = description.capabilities
        #expect(description.kind == "avito")
        #expect(capabilities.text.limit == 1_000 && capabilities.text.unit == .utf16)
        #expect(capabilities.media.map(\.kind) == [.image])
        #expect(capabilities.buttons == nil && capabilities.typing == nil && capabilities.caption == nil)
        #expect(capabilities.canDelete && capabilities.canMarkRead && capabilities.canReconcile && capabilities.echoes)
        #expect(!capabilities.canReply && !capabilities.canReact && !capabilities.canEdit && !capabilities.canInitiate)
        #expect(description.settings.filter(\.isSecret).map(\.name) == ["client_secret", "webhook_secret"])
        #expect(description.settings.filter(\.isVerificationKey).map(\.name) == ["webhook_secret"])
        for text in [description.title] + description.settings.flatMap({ [$0.title, $0.help] }) {
            #expect(!text.english.isEmpty && !text.russian.isEmpty && !text.kazakh.isEmpty)
        }
    }
}
