import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Section 8 of the reference: what each error means for a message.
struct ErrorTableTests {
    typealias Row = (code: Int, text: String, kind: OperationFailure.Kind, reason: String)

    static let rows: [Row] = [
        (400, "Bad Request: chat not found", .blocked, "chat-not-found"),
        (400, "Bad Request: private chat not found", .blocked, "chat-not-found"),
        (400, "Bad Request: user not found", .blocked, "chat-not-found"),
        (400, "Bad Request: PEER_ID_INVALID", .blocked, "chat-not-found"),
        (400, "Bad Request: message to edit not found", .permanent, "message-gone"),
        (400, "Bad Request: message to delete not found", .permanent, "message-gone"),
        (400, "Bad Request: message can't be deleted for everyone", .permanent, "message-gone"),
        (400, "Bad Request: message can't be edited", .permanent, "message-gone"),
        (400, "Bad Request: MESSAGE_ID_INVALID", .permanent, "message-gone"),
        (400, "Bad Request: can't parse entities: unclosed", .permanent, "content-refused"),
        (400, "Bad Request: message text is empty", .permanent, "too-long"),
        (400, "Bad Request: message is too long", .permanent, "too-long"),
        (400, "Bad Request: text is too long", .permanent, "too-long"),
        (400, "Bad Request: message caption is too long", .permanent, "too-long"),
        (400, "Bad Request: BUTTON_DATA_INVALID", .permanent, "bad-buttons"),
        (400, "Bad Request: reply markup is too long", .permanent, "bad-buttons"),
        (400, "Bad Request: wrong HTTP URL specified", .permanent, "file-refused"),
        (400, "Bad Request: failed to get HTTP URL content", .permanent, "file-refused"),
        (400, "Bad Request: wrong type of the web page content", .permanent, "file-refused"),
        (400, "Bad Request: can't upload file by URL", .permanent, "file-refused"),
        (400, "Bad Request: wrong file identifier/HTTP URL specified", .permanent, "file-refused"),
        (400, "Bad Request: file is too big", .permanent, "file-too-big"),
        (
            400, "Bad Request: wrong file_id or the file is temporarily unavailable", .retry(after: nil, scope: .chat),
            "file-unavailable"
        ),
        (
            400, "Bad Request: query is too old and response timeout expired or query ID is invalid", .permanent,
            "press-expired"
        ),
        (400, "Bad Request: business connection not found", .permanent, "business-lost"),
        (400, "Bad Request: BUSINESS_PEER_INVALID", .permanent, "business-lost"),
        (400, "Bad Request: SOMETHING_NEW", .permanent, "content-refused"),
        (401, "Unauthorized", .reconnectNeeded, "bad-token"),
        (403, "Forbidden: bot was blocked by the user", .blocked, "blocked"),
        (403, "Forbidden: user is deactivated", .blocked, "blocked"),
        (403, "Forbidden: bot can't initiate conversation with a user", .blocked, "not-started"),
        (403, "Forbidden: bot was kicked from the group chat", .blocked, "blocked"),
        (403, "Forbidden: bot is not a member of the channel chat", .blocked, "blocked"),
        (403, "Forbidden: VOICE_MESSAGES_FORBIDDEN", .permanent, "refused"),
        (404, "Not Found", .reconnectNeeded, "bad-token"),
        (404, "Not Found: method not found", .reconnectNeeded, "bad-token"),
        (
            409, "Conflict: terminated by other getUpdates request", .retry(after: .seconds(30), scope: .channel),
            "other-instance"
        ),
        (413, "Request Entity Too Large", .permanent, "file-too-big"),
        (421, "Misdirected Request", .retry(after: nil, scope: .channel), "unexpected-answer"),
        (500, "Internal Server Error: restart", .retry(after: nil, scope: .channel), "unavailable"),
        (502, "Bad Gateway", .retry(after: nil, scope: .channel), "unavailable"),
        (504, "Gateway Timeout", .uncertain, "outcome-unknown"),
    ]

    @Test(arguments: Loading.allCases, rows)
    func `an error has its outcome and its reason in three languages`(loading: Loading, row: Row) async throws {
        let run = try await loading.telegram.run(action(.text(OutboundText("a"))), [.error(row.code, row.text)])
        guard case .failed(let failure) = run.result else { throw Unexpected("\(run.result)") }
        #expect(failure.kind == row.kind)
        #expect(failure.reason.code == row.reason)
        let text = failure.reason.text
        #expect(!text.english.isEmpty && !text.russian.isEmpty && !text.kazakh.isEmpty)
        #expect(Set([text.english, text.russian, text.kazakh]).count == 3)
    }

