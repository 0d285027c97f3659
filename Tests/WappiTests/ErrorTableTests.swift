import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Section 4 of the reference: what each error means for a message.
struct ErrorTableTests {
    typealias Row = (code: Int, text: String, kind: OperationFailure.Kind, reason: String)

    static let rows: [Row] = [
        (200, "recipient not found", .permanent, "unknown-recipient"), (200, "something new", .permanent, "content-refused"),
        (200, "REACTION_INVALID", .permanent, "reaction-refused"), (200, "message not found", .permanent, "message-gone"),
        (200, "profile is not authorized", .reconnectNeeded, "signed-out"),
        (400, "Wrong platform", .reconnectNeeded, "wrong-platform"),
        (400, "Profile not found", .reconnectNeeded, "profile-not-found"),
        (400, "profile not authorized", .reconnectNeeded, "signed-out"),
        (401, "Unauthorized", .reconnectNeeded, "bad-token"), (402, "payment required", .reconnectNeeded, "unpaid"),
        (403, "forbidden", .permanent, "refused"), (404, "not found", .permanent, "unexpected-answer"),
        (413, "too large", .permanent, "file-too-big"), (429, "too many", .retry(after: nil, scope: .channel), "rate-limited"),
        (408, "timeout", .uncertain, "outcome-unknown"), (500, "internal", .uncertain, "outcome-unknown"),
        (502, "bad gateway", .uncertain, "outcome-unknown"), (503, "unavailable", .uncertain, "outcome-unknown"),
        (504, "gateway timeout", .uncertain, "outcome-unknown"),
    ]

    @Test(arguments: Loading.allCases, rows)
    func `an error has its outcome and its reason in three languages`(loading: Loading, row: Row) async throws {
        let failure = try await loading.wappi.failure(action(.text(OutboundText("a"))), [.error(row.code, row.text)])
        #expect(failure.kind == row.kind)
        #expect(failure.reason.code == row.reason)
        let text = failure.reason.text
        #expect(!text.english.isEmpty && !text.russian.isEmpty && !text.kazakh.isEmpty)
        #expect(Set([text.english, text.russian, text.kazakh]).count == 3)
    }

    static let doubts: [(String, String)] = [
        ("invalid recipient", "unknown-recipient"), ("phone is not on WhatsApp", "unknown-recipient"),
        ("PEER_ID_INVALID", "unknown-recipient"), ("reaction not supported", "reaction-refused"),
        ("message not found", "message-gone"), ("cannot delete chat", "message-gone"), ("anything else", "content-refused"),
    ]

