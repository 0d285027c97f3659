import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Section 9 of the reference: what each error means.
struct ErrorTableTests {
    typealias Row = (answer: StepInput, kind: OperationFailure.Kind, reason: String)

    static let message: [Row] = [
        (.error(400, "proto.payload", "Invalid request"), .permanent, "content-refused"),
        (.error(400, "validation", "text: size must be between 0 and 4000"), .permanent, "content-refused"),
        (.error(400, "", "must be the only attachment"), .permanent, "file-refused"),
        (.error(400, "attachment.not.ready"), .retry(after: .seconds(1), scope: .chat), "file-not-ready"),
        (
            .error(400, "new.code", "errors.process.attachment.file.not.processed"), .retry(after: .seconds(1), scope: .chat),
            "file-not-ready"
        ),
        (.error(401, "verify.token", "Invalid access_token"), .reconnectNeeded, "bad-token"),
        (.error(401, "something.else"), .reconnectNeeded, "bad-token"),
        (.error(403, "chat.denied"), .blocked, "blocked"), (.error(403, "access.denied"), .blocked, "blocked"),
        (.error(404, "chat.not.found"), .blocked, "chat-not-found"),
        (.error(404, "not.found", "Upload not found"), .permanent, "file-refused"),
        (.error(405, "method.not.allowed"), .permanent, "refused"), (.error(409, "conflict"), .permanent, "refused"),
        (.body(413, "<html>"), .permanent, "too-long"),
        (.error(429, "too.many.requests"), .retry(after: nil, scope: .channel), "rate-limited"),
        (.body(429, ""), .retry(after: nil, scope: .channel), "rate-limited"),
        (.error(500, "internal"), .retry(after: nil, scope: .channel), "unavailable"),
        (.body(500, "<html>"), .retry(after: nil, scope: .channel), "unavailable"),
        (.body(502, "<html>"), .retry(after: nil, scope: .channel), "unavailable"),
        (.body(503, ""), .retry(after: nil, scope: .channel), "unavailable"),
        (.body(504, "<html>"), .uncertain, "outcome-unknown"),
        (.ok(#"{"success":false,"message":"no"}"#), .permanent, "refused"),
    ]

    @Test(arguments: Loading.allCases, message)
    func `an error has its outcome and its reason in three languages`(loading: Loading, row: Row) async throws {
        let failure = try await loading.max.failure(action(.text(OutboundText("a"))), [row.answer])
        #expect(failure.kind == row.kind)
        #expect(failure.reason.code == row.reason)
        let text = failure.reason.text
        #expect(!text.english.isEmpty && !text.russian.isEmpty && !text.kazakh.isEmpty)
        #expect(Set([text.english, text.russian, text.kazakh]).count == 3)
    }

    static let edit = OutboundAction.Kind.edit(message: "mid.1", OutboundText("a"))
    static let deletion = OutboundAction.Kind.delete(messages: ["mid.1"])
    static let press = OutboundAction.Kind.answerPress(callback: "c", text: nil)
    static let found = StepInput.ok(#"{"body":{"mid":"mid.1"}}"#)

    static let others: [(OutboundAction.Kind, [StepInput], OperationFailure.Kind, String)] = [
        (edit, [.error(404, "not.found")], .permanent, "message-gone"),
        (edit, [.error(403, "access.denied")], .permanent, "message-gone"),
        (edit, [found, .error(404, "not.found")], .permanent, "message-gone"),
        (edit, [found, .error(403, "access.denied")], .permanent, "message-gone"),
        (edit, [found, .error(400, "proto.payload")], .permanent, "content-refused"),
        (edit, [found, .ok(#"{"success":false,"message":"too old"}"#)], .permanent, "message-gone"),
        (edit, [found, .error(405, "method")], .permanent, "refused"),
        (edit, [found, .body(504, "")], .retry(after: nil, scope: .channel), "unavailable"),
        (edit, [found, .lost], .retry(after: nil, scope: .channel), "unavailable"),
        (deletion, [.error(403, "access.denied")], .permanent, "message-gone"),
        (deletion, [.error(400, "proto.payload")], .permanent, "message-gone"),
        (deletion, [.ok(#"{"success":false,"message":"no"}"#)], .permanent, "message-gone"),
        (deletion, [.error(401, "verify.token")], .reconnectNeeded, "bad-token"),
        (press, [.error(400, "proto.payload")], .permanent, "press-expired"),
        (press, [.error(404, "not.found")], .permanent, "press-expired"),
        (press, [.ok(#"{"success":false,"message":"expired"}"#)], .permanent, "press-expired"),
        (press, [.error(405, "method")], .permanent, "refused"),
        (press, [.error(429, "too.many.requests")], .retry(after: nil, scope: .channel), "rate-limited"),
        (.typing, [.error(403, "chat.denied")], .blocked, "blocked"),
        (.typing, [.error(404, "chat.not.found")], .blocked, "chat-not-found"),
        (.typing, [.error(400, "proto.payload")], .permanent, "refused"),
        (.typing, [.body(500, "")], .retry(after: nil, scope: .channel), "unavailable"),
        (.markRead(message: nil), [.error(401, "verify.token")], .reconnectNeeded, "bad-token"),
    ]

    @Test(arguments: Loading.allCases, others)
    func `an error means what the request was about`(
        loading: Loading, row: (OutboundAction.Kind, [StepInput], OperationFailure.Kind, String)
    ) async throws {
        let failure = try await loading.max.failure(action(row.0), row.1)
        #expect(failure.kind == row.2)
        #expect(failure.reason.code == row.3)
    }

    static let pauses: [(String, Duration?)] = [
        ("7", .seconds(7)), ("0", .seconds(0)), ("-5", .seconds(0)), ("9999999999", .seconds(86_400)),
        ("Wed, 21 Oct 2026 07:28:00 GMT", nil), ("", nil),
    ]

    @Test(arguments: Loading.allCases, pauses)
    func `too many requests pause the channel for as long as MAX says`(
        loading: Loading, row: (String, Duration?)
    ) async throws {
        let answer = StepInput.response(
            PluginResponse(
                status: 429, headers: [NameValue("Retry-After", row.0)],
                body: Array(#"{"code":"too.many.requests","message":"slow down"}"#.utf8)))
        let failure = try await loading.max.failure(action(.text(OutboundText("a"))), [answer])
        #expect(failure.kind == .retry(after: row.1, scope: .channel))
    }

    @Test(arguments: Loading.allCases, [StepInput.error(400, "proto.payload"), .error(404, "message.not.found")])
    func `a lost reply target is dropped and the message sent, once`(loading: Loading, answer: StepInput) async throws {
        let driver = try loading.max
        let operation = action(.text(OutboundText("a", replyTo: "mid.5")))
        let run = try await driver.run(operation, [answer, .message("mid.6")])
        #expect(run.result == .sent(messages: ["mid.6"]))
        #expect(try run.requests.map { try $0.json["link"] != nil } == [true, false])
        let second = try await driver.failure(operation, [answer, answer]).kind
        #expect(second == .permanent || second == .blocked)
    }

    static let silences: [(StepInput, OperationFailure.Kind, OperationFailure.Kind)] = [
        (.lost, .uncertain, .retry(after: nil, scope: .channel)),
        (.failure(.notSent), .retry(after: nil, scope: .channel), .retry(after: nil, scope: .channel)),
        (.body(200, ""), .uncertain, .retry(after: nil, scope: .channel)),
        (.body(200, "<html>"), .uncertain, .retry(after: nil, scope: .channel)),
        (.body(200, #"{"message":{"bod"#), .uncertain, .retry(after: nil, scope: .channel)),
        (.body(504, "<html>"), .uncertain, .retry(after: nil, scope: .channel)),
        (.body(503, "<html>"), .retry(after: nil, scope: .channel), .retry(after: nil, scope: .channel)),
        (.body(301, ""), .retry(after: nil, scope: .channel), .retry(after: nil, scope: .channel)),
        (.body(404, "<html>"), .retry(after: nil, scope: .channel), .retry(after: nil, scope: .channel)),
        (.body(403, "blocked by the firewall"), .retry(after: nil, scope: .channel), .retry(after: nil, scope: .channel)),
    ]

    @Test(arguments: Loading.allCases, silences)
    func `a lost answer is uncertain for a message and harmless for the rest`(
        loading: Loading, row: (StepInput, OperationFailure.Kind, OperationFailure.Kind)
    ) async throws {
        let driver = try loading.max
        for (kind, expected) in [(OutboundAction.Kind.text(OutboundText("a")), row.1), (.typing, row.2)] {
            #expect(try await driver.failure(action(kind), [row.0]).kind == expected)
        }
    }

    @Test(arguments: Loading.allCases, ["{}", #"{"message":{"body":null}}"#, #"{"message":{"body":{"mid":""}}}"#])
    func `a message without an id in the answer is uncertain`(loading: Loading, body: String) async throws {
        let failure = try await loading.max.failure(action(.text(OutboundText("a"))), [.ok(body)])
        #expect(failure.kind == .uncertain)
    }
}
