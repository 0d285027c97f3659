import PluginHost
import PluginTestSupport
import Testing
import WireJSON

struct DeliveryTests {
    static let recipients: [(String, String, JSON)] = [
        ("whatsapp", whatsAppThread, ["recipient": "77015550011"]),
        ("whatsapp", "8 (701) 555-00-11", ["recipient": "77015550011"]),
        ("whatsapp", "+84 91 234 56 78", ["recipient": "84912345678"]), ("whatsapp", "12345@lid", ["recipient": "12345@lid"]),
        ("telegram", "600270000", ["recipient": "600270000"]), ("max", "8123456", ["chat_id": "8123456"]),
        ("max", "+77015550011", ["recipient": "77015550011"]),
    ]

    @Test(arguments: Loading.allCases, recipients)
    func `a text goes to the customer under the profile's prefix`(loading: Loading, row: (String, String, JSON)) async throws {
        let run = try await loading.wappi.run(
            action(.text(OutboundText("Да, в наличии.")), thread: row.1), in: context(["platform": row.0]), [.sent("3EB0")])
        #expect(run.result == .sent(messages: ["3EB0"]))
        let request = try #require(run.requests.first)
        let prefix = platforms.first { $0.0 == row.0 }?.1 ?? ""
        #expect(request.method == "POST")
        #expect(request.path == "\(prefix)/sync/message/send")
        // WhatsApp keeps no mark of ours.
        #expect(request.query == (row.0 == "whatsapp" ? "" : "&bot_id=7s-0199-abc"))
        guard case .object(var expected) = row.2 else { throw Unexpected("no object") }
        expected.add("body", "Да, в наличии.")
        #expect(try request.json == .object(expected))
    }

