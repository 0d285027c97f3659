import ChannelsInterface
import Egress
import Foundation
import Kernel
import Persistence
import Vault

/// Makes one attempt: reads what is to be told, signs it and sends it.
struct WebhookSender: Sendable {
    /// What became of an attempt.
    struct Outcome: Sendable {
        var code: Int?
        var failure: WebhookFailure?
        var answer: [UInt8] = []
        /// What the receiver asked for, with 429 or 503.
        var retryAfter: Duration?
        var person: ContactID?

        var isSuccess: Bool { code.map { (200..<300).contains($0) } ?? false }
    }

    static let timeout = Duration.seconds(15)
    /// In bytes. Sources keep well below: the scheme recommends 20 KB.
    static let largestBody = 256 << 10
    /// Past this an answer is not waited for, and its connection not kept.
    private static let mostAnswer = 64 << 10

    let egress: any Egress
    let contents: [any WebhookContentSource]
    let time: any TimeSource

    /// Throws `Problem.unavailable` when it did not come to an attempt at all: too many requests wait, or the process stops.
    func send(_ delivery: WebhookDelivery, by settings: WebhookSettings) async throws -> Outcome {
        var content: WebhookContent?
        for source in contents where content == nil {
            content = try await source.content(of: delivery.notice, account: delivery.account)
        }
        let body = try Self.body(of: delivery.notice, content)
        failpoint("webhook_out.sign")
        guard body.count <= Self.largestBody else { return Outcome(failure: .tooLarge, person: content?.person) }
        var outcome: Outcome
        do {
            outcome = try await exchange(request(delivery, body, settings), hiding: settings.secrets)
        } catch let error as EgressError {
            outcome = Outcome(failure: try Self.failure(error))
        }
        failpoint("webhook_out.after_request")
        outcome.person = content?.person
        return outcome
    }

    private func request(_ delivery: WebhookDelivery, _ body: [UInt8], _ settings: WebhookSettings) -> EgressRequest {
        let now = time.now()
        let timestamp = String(now.microseconds / 1_000_000)
        let signatures = settings.secrets.filter { $0.signs(at: now) }.map {
            $0.signature(id: delivery.publicID, timestamp: timestamp, body: body)
        }
        var request = EgressRequest(
            .post, settings.url, purpose: .tenantWebhook, account: delivery.account,
            headers: [
                "Content-Type": "application/json", "User-Agent": "SevenSales-Webhooks/1", "webhook-id": delivery.publicID,
                "webhook-timestamp": timestamp, "webhook-signature": signatures.joined(separator: " "),
            ], body: body)
        (request.deadlines.firstByte, request.deadlines.total) = (Self.timeout, Self.timeout)
        request.deadlines.idle = Self.timeout
        return request
    }

    private func exchange(_ request: EgressRequest, hiding secrets: [WebhookSecret]) async throws -> Outcome {
        let stream = try await egress.stream(request)
        var outcome = Outcome(code: stream.head.status)
        if stream.head.status == 429 || stream.head.status == 503 {
            outcome.retryAfter = stream.head.headers.retryAfter(at: time.now())
        }
        var bytes: [UInt8] = []
        // The status decides; a body that breaks off changes nothing.
        do {
            for try await chunk in stream {
                bytes += chunk
                if bytes.count > Self.mostAnswer { break }
            }
        } catch is EgressError {}
        var text = String(decoding: bytes.prefix(WebhookAttempt.answerBytes * 2), as: UTF8.self)
        for secret in secrets { text = secret.removed(from: text) }
        outcome.answer = Array(text.utf8.prefix(WebhookAttempt.answerBytes))
        return outcome
    }

    /// `{type, timestamp, data}`. Without anything readable, `data` is what is not personal.
    private static func body(of notice: WebhookNotice, _ content: WebhookContent?) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return [UInt8](
            try encoder.encode(
                WebhookPayload(
                    type: notice.event.rawValue, timestamp: notice.occurredAt, data: content?.data ?? notice.facts)))
    }

    private static func failure(_ error: EgressError) throws -> WebhookFailure {
        switch error.reason {
        case .timeout: return .timeout
        case .unresolved: return .unresolved
        case .unreachable: return .unreachable
        case .tls: return .tls
        case .blocked, .invalidURL, .invalidRequest: return .blocked
        case .cancelled: throw CancellationError()
        case .busy: throw Problem.unavailable("too many requests are waiting")
        case .broken, .tooLarge, .rejected: return .broken
        }
    }
}

/// What a receiver reads.
private struct WebhookPayload: Encodable {
    enum Key: String, CodingKey { case type, timestamp, data }
    let type: String
    let timestamp: Instant
    let data: any Encodable & Sendable

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(type, forKey: .type)
        try container.encode(timestamp, forKey: .timestamp)
        try data.encode(to: container.superEncoder(forKey: .data))
    }
}
