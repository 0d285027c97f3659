import Kernel
import PluginHost
import PluginTestSupport
import Testing
import WireJSON

struct DeliveryTests {
    @Test(arguments: Loading.allCases)
    func `a text goes out with its reply mark and buttons`(loading: Loading) async throws {
        let text = OutboundText(
            "**Да**, в наличии. Оформить?",
            buttons: [
                [Button("Оформить", .callback("o:91:y")), Button("Каталог", .link("https://shop.example/c"))],
                [Button("Мой номер", .requestContact), Button("Где я", .requestLocation)],
            ],
            replyTo: "mid.42")
        let run = try await loading.max.run(action(.text(text)), [.message("mid.58")])
        #expect(run.result == .sent(messages: ["mid.58"]))
        #expect(run.requests.map(\.call) == ["POST /messages?chat_id=240118305"])
        let buttons: JSON = [
            [
                ["type": "callback", "text": "Оформить", "payload": "o:91:y"],
                ["type": "link", "text": "Каталог", "url": "https://shop.example/c"],
            ],
            [
                ["type": "request_contact", "text": "Мой номер"],
                ["type": "request_geo_location", "text": "Где я", "quick": false],
            ],
        ]
        #expect(
            try run.requests[0].json == [
                "text": "**Да**, в наличии. Оформить?", "link": ["type": "reply", "mid": "mid.42"],
                "attachments": [["type": "inline_keyboard", "payload": ["buttons": buttons]]],
            ])
    }

    @Test(arguments: Loading.allCases)
    func `the token appears only where the host puts it`(loading: Loading) async throws {
        let driver = try loading.max
        let run = try await driver.run(action(.typing), [.success])
        let request = try #require(run.requests.first)
        let hosts = driver.description.secretHosts(settings: [:])
        let rendered = try request.rendered(secrets: ["token": "AA-secret_1"], hosts: hosts)
        #expect(rendered.url == "https://platform-api2.max.ru/chats/240118305/actions")
        #expect(rendered.headers == [NameValue("Authorization", "AA-secret_1")])
        #expect(throws: RenderingFault.foreignHost("platform-api2.max.ru")) {
            _ = try request.rendered(secrets: ["token": "x"], hosts: [])
        }
    }

    @Test(arguments: Loading.allCases)
    func `a customer whose dialog is unknown is written to by id`(loading: Loading) async throws {
        let run = try await loading.max.run(
            action(.text(OutboundText("да")), thread: "u:51730264"), [.message("mid.1")])
        #expect(run.requests.map(\.call) == ["POST /messages?user_id=51730264"])
        #expect(try run.requests[0].json == ["text": "да"])
    }

    @Test(arguments: Loading.allCases)
    func `a long text is split at 4,000 units; reply mark first, buttons last`(loading: Loading) async throws {
        let sentence = "Доставка по Алматы бесплатно от 50 000 тенге. 👩‍👩‍👧 "
        let long = String(repeating: sentence, count: 200)
        let text = OutboundText(long, buttons: [[Button("Да", .callback("y"))]], replyTo: "mid.1")
        let run = try await loading.max.run(action(.text(text)), (1...3).map { .message("mid.\($0)") })
        #expect(run.result == .sent(messages: ["mid.1", "mid.2", "mid.3"]))
        let bodies = try run.requests.map { try $0.json }
        #expect(bodies.compactMap { $0["text"]?.string }.joined() == long)
        #expect(bodies.allSatisfy { ($0["text"]?.string ?? "").utf16.count <= 4_000 })
        #expect(bodies.map { $0["link"] != nil } == [true, false, false])
        #expect(bodies.map { $0["attachments"] != nil } == [false, false, true])
    }

    @Test(arguments: Loading.allCases, [(4_000, 1), (4_001, 2)])
    func `the limit is kept to the unit`(loading: Loading, row: (Int, Int)) async throws {
        let run = try await loading.max.run(
            action(.text(OutboundText(String(repeating: "ы", count: row.0)))), (0..<row.1).map { .message("mid.\($0)") })
        #expect(run.requests.count == row.1)
    }

    @Test(arguments: Loading.allCases, [nil, now.advanced(by: .seconds(-86_400 * 365)), now])
    func `there is no reply window, but the customer comes first`(loading: Loading, lastInbound: Instant?) async throws {
        let driver = try loading.max
        let capabilities = driver.description.capabilities
        #expect(capabilities.replyWindow == nil && capabilities.personReplyWindow == nil && !capabilities.canInitiate)
        for author in [OutboundAction.Author.bot, .person, .system] {
            let operation = ChannelOperation.deliver(
                OutboundAction(
                    thread: "240118305", correlation: "0199-abc", author: author, lastInboundAt: lastInbound,
                    kind: .text(OutboundText("a"))))
            #expect(try await driver.run(operation, [.message("mid.1")]).result == .sent(messages: ["mid.1"]))
        }
    }

    @Test(arguments: Loading.allCases)
    func `a delivery that stopped half-way goes on where it stopped`(loading: Loading) async throws {
        let driver = try loading.max
        let operation = action(.text(OutboundText(String(repeating: "слово ", count: 1_000))))
        let failure = try await driver.failure(operation, [.message("mid.1"), .body(500, "")])
        #expect(failure.sent == ["mid.1"])
        let second = try await driver.run(operation, state: failure.resume, [.message("mid.2")])
        #expect(second.result == .sent(messages: ["mid.1", "mid.2"]))
        #expect(second.requests.count == 1)
    }

    @Test(arguments: Loading.allCases)
    func `a start of our own making cannot be replied to`(loading: Loading) async throws {
        let run = try await loading.max.run(
            action(.text(OutboundText("Здравствуйте", replyTo: "start:1791200604499"))), [.message("mid.1")])
        #expect(try run.requests[0].json == ["text": "Здравствуйте"])
    }

    @Test(arguments: Loading.allCases)
    func `wide buttons take rows of three, others of seven`(loading: Loading) async throws {
        let link = Button("a", .link("https://a.kz"))
        let callback = Button("b", .callback("c"))
        let text = OutboundText(
            "a", buttons: [Array(repeating: callback, count: 8), [], [link, callback, callback, callback]])
        let run = try await loading.max.run(action(.text(text)), [.message("mid.1")])
        let rows = try run.requests[0].json["attachments"]?[0]?["payload"]?["buttons"]?.array
        #expect(rows?.map { $0.array?.count } == [7, 1, 3, 1])
    }

    static let others: [(OutboundAction.Kind, String, JSON)] = [
        (.typing, "POST /chats/240118305/actions", ["action": "typing_on"]),
        (.markRead(message: "mid.1"), "POST /chats/240118305/actions", ["action": "mark_seen"]),
        (.markRead(message: nil), "POST /chats/240118305/actions", ["action": "mark_seen"]),
        (.answerPress(callback: "q3/Z=", text: "Принято"), "POST /answers?callback_id=q3%2FZ%3D", ["notification": "Принято"]),
        (.answerPress(callback: "q3", text: nil), "POST /answers?callback_id=q3", ["notification": "✓"]),
        (.answerPress(callback: "q3", text: ""), "POST /answers?callback_id=q3", ["notification": "✓"]),
    ]

    @Test(arguments: Loading.allCases, others)
    func `every other action is one call`(
        loading: Loading, row: (OutboundAction.Kind, String, JSON)
    ) async throws {
        let run = try await loading.max.run(action(row.0), [.success])
        #expect(run.result == .sent(messages: []))
        #expect(run.requests.map(\.call) == [row.1])
        #expect(try run.requests[0].json == row.2)
    }

    @Test(arguments: Loading.allCases)
    func `messages are deleted one by one, those already gone too`(loading: Loading) async throws {
        let run = try await loading.max.run(
            action(.delete(messages: ["mid.1", "mid.2"])), [.error(404, "not.found"), .success])
        #expect(run.result == .sent(messages: []))
        #expect(run.requests.map(\.call) == ["DELETE /messages?message_id=mid.1", "DELETE /messages?message_id=mid.2"])
    }

    static let edits: [(String, [[Button]], JSON)] = [
        (#"{"body":{"mid":"mid.5","text":"a"}}"#, [], []),
        (#"{"body":null}"#, [], []),
        (
            #"""
            {"body":{"mid":"mid.5","attachments":[{"type":"image","payload":{"photo_id":1,"token":"t1","url":"u"}},
            {"type":"inline_keyboard","payload":{"buttons":[]}},{"type":"location","latitude":1,"longitude":1}]}}
            """#, [[Button("b", .callback("c"))]],
            [
                ["type": "image", "payload": ["token": "t1"]],
                [
                    "type": "inline_keyboard",
                    "payload": ["buttons": [[["type": "callback", "text": "b", "payload": "c"]]]],
                ],
            ]
        ),
    ]

    @Test(arguments: Loading.allCases, edits)
    func `an edit replaces text and buttons and keeps the files`(
        loading: Loading, row: (String, [[Button]], JSON)
    ) async throws {
        let run = try await loading.max.run(
            action(.edit(message: "mid.5", OutboundText("новый", buttons: row.1))), [.ok(row.0), .success])
        #expect(run.result == .sent(messages: []))
        #expect(run.requests.map(\.call) == ["GET /messages/mid.5", "PUT /messages?message_id=mid.5"])
        #expect(try run.requests[1].json == ["text": "новый", "attachments": row.2])
    }

    static let impossible: [(OutboundAction.Kind, String, String)] = [
        (.text(OutboundText("")), "5", "too-long"), (.text(OutboundText(" \n ")), "5", "too-long"),
        (button(Button("b", .callback(String(repeating: "ы", count: 513)))), "5", "bad-buttons"),
        (button(Button("b", .callback(""))), "5", "bad-buttons"),
        (button(Button("", .callback("c"))), "5", "bad-buttons"),
        (button(Button(String(repeating: "b", count: 129), .callback("c"))), "5", "bad-buttons"),
        (button(Button("b", .link(""))), "5", "bad-buttons"),
        (button(Button("b", .link("https://a.kz/" + String(repeating: "b", count: 2_036)))), "5", "bad-buttons"),
        (.text(OutboundText("a", buttons: Array(repeating: [Button("b", .callback("c"))], count: 31))), "5", "bad-buttons"),
        (
            .text(OutboundText("a", buttons: [Array(repeating: Button("b", .callback("c")), count: 211)])), "5", "bad-buttons"
        ),
        (.edit(message: "mid.1", OutboundText("")), "5", "too-long"),
        (.edit(message: "mid.1", OutboundText(String(repeating: "a", count: 4_001))), "5", "too-long"),
        (.delete(messages: []), "5", "message-gone"), (.react(message: "mid.1", emoji: "👍"), "5", "unsupported"),
        (.typing, "u:5", "unsupported"), (.typing, "x", "chat-not-found"), (.typing, "u:", "chat-not-found"),
        (.typing, "99999999999999999999", "chat-not-found"),
        (
            .media(OutboundMedia(kind: .video, file: "f", name: "n", mimeType: "m", size: 250_000_001)), "5", "file-too-big"
        ),
        (.media(OutboundMedia(kind: .sticker, file: "f", name: "n", mimeType: "m", size: 1)), "5", "unsupported"),
        (.media(OutboundMedia(kind: .location, file: "f", name: "n", mimeType: "m", size: 1)), "5", "unsupported"),
    ]

    private static func button(_ button: Button) -> OutboundAction.Kind { .text(OutboundText("a", buttons: [[button]])) }

    @Test(arguments: Loading.allCases, impossible)
    func `what cannot work fails without a request`(
        loading: Loading, row: (OutboundAction.Kind, String, String)
    ) async throws {
        let failure = try await loading.max.failure(action(row.0, thread: row.1), [])
        #expect(failure.kind == .permanent)
        #expect(failure.reason.code == row.2)
    }

    @Test(arguments: Loading.allCases)
    func `what is as large as allowed goes out`(loading: Loading) async throws {
        let buttons = [
            Button(String(repeating: "b", count: 128), .callback(String(repeating: "ы", count: 512))),
            Button("b", .link("https://a.kz/" + String(repeating: "b", count: 2_035))),
        ]
        let rows = [buttons] + Array(repeating: Array(repeating: Button("b", .callback("c")), count: 7), count: 29)
        let run = try await loading.max.run(action(.text(OutboundText("a", buttons: rows))), [.message("mid.1")])
        #expect(run.result == .sent(messages: ["mid.1"]))
    }
}