    @Test(arguments: Loading.allCases)
    func `the token is a bare header that goes to Wappi alone`(loading: Loading) async throws {
        let driver = try loading.wappi
        let run = try await driver.run(action(.typing), [.done()])
        let request = try #require(run.requests.first)
        let rendered = try request.rendered(
            secrets: ["token": "abc-1"], hosts: driver.description.secretHosts(settings: [:]))
        #expect(rendered.headers == [NameValue("Authorization", "abc-1")])
        #expect(rendered.host == "wappi.pro")
        #expect(!rendered.url.contains("abc-1"))
        #expect(throws: RenderingFault.foreignHost("wappi.pro")) {
            _ = try request.rendered(secrets: ["token": "abc-1"], hosts: [])
        }
    }

    static let limits: [(String, Int)] = [("whatsapp", 65_536), ("telegram", 4_096), ("max", 4_000)]

    @Test(arguments: Loading.allCases, limits)
    func `a long text is split in the platform's unit; the first part quotes`(
        loading: Loading, row: (String, Int)
    ) async throws {
        let sentence = "Доставка по Алматы бесплатно от 50 000 тенге. 👩‍👩‍👧 "
        let long = String(repeating: sentence, count: row.1 * 5 / 2 / sentence.utf16.count)
        let run = try await loading.wappi.run(
            action(.text(OutboundText(long, replyTo: "42"))), in: context(["platform": row.0]),
            ["1", "2", "3"].map(StepInput.sent))
        #expect(run.result == .sent(messages: ["1", "2", "3"]))
        let bodies = try run.requests.map { try $0.json }
        #expect(bodies.compactMap { $0["body"]?.string }.joined() == long)
        #expect(bodies.allSatisfy { ($0["body"]?.string ?? "").utf16.count <= row.1 })
        #expect(bodies.map { $0["message_id"]?.string } == ["42", nil, nil])
        #expect(run.requests.map { $0.path.split(separator: "/").last ?? "" } == ["reply", "send", "send"])
    }

    @Test(arguments: Loading.allCases, limits)
    func `a text that just fits is one message`(loading: Loading, row: (String, Int)) async throws {
        let run = try await loading.wappi.run(
            action(.text(OutboundText(String(repeating: "ы", count: row.1)))), in: context(["platform": row.0]), [.sent("1")])
        #expect(run.requests.count == 1)
    }

    @Test(arguments: Loading.allCases)
    func `buttons become numbered choices`(loading: Loading) async throws {
        let text = OutboundText(
            "Оформить?",
            buttons: [
                [Button("Да", .callback("y")), Button("Нет", .callback("n"))],
                [Button("Каталог", .link("https://shop.example/c")), Button("Ваш номер", .requestContact)],
            ])
        let run = try await loading.wappi.run(action(.text(text)), [.sent("1")])
        #expect(
            try run.requests[0].json["body"]?.string
                == "Оформить?\n\n1. Да\n2. Нет\nКаталог: https://shop.example/c\nВаш номер")
    }

    @Test(arguments: Loading.allCases)
    func `a delivery that stopped half-way goes on where it stopped`(loading: Loading) async throws {
        let driver = try loading.wappi
        let operation = action(.text(OutboundText(String(repeating: "слово ", count: 1_000))))
        let max = context(["platform": "max"])
        let first = try await driver.run(operation, in: max, [.sent("1"), .error(429, "slow down")])
        guard case .failed(let failure) = first.result else { throw Unexpected("\(first.result)") }
        #expect(failure.sent == ["1"])
        let second = try await driver.run(operation, state: failure.resume, in: max, [.sent("2")])
        #expect(second.result == .sent(messages: ["1", "2"]))
        #expect(second.requests.count == 1)
    }

    private static func media(
        _ kind: MessageAttachment.Kind, caption: String? = nil, replyTo: String? = nil, url: String? = "https://f.example/1",
        size: Int64 = 10
    ) -> OutboundMedia {
        OutboundMedia(
            kind: kind, file: "file-1", name: "Счёт.pdf", mimeType: "application/pdf", size: size, url: url, caption: caption,
            replyTo: replyTo)
    }

    @Test(
        arguments: Loading.allCases,
        [MessageAttachment.Kind.image, .video, .audio, .voice, .document, .animation, .videoNote, .sticker])
    func `a file goes out by its address`(loading: Loading, kind: MessageAttachment.Kind) async throws {
        let driver = try loading.wappi
        let run = try await driver.run(action(.media(Self.media(kind))), [.sent("9")])
        #expect(run.result == .sent(messages: ["9"]))
        #expect(run.requests.map(\.path) == ["/api/sync/message/file/url/send"])
        #expect(
            try run.requests[0].json
                == ["recipient": "77015550011", "url": "https://f.example/1", "file_name": "Счёт.pdf"])
        let telegram = try await driver.run(
            action(.media(Self.media(kind)), thread: "60"), in: context(["platform": "telegram"]), [.sent("9")])
        #expect(try telegram.requests[0].json["as_file"]?.bool == (kind == .document ? true : nil))
    }

    @Test(arguments: Loading.allCases)
    func `a file that answers a message goes with the answer`(loading: Loading) async throws {
        let run = try await loading.wappi.run(action(.media(Self.media(.image, caption: "вот", replyTo: "42"))), [.sent("9")])
        #expect(run.requests.map(\.path) == ["/api/sync/message/reply"])
        #expect(try run.requests[0].json == ["message_id": "42", "body": "вот", "url": "https://f.example/1"])
    }

    @Test(arguments: Loading.allCases)
    func `what does not fit into a caption follows as text, and what takes no caption too`(loading: Loading) async throws {
        let driver = try loading.wappi
        let caption = String(repeating: "описание ", count: 300)
        let image = try await driver.run(
            action(.media(Self.media(.image, caption: caption))), [.sent("1"), .sent("2")])
        let first = try image.requests[0].json["caption"]?.string ?? ""
        #expect(!first.isEmpty && first.utf16.count <= 1_024)
        #expect(first + (try image.requests[1].json["body"]?.string ?? "") == caption)
        let voice = try await driver.run(action(.media(Self.media(.voice, caption: "текст"))), [.sent("1"), .sent("2")])
        #expect(try voice.requests.map { try $0.json["caption"]?.string } == [nil, nil])
        #expect(try voice.requests[1].json["body"] == "текст")
    }

    typealias Other = (platform: String, kind: OutboundAction.Kind, path: String, query: String, body: JSON?)
    static let others: [Other] = [
        ("whatsapp", .typing, "/api/sync/chat/typing/start", "", ["recipient": "77015550011"]),
        ("telegram", .typing, "/tapi/sync/chats/typing/start", "", ["recipient": "77015550011@c.us"]),
        (
            "whatsapp", .edit(message: "58", OutboundText("новый")), "/api/sync/message/edit", "",
            ["message_id": "58", "body": "новый"]
        ),
        ("max", .delete(messages: ["58"]), "/maxapi/sync/message/delete", "", ["message_id": "58"]),
        (
            "whatsapp", .react(message: "58", emoji: "👍"), "/api/sync/message/reaction", "",
            ["message_id": "58", "body": "👍"]
        ),
        ("whatsapp", .react(message: "58", emoji: nil), "/api/sync/message/reaction", "", ["message_id": "58", "body": ""]),
        (
            "telegram", .react(message: "58", emoji: "👍"), "/tapi/sync/message/reaction", "",
            ["message_id": "58", "body": "👍", "recipient": "77015550011@c.us"]
        ),
        ("whatsapp", .markRead(message: "58"), "/api/sync/message/mark/read", "&mark_all=true", ["message_id": "58"]),
        ("telegram", .markRead(message: "58"), "/tapi/sync/message/mark/read", "", ["message_id": "58"]),
        (
            "telegram", .markRead(message: nil), "/tapi/sync/messages/get",
            "&chat_id=77015550011%40c.us&limit=1&offset=0&mark_all=true", nil
        ),
    ]

    @Test(arguments: Loading.allCases, others)
    func `every other action is one call that makes no message`(loading: Loading, row: Other) async throws {
        let run = try await loading.wappi.run(action(row.kind), in: context(["platform": row.platform]), [.done()])
        #expect(run.result == .sent(messages: []))
        #expect(run.requests.map(\.path) == [row.path])
        #expect(run.requests.map(\.query) == [row.query])
        if let body = row.body { #expect(try run.requests[0].json == body) } else { #expect(run.requests[0].method == "GET") }
    }

    @Test(arguments: Loading.allCases)
    func `several messages are deleted one after the other`(loading: Loading) async throws {
        let run = try await loading.wappi.run(action(.delete(messages: ["1", "2"])), [.done(), .done()])
        #expect(try run.requests.map { try $0.json["message_id"] } == ["1", "2"])
    }

    static let impossible: [(String, OutboundAction.Kind, String)] = [
        ("whatsapp", .text(OutboundText("")), "too-long"), ("whatsapp", .text(OutboundText(" \n ")), "too-long"),
        ("telegram", .edit(message: "1", OutboundText(String(repeating: "a", count: 4_097))), "too-long"),
        ("whatsapp", .edit(message: "1", OutboundText("")), "too-long"),
        ("whatsapp", .edit(message: "", OutboundText("a")), "message-gone"),
        ("whatsapp", .delete(messages: []), "message-gone"),
        ("whatsapp", .react(message: "call/7/1", emoji: "👍"), "message-gone"),
        ("max", .typing, "unsupported"), ("whatsapp", .answerPress(callback: "1", text: nil), "unsupported"),
        ("whatsapp", .media(media(.location)), "unsupported"), ("whatsapp", .media(media(.image, url: nil)), "file-needs-link"),
        ("whatsapp", .media(media(.image, url: "http://f/1")), "file-needs-link"),
        ("whatsapp", .media(media(.video, size: 64 << 20 + 1)), "file-too-big"),
    ]

    @Test(arguments: Loading.allCases, impossible)
    func `what cannot work fails without a request`(
        loading: Loading, row: (String, OutboundAction.Kind, String)
    ) async throws {
        let failure = try await loading.wappi.failure(action(row.1), in: context(["platform": row.0]), [])
        #expect(failure.kind == .permanent)
        #expect(failure.reason.code == row.2)
    }

    @Test(arguments: Loading.allCases, ["", "120363-1@g.us", "777000", "-100123", "Айгуль"])
    func `nothing is sent to what is no customer's chat`(loading: Loading, thread: String) async throws {
        let failure = try await loading.wappi.failure(action(.text(OutboundText("a")), thread: thread), [])
        #expect(failure.reason.code == "unknown-recipient")
    }

    @Test(arguments: Loading.allCases)
    func `a missed call is answered without a quote`(loading: Loading) async throws {
        let run = try await loading.wappi.run(action(.text(OutboundText("a", replyTo: "call/77015550011/1"))), [.sent("1")])
        #expect(run.requests.map(\.path) == ["/api/sync/message/send"])
    }
}
