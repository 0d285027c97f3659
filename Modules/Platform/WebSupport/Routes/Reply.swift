import Foundation
package import HTTPTypes
package import Kernel

/// What a handler answers.
package struct Reply: Sendable {
    package enum Body: Sendable {
        case empty
        case bytes([UInt8])
        /// Written piece by piece as the source yields; the connection stays open meanwhile.
        case stream(AsyncStream<[UInt8]>)
    }

    package var status: HTTPResponse.Status
    package var headers: HTTPFields
    package var body: Body

    package init(status: HTTPResponse.Status, headers: HTTPFields = [:], body: Body = .empty) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    package static let noContent = Reply(status: .noContent)

    /// JSON with snake_case keys; never cached.
    package static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Reply {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = .withoutEscapingSlashes
        return Reply(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .bytes([UInt8](try encoder.encode(value))))
    }

    package static func text(_ text: String, type: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok)
        -> Reply
    {
        Reply(status: status, headers: [.contentType: type], body: .bytes(Array(text.utf8)))
    }
}

/// `application/problem+json` (RFC 9457), with the product's stable `code`.
struct ProblemDocument: Encodable {
    struct FieldError: Encodable { let field: String, code: String, detail: String }

    let type = "about:blank"
    let title: String
    let status: Int
    let code: String
    let detail: String
    let requestId: String
    let errors: [FieldError]?
    /// When the same request will be accepted.
    let until: Instant?
}

extension Problem {
    /// The one place where a problem becomes a status.
    package func reply(requestID: String) -> Reply {
        let (status, code, detail) = answer
        var errors: [ProblemDocument.FieldError]?
        if case .invalid(let field, let reason) = self { errors = [.init(field: field, code: "invalid", detail: reason)] }
        var moment: Instant?
        if case .held(let until, _, _) = self { moment = until }
        var reply = Self.reply(status, code: code, detail: detail, requestID: requestID, errors: errors, until: moment)
        if case .rateLimited(let delay) = self { reply.headers[.retryAfter] = String(max(1, Int(delay.inSeconds.rounded(.up)))) }
        if case .unavailable = self { reply.headers[.retryAfter] = "2" }
        return reply
    }

    /// 405, which no handler throws: it says which methods the path has.
    static func methodNotAllowed(_ methods: [String], requestID: String) -> Reply {
        let list = methods.joined(separator: ", ")
        var reply = Self.reply(
            .methodNotAllowed, code: "method_not_allowed", detail: "This path has \(list).", requestID: requestID)
        reply.headers[.allow] = list
        return reply
    }

    /// 500: our own fault, of which the caller learns the number alone.
    static func internalError(_ requestID: String) -> Reply {
        reply(
            .internalServerError, code: "internal", detail: "Something went wrong here; it has been logged as \(requestID).",
            requestID: requestID)
    }

    private static func reply(
        _ status: HTTPResponse.Status, code: String, detail: String, requestID: String,
        errors: [ProblemDocument.FieldError]? = nil, until: Instant? = nil
    ) -> Reply {
        let document = ProblemDocument(
            title: status.reasonPhrase, status: status.code, code: code, detail: detail, requestId: requestID, errors: errors,
            until: until)
        var reply = (try? Reply.json(document, status: status)) ?? Reply(status: status)
        reply.headers[.contentType] = "application/problem+json"
        return reply
    }

    private var answer: (HTTPResponse.Status, code: String, detail: String) {
        switch self {
        case .notFound: (.notFound, "not_found", "There is no such thing here.")
        case .invalid(let field, let reason): (.unprocessableContent, "invalid", "\(field): \(reason)")
        case .malformed(let reason): (.badRequest, "malformed", reason)
        case .conflict(let reason): (.conflict, "conflict", reason)
        case .staleTurn: (.conflict, "stale_turn", "Somebody took the conversation over since.")
        case .held(_, let code, let reason): (.conflict, code, reason)
        case .unauthenticated: (.unauthorized, "unauthenticated", "Sign in first.")
        case .badCredentials: (.unauthorized, "bad_credentials", "The e-mail address or the password is wrong.")
        case .forbidden: (.forbidden, "forbidden", "Your role does not include this.")
        case .csrf: (.forbidden, "csrf", "Reload the page and try again.")
        case .tooLarge(let limit): (.contentTooLarge, "too_large", "At most \(limit) bytes are accepted here.")
        case .rateLimited: (.tooManyRequests, "rate_limited", "Too many requests; wait a little.")
        case .unavailable(let reason): (.serviceUnavailable, "unavailable", reason)
        }
    }
}
