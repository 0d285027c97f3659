import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Section 8 of the reference: what each error means for a message, and for what may be repeated.
struct ErrorTableTests {
    struct Row {
        let answer: StepInput
        let message: OperationFailure.Kind
        let other: OperationFailure.Kind
        let reason: String
        let otherReason: String

        init(
            _ answer: StepInput, _ message: OperationFailure.Kind, _ reason: String, other: OperationFailure.Kind? = nil,
            _ otherReason: String? = nil
        ) {
            (self.answer, self.message, self.reason) = (answer, message, reason)
            (self.other, self.otherReason) = (other ?? message, otherReason ?? reason)
        }
    }
    static let later = OperationFailure.Kind.retry(after: nil, scope: .channel)
    static let hour = OperationFailure.Kind.retry(after: .seconds(3_600), scope: .channel)

    static let rows: [Row] = [
        Row(.error(400, "Bad Request"), .permanent, "content-refused"),
        Row(
            .body(400, #"{"error":{"code":400,"message":"Validation error","fields":{"message.text":"…"}}}"#), .permanent,
            "content-refused"),
        Row(.body(400, #"{"code":"x","message":"y"}"#), .permanent, "content-refused"),
        Row(.body(400, ""), .permanent, "content-refused"),
        Row(.ok(#"{"error":{"code":400,"message":"Bad Request"}}"#), .permanent, "content-refused"),
        Row(.error(402, "Payment required"), hour, "subscription-required"),
        Row(.body(402, "<html>"), hour, "subscription-required"),
        Row(.error(404, "Not found"), .permanent, "chat-not-found"),
        Row(.error(405), .permanent, "refused"), Row(.error(409), .permanent, "refused"),
        Row(.error(429, "Too many requests"), later, "rate-limited"),
        Row(.body(429, "<html>"), later, "rate-limited"),
        Row(
            .error(429, headers: [NameValue("Retry-After", "35")]), .retry(after: .seconds(35), scope: .channel),
            "rate-limited"),
        Row(
            .error(429, headers: [NameValue("Retry-After", "-5")]), .retry(after: .zero, scope: .channel), "rate-limited"),
        Row(.error(429, headers: [NameValue("Retry-After", "soon")]), later, "rate-limited"),
        Row(.error(500, "Error while processing request"), .uncertain, "outcome-unknown", other: later, "unavailable"),
        Row(.body(500, ""), .uncertain, "outcome-unknown", other: later, "unavailable"),
        Row(.body(502, "<html>"), .uncertain, "outcome-unknown", other: later, "unavailable"),
        Row(.error(503, "Service temporarily unavailable"), later, "unavailable"),
        Row(.body(503, "<html>"), later, "unavailable"),
        Row(.body(504, "<html>"), .uncertain, "outcome-unknown", other: later, "unavailable"),
        Row(.error(408), .uncertain, "outcome-unknown", other: later, "unavailable"),
        Row(.body(200, "<html>"), .uncertain, "outcome-unknown", other: later, "unexpected-answer"),
        Row(.body(200, #"{"id":"#), .uncertain, "outcome-unknown", other: later, "unexpected-answer"),
        Row(.body(301, ""), later, "unexpected-answer"), Row(.body(404, "<html>"), later, "unexpected-answer"),
        Row(.failure(.unknown), .uncertain, "outcome-unknown", other: later, "unavailable"),
        Row(.failure(.notSent), later, "unavailable"),
    ]

    @Test(arguments: Loading.allCases, rows)
    func `an error has its outcome and its reason in three languages`(loading: Loading, row: Row) async throws {
        let driver = try loading.avito
        let sending = try await driver.run(action(.text(OutboundText("a"))), [row.answer]).failure
        #expect(sending.kind == row.message)
        #expect(sending.reason.code == row.reason)
        let marking = try await driver.run(action(.markRead(message: nil)), [row.answer]).failure
        #expect(marking.kind == row.other)
        #expect(marking.reason.code == row.otherReason)
        for text in [sending.reason.text, marking.reason.text] {
            #expect(!text.english.isEmpty && !text.russian.isEmpty && !text.kazakh.isEmpty)
            #expect(Set([text.english, text.russian, text.kazakh]).count == 3)
        }
    }

    @Test(arguments: Loading.allCases, [StepInput.ok("{}"), .ok("null"), .body(200, ""), .ok(#"{"id":0}"#), .ok("[]")])
    func `a message without an id is uncertain, never sent`(loading: Loading, answer: StepInput) async throws {
        let run = try await loading.avito.run(action(.text(OutboundText("a"))), [answer])
        #expect(try run.failure.kind == .uncertain)
    }

    @Test(arguments: Loading.allCases)
    func `keys that a new token does not help need the owner`(loading: Loading) async throws {
        let run = try await loading.avito.run(
            action(.text(OutboundText("a"))), [.error(401), .token, .error(401, "Unauthorized")])
        #expect(try run.failure.kind == .reconnectNeeded)
        #expect(try run.failure.reason.code == "bad-keys")
    }

    static let probes: [(StepInput, OperationFailure.Kind, String)] = [
        (.ok(#"{"chats":[]}"#), .blocked, "blocked"), (.error(403), .reconnectNeeded, "forbidden"),
        (.error(401), .reconnectNeeded, "bad-keys"), (.error(402), hour, "subscription-required"),
        (.error(500), later, "unavailable"), (.failure(.unknown), later, "unavailable"),
        (.body(200, "<html>"), later, "unexpected-answer"),
    ]

    @Test(arguments: Loading.allCases, probes)
    func `a forbidden chat is told from a forbidden account by asking for the chats`(
        loading: Loading, row: (StepInput, OperationFailure.Kind, String)
    ) async throws {
        let driver = try loading.avito
        let operation = action(.text(OutboundText("a")))
        let run = try await driver.run(operation, [.error(403, "Forbidden"), .token, .error(403, "Forbidden"), row.0])
        #expect(run.paths.last == "GET /messenger/v2\(account)/chats?limit=1&offset=0&chat_types=u2i,u2u")
        #expect(try run.failure.kind == row.1)
        #expect(try run.failure.reason.code == row.2)
        #expect(try run.failure.sent.isEmpty)
    }

    @Test(arguments: Loading.allCases, [400, 404])
    func `a message that cannot be deleted any more is gone`(loading: Loading, code: Int) async throws {
        let run = try await loading.avito.run(action(.delete(messages: ["c9e2"])), [.error(code)])
        #expect(try run.failure.kind == .permanent)
        #expect(try run.failure.reason.code == "message-gone")
    }

    @Test(arguments: Loading.allCases)
    func `deleting another's message is refused after one new token`(loading: Loading) async throws {
        let run = try await loading.avito.run(action(.delete(messages: ["c9e2"])), [.error(403), .token, .error(403)])
        #expect(try run.failure.kind == .permanent)
        #expect(try run.failure.reason.code == "message-gone")
    }

    @Test(arguments: Loading.allCases, [(400, "file-refused"), (415, "file-refused"), (413, "file-too-big")])
    func `a picture that Avito does not take is explained`(loading: Loading, row: (Int, String)) async throws {
        for answer in [StepInput.error(row.0), .body(row.0, "")] {
            let run = try await loading.avito.run(action(.media(DeliveryTests.picture)), [answer])
            #expect(try run.failure.kind == .permanent)
            #expect(try run.failure.reason.code == row.1)
        }
    }
}