    @Test(arguments: Loading.allCases, doubts)
    func `a refused message is lost only when the profile is there`(loading: Loading, row: (String, String)) async throws {
        let driver = try loading.wappi
        let operation = action(.text(OutboundText("a")))
        let refusal = StepInput.error(400, row.0)
        let there = try await driver.run(operation, [refusal, .body(200, #"{"authorized":true,"app_status":"open"}"#)])
        #expect(there.requests.map(\.path) == ["/api/sync/message/send", "/api/sync/get/status"])
        guard case .failed(let lost) = there.result else { throw Unexpected("\(there.result)") }
        #expect(lost.kind == .permanent)
        #expect(lost.reason.code == row.1)

        let signedOut = try await driver.failure(operation, [refusal, .body(200, #"{"authorized":false}"#)])
        #expect(signedOut.kind == .reconnectNeeded)
        #expect(signedOut.reason.code == "signed-out")
        let offline = try await driver.failure(
            operation, [refusal, .body(200, #"{"authorized":true,"app_status":"close"}"#)])
        #expect(offline.kind == .retry(after: .seconds(60), scope: .channel))
        #expect(offline.reason.code == "phone-offline")
        // A crash while asking has cost nothing, and the next attempt sends again.
        let unknown = try await driver.failure(operation, [refusal, .failure(.unknown)])
        #expect(unknown.kind == .retry(after: nil, scope: .channel))
        let again = try await driver.run(operation, state: offline.resume, [.sent("1")])
        #expect(again.result == .sent(messages: ["1"]))
    }

    @Test(arguments: Loading.allCases)
    func `a lost reply target is dropped and the message sent`(loading: Loading) async throws {
        let run = try await loading.wappi.run(
            action(.text(OutboundText("a", replyTo: "5"))), [.error(400, "message not found"), .sent("6")])
        #expect(run.result == .sent(messages: ["6"]))
        #expect(run.requests.map(\.path) == ["/api/sync/message/reply", "/api/sync/message/send"])
    }

    @Test(arguments: Loading.allCases)
    func `too many requests pause the channel for as long as Wappi says`(loading: Loading) async throws {
        let answer = StepInput.response(
            PluginResponse(status: 429, headers: [NameValue("Retry-After", "35")], body: Array("slow".utf8)))
        let failure = try await loading.wappi.failure(action(.text(OutboundText("a"))), [answer])
        #expect(failure.kind == .retry(after: .seconds(35), scope: .channel))
    }

    static let successes = [
        #"{"status":"done","message_id":"7"}"#, #"{"status":"ok","message_id":7}"#, #"{"status":"success","message_id":"7"}"#,
        #"{"message_id":"7"}"#,
    ]

    @Test(arguments: Loading.allCases, successes)
    func `a success has several spellings`(loading: Loading, body: String) async throws {
        let run = try await loading.wappi.run(action(.text(OutboundText("a"))), [.body(200, body)])
        #expect(run.result == .sent(messages: ["7"]))
    }

    static let refusals = [
        (400, "Wrong platform"), (400, #"{"error":"Wrong platform"}"#), (400, #"{"message":"WRONG PLATFORM"}"#),
        (200, #"{"status":"fail","detail":"wrong platform"}"#),
    ]

    @Test(arguments: Loading.allCases, refusals)
    func `an error may be plain text or have other members`(loading: Loading, row: (Int, String)) async throws {
        let failure = try await loading.wappi.failure(action(.text(OutboundText("a"))), [.body(row.0, row.1)])
        #expect(failure.reason.code == "wrong-platform")
    }

    static let silences: [(StepInput, OperationFailure.Kind, OperationFailure.Kind)] = [
        (.failure(.unknown), .uncertain, .retry(after: nil, scope: .channel)),
        (.failure(.notSent), .retry(after: nil, scope: .channel), .retry(after: nil, scope: .channel)),
        (.body(200, ""), .uncertain, .retry(after: nil, scope: .channel)),
        (.body(200, "<html>"), .uncertain, .retry(after: nil, scope: .channel)),
        (.body(200, #"{"status":"do"#), .uncertain, .retry(after: nil, scope: .channel)),
        (.body(500, "<html>"), .uncertain, .retry(after: nil, scope: .channel)),
        (.body(301, ""), .retry(after: nil, scope: .channel), .retry(after: nil, scope: .channel)),
    ]

    @Test(arguments: Loading.allCases, silences)
    func `a lost answer is uncertain for a message and harmless for the rest`(
        loading: Loading, row: (StepInput, OperationFailure.Kind, OperationFailure.Kind)
    ) async throws {
        let driver = try loading.wappi
        for (kind, expected) in [(OutboundAction.Kind.text(OutboundText("a")), row.1), (.typing, row.2)] {
            #expect(try await driver.failure(action(kind), [row.0]).kind == expected)
        }
    }

    @Test(arguments: Loading.allCases)
    func `an answer without an id leaves a message uncertain and an edit done`(loading: Loading) async throws {
        let driver = try loading.wappi
        #expect(try await driver.failure(action(.text(OutboundText("a"))), [.done()]).kind == .uncertain)
        let edit = try await driver.run(action(.edit(message: "1", OutboundText("a"))), [.done()])
        #expect(edit.result == .sent(messages: []))
    }
}