    @Test(arguments: Loading.allCases)
    func `too many requests pause the chat for as long as Telegram says`(loading: Loading) async throws {
        let driver = try loading.telegram
        let body = StepInput.error(429, "Too Many Requests: retry after 35", parameters: #"{"retry_after":35}"#)
        let header = StepInput.response(
            PluginResponse(
                status: 429, headers: [NameValue("Retry-After", "35")],
                body: Array(#"{"ok":false,"error_code":429,"description":"Too Many Requests"}"#.utf8)))
        for answer in [body, header] {
            let run = try await driver.run(action(.text(OutboundText("a"))), [answer])
            guard case .failed(let failure) = run.result else { throw Unexpected("\(run.result)") }
            #expect(failure.kind == .retry(after: .seconds(35), scope: .chat))
        }
    }

    @Test(arguments: Loading.allCases)
    func `an unchanged edit has succeeded`(loading: Loading) async throws {
        let run = try await loading.telegram.run(
            action(.edit(message: "1", OutboundText("a"))), [.error(400, "Bad Request: message is not modified: …")])
        #expect(run.result == .sent(messages: []))
    }

    @Test(arguments: Loading.allCases)
    func `a lost reply target is dropped and the message sent`(loading: Loading) async throws {
        let run = try await loading.telegram.run(
            action(.text(OutboundText("a", replyTo: "5"))),
            [.error(400, "Bad Request: message to be replied not found"), .ok(#"{"message_id":6}"#)])
        #expect(run.result == .sent(messages: ["6"]))
        #expect(try run.requests.map { try $0.json["reply_parameters"] != nil } == [true, false])
    }

    @Test(arguments: Loading.allCases)
    func `a moved chat is followed once`(loading: Loading) async throws {
        let driver = try loading.telegram
        let moved = StepInput.error(
            400, "Bad Request: group chat was upgraded", parameters: #"{"migrate_to_chat_id":-1001234567890}"#)
        let run = try await driver.run(action(.text(OutboundText("a"))), [moved, .ok(#"{"message_id":6}"#)])
        #expect(run.result == .sent(messages: ["6"]))
        #expect(try run.requests[1].json["chat_id"] == -1_001_234_567_890)
        let loop = try await driver.run(action(.text(OutboundText("a"))), [moved, moved])
        guard case .failed(let failure) = loop.result else { throw Unexpected("\(loop.result)") }
        #expect(failure.kind == .permanent)
    }

    @Test(arguments: Loading.allCases)
    func `editing a picture edits its caption`(loading: Loading) async throws {
        let run = try await loading.telegram.run(
            action(.edit(message: "1", OutboundText("a"))),
            [.error(400, "Bad Request: there is no text in the message to edit"), .ok(#"{"message_id":1}"#)])
        #expect(run.requests.map(\.apiMethod) == ["editMessageText", "editMessageCaption"])
    }

    static let silences: [(StepInput, OperationFailure.Kind, OperationFailure.Kind)] = [
        (.failure(.unknown), .uncertain, .retry(after: nil, scope: .channel)),
        (.failure(.notSent), .retry(after: nil, scope: .channel), .retry(after: nil, scope: .channel)),
        (.body(200, ""), .uncertain, .retry(after: nil, scope: .channel)),
        (.body(200, "<html>"), .uncertain, .retry(after: nil, scope: .channel)),
        (.body(200, #"{"ok":tru"#), .uncertain, .retry(after: nil, scope: .channel)),
        (.body(504, "<html>"), .uncertain, .retry(after: nil, scope: .channel)),
        (.body(503, "<html>"), .retry(after: nil, scope: .channel), .retry(after: nil, scope: .channel)),
        (.body(301, ""), .retry(after: nil, scope: .channel), .retry(after: nil, scope: .channel)),
        (.body(404, "<html>"), .retry(after: nil, scope: .channel), .retry(after: nil, scope: .channel)),
    ]

    @Test(arguments: Loading.allCases, silences)
    func `a lost answer is uncertain for a message and harmless for the rest`(
        loading: Loading, row: (StepInput, OperationFailure.Kind, OperationFailure.Kind)
    ) async throws {
        let driver = try loading.telegram
        for (kind, expected) in [(OutboundAction.Kind.text(OutboundText("a")), row.1), (.typing, row.2)] {
            let run = try await driver.run(action(kind), [row.0])
            guard case .failed(let failure) = run.result else { throw Unexpected("\(run.result)") }
            #expect(failure.kind == expected)
        }
    }
}
