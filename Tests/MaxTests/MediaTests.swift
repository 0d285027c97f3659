import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Files: ask for an address, upload, send.
struct MediaTests {
    private static func media(
        _ kind: MessageAttachment.Kind = .document, size: Int64 = 1_000, mimeType: String = "application/pdf",
        caption: String? = nil, buttons: [[Button]] = []
    ) -> ChannelOperation {
        action(
            .media(
                OutboundMedia(
                    kind: kind, file: "file-1", name: "Счёт.pdf", mimeType: mimeType, size: size, caption: caption,
                    buttons: buttons, replyTo: "mid.42")))
    }

    private static let address = StepInput.ok(#"{"url":"https://fu.oneme.ru/upload?id=1"}"#)
    private static let fileToken = StepInput.ok(#"{"token":"t4","fileId":77}"#)

    static let kinds: [(MessageAttachment.Kind, Int64, String, String, StepInput, StepInput)] = [
        (
            .image, 1_000, "image/jpeg", "image", .ok(#"{"url":"https://iu.oneme.ru/u"}"#),
            .ok(#"{"photos":{"k/1+":{"token":"t4"}}}"#)
        ),
        (.image, 10_000_001, "image/png", "file", address, fileToken),
        (.document, 1_000, "application/pdf", "file", address, fileToken),
        (
            .video, 1_000, "video/mp4", "video", .ok(#"{"url":"https://vu.okcdn.ru/u","token":"t4"}"#),
            .body(200, "<retval>1</retval>")
        ),
        (
            .videoNote, 1_000, "video/mp4", "video", .ok(#"{"url":"https://vu.okcdn.ru/u","token":"t4"}"#),
            .body(200, "<retval>1</retval>")
        ),
        (
            .voice, 1_000, "audio/ogg", "audio", .ok(#"{"url":"https://vu.okcdn.ru/u","token":"t4"}"#),
            .body(200, "<retval>1</retval>")
        ),
        (.audio, 1_000, "audio/mpeg", "audio", .ok(#"{"url":"https://vu.okcdn.ru/u","token":"t4"}"#), .body(200, "")),
        (
            .animation, 1_000, "video/mp4", "video", .ok(#"{"url":"https://vu.okcdn.ru/u","token":"t4"}"#),
            .body(200, "<retval>1</retval>")
        ),
        (
            .animation, 1_000, "image/gif", "image", .ok(#"{"url":"https://iu.oneme.ru/u"}"#),
            .ok(#"{"photos":{"a":{"token":"t4"}}}"#)
        ),
        (.animation, 10_000_001, "image/gif", "file", address, fileToken),
    ]

    @Test(arguments: Loading.allCases, kinds)
    func `a file is uploaded without the token and then sent`(
        loading: Loading, row: (MessageAttachment.Kind, Int64, String, String, StepInput, StepInput)
    ) async throws {
        let run = try await loading.max.run(
            Self.media(row.0, size: row.1, mimeType: row.2, caption: "Вот"), [row.4, row.5, .message("mid.9")])
        #expect(run.result == .sent(messages: ["mid.9"]))
        #expect(run.requests.count == 3)
        #expect(run.requests[0].call == "POST /uploads?type=\(row.3)")
        #expect(run.requests[2].call == "POST /messages?chat_id=240118305")
        let upload = try run.requests[1].rendered(secrets: ["token": "a"], hosts: [])
        #expect(!upload.carriesSecrets && upload.headers.isEmpty)
        let file = FormPart(name: "data", content: .file(reference: "file-1", name: "Счёт.pdf", mimeType: row.2))
        #expect(run.requests[1].body == .form([file]))
        #expect(
            try run.requests[2].json == [
                "text": "Вот", "link": ["type": "reply", "mid": "mid.42"],
                "attachments": [["type": .string(row.3), "payload": ["token": "t4"]]],
            ])
    }

    @Test(arguments: Loading.allCases)
    func `a long caption goes on as text, with the buttons at the end`(loading: Loading) async throws {
        let caption = String(repeating: "описание ", count: 500)
        let run = try await loading.max.run(
            Self.media(caption: caption, buttons: [[Button("Да", .callback("y"))]]),
            [Self.address, Self.fileToken, .message("mid.1"), .message("mid.2")])
        #expect(run.result == .sent(messages: ["mid.1", "mid.2"]))
        let bodies = try run.requests.suffix(2).map { try $0.json }
        #expect(bodies.compactMap { $0["text"]?.string }.joined() == caption)
        #expect(bodies.map { $0["attachments"]?[0]?["type"]?.string } == ["file", "inline_keyboard"])
    }

    @Test(arguments: Loading.allCases)
    func `a file without caption carries the buttons itself`(loading: Loading) async throws {
        let run = try await loading.max.run(
            Self.media(buttons: [[Button("Да", .callback("y"))]]), [Self.address, Self.fileToken, .message("mid.1")])
        let body = try run.requests[2].json
        #expect(body["text"] == nil)
        #expect(body["attachments"]?.array?.map { $0["type"]?.string } == ["file", "inline_keyboard"])
    }

    static let waits: [(MessageAttachment.Kind, [Int])] = [
        (.document, [1, 2, 4, 8, 8, 8, 8]), (.video, [1, 2, 4, 8, 16, 32, 32]),
    ]

    @Test(arguments: Loading.allCases, waits)
    func `a file still in processing is waited for and not uploaded again`(
        loading: Loading, row: (MessageAttachment.Kind, [Int])
    ) async throws {
        let driver = try loading.max
        let notReady = StepInput.error(
            400, "attachment.not.ready", "Key: errors.process.attachment.file.not.processed")
        let address = StepInput.ok(#"{"url":"https://fu.oneme.ru/u","token":"t4"}"#)
        var failure = try await driver.failure(Self.media(row.0), [address, Self.fileToken, notReady])
        for seconds in row.1 {
            #expect(failure.kind == .retry(after: .seconds(seconds), scope: .chat))
            #expect(failure.reason.code == "file-not-ready")
            failure = try await driver.failure(Self.media(row.0), state: failure.resume, [notReady])
        }
        let run = try await driver.run(Self.media(row.0), state: failure.resume, [.message("mid.9")])
        #expect(run.result == .sent(messages: ["mid.9"]))
        #expect(run.requests.count == 1)
    }

    static let uploadFailures: [(StepInput, OperationFailure.Kind, String)] = [
        (.failure(.unknown), .retry(after: nil, scope: .channel), "unavailable"),
        (.failure(.notSent), .retry(after: nil, scope: .channel), "unavailable"),
        (.ok("{}"), .retry(after: nil, scope: .chat), "unexpected-answer"),
        (.ok(#"{"token":""}"#), .retry(after: nil, scope: .chat), "unexpected-answer"),
        (.body(200, "<html>"), .retry(after: nil, scope: .chat), "unexpected-answer"),
        (.body(404, ""), .retry(after: nil, scope: .chat), "unexpected-answer"),
        (.body(403, ""), .retry(after: nil, scope: .chat), "unexpected-answer"),
        (.body(413, ""), .permanent, "file-too-big"), (.body(400, ""), .permanent, "file-refused"),
        (.body(415, ""), .permanent, "file-refused"), (.body(429, ""), .retry(after: nil, scope: .channel), "rate-limited"),
        (.body(500, ""), .retry(after: nil, scope: .channel), "unavailable"),
        (.body(302, ""), .retry(after: nil, scope: .channel), "unexpected-answer"),
    ]

    @Test(arguments: Loading.allCases, uploadFailures)
    func `a failed upload starts over with a new address`(
        loading: Loading, row: (StepInput, OperationFailure.Kind, String)
    ) async throws {
        let driver = try loading.max
        let failure = try await driver.failure(Self.media(), [Self.address, row.0])
        #expect(failure.kind == row.1)
        #expect(failure.reason.code == row.2)
        let second = try await driver.run(
            Self.media(), state: failure.resume, [Self.address, Self.fileToken, .message("mid.1")])
        #expect(second.result == .sent(messages: ["mid.1"]))
        #expect(second.requests.count == 3)
    }

    static let addressFailures: [(StepInput, OperationFailure.Kind, String)] = [
        (.ok(#"{"url":"https://evil.example/u"}"#), .retry(after: nil, scope: .channel), "unexpected-answer"),
        (.ok(#"{"url":"https://evil-oneme.ru/u"}"#), .retry(after: nil, scope: .channel), "unexpected-answer"),
        (.ok(#"{"url":"https://fu.oneme.ru.evil.kz/u"}"#), .retry(after: nil, scope: .channel), "unexpected-answer"),
        (.ok(#"{"url":"https://fu.oneme.ru@evil.kz/u"}"#), .retry(after: nil, scope: .channel), "unexpected-answer"),
        (.ok(#"{"url":"http://fu.oneme.ru/u"}"#), .retry(after: nil, scope: .channel), "unexpected-answer"),
        (.ok(#"{"url":"https://platform-api2.max.ru.evil.kz/u"}"#), .retry(after: nil, scope: .channel), "unexpected-answer"),
        (.ok("{}"), .retry(after: nil, scope: .channel), "unexpected-answer"),
        (.error(400, "proto.payload"), .permanent, "file-refused"), (.error(405, "method"), .permanent, "refused"),
        (.error(401, "verify.token"), .reconnectNeeded, "bad-token"),
        (.body(503, ""), .retry(after: nil, scope: .channel), "unavailable"),
        (.lost, .retry(after: nil, scope: .channel), "unavailable"),
    ]

    @Test(arguments: Loading.allCases, addressFailures)
    func `files go only where MAX keeps files`(
        loading: Loading, row: (StepInput, OperationFailure.Kind, String)
    ) async throws {
        let failure = try await loading.max.failure(Self.media(), [row.0])
        #expect(failure.kind == row.1)
        #expect(failure.reason.code == row.2)
    }

    @Test(arguments: Loading.allCases)
    func `an API host of one's own may name itself for uploads`(loading: Loading) async throws {
        let driver = try loading.max
        let local = ChannelContext(now: now, settings: ["api_base": "http://127.0.0.1:8081"], secrets: ["token"])
        guard case .request(_, let state, _) = try await driver.step(Self.media(), state: nil, input: .start, in: local),
            case .request(let upload, _, _) = try await driver.step(
                Self.media(), state: state, input: .ok(#"{"url":"http://127.0.0.1:8081/u"}"#), in: local)
        else { throw Unexpected("no request") }
        #expect(upload.url.redacted == "http://127.0.0.1:8081/u")
    }
}
