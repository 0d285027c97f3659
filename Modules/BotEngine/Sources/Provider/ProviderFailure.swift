import Egress
import Foundation
import Kernel
import WireJSON

/// Why a call to a provider gave nothing usable, and what may be done about it.
struct ProviderFailure: Error, Hashable {
    enum Remedy: Hashable, Sendable {
        case none
        case retry(after: Duration?)
        /// The model does not take this parameter.
        case drop(String)
        case trim
    }

    /// A short word for the ledger: `timeout`, `http_500`, `insufficient_quota`.
    let code: String
    var remedy = Remedy.none
    /// Whether the provider, not the request, is to blame: the breaker counts these.
    var isOutage = false

    init(_ code: String, _ remedy: Remedy = .none, isOutage: Bool = false) {
        (self.code, self.remedy, self.isOutage) = (code, remedy, isOutage)
    }

    /// The transport's failure; repeatable as long as nothing of the answer was read.
    init(_ error: EgressError, hadContent: Bool) {
        let again: Remedy = hadContent ? .none : .retry(after: nil)
        switch error.reason {
        case .timeout(.firstByte), .timeout(.total): self.init("timeout", isOutage: true)
        case .timeout: self.init("timeout", again, isOutage: true)
        case .unresolved, .unreachable: self.init("unreachable", again, isOutage: true)
        case .broken: self.init("connection_broken", again, isOutage: true)
        case .tls: self.init("tls", isOutage: true)
        case .tooLarge: self.init("too_large", isOutage: true)
        case .blocked, .invalidURL, .invalidRequest: self.init("egress_blocked")
        case .busy: self.init("busy", again)
        case .cancelled, .rejected: self.init("cancelled")
        }
    }

    /// Statuses and codes as the reference's section 9 lists them.
    init(status: Int, headers: EgressHeaders, body: [UInt8], now: Instant) {
        let error = ErrorBody(body)
        let words = [error.code, error.type]
        if words.contains(where: { $0 == "insufficient_quota" || $0 == "credit_balance_exhausted" || $0.contains("spend_limit") })
        {
            self.init("insufficient_quota", isOutage: true)
            return
        }
        if error.code == "context_length_exceeded" || error.message.contains("maximum context length") {
            self.init("context_length_exceeded", .trim)
            return
        }
        if status == 400 || status == 422, let parameter = Self.unsupported(error) {
            self.init("unsupported_parameter", .drop(parameter))
            return
        }
        let standard = [408, 409, 429].contains(status) || status >= 500
        let asked = headers["x-should-retry"].map { $0 == "true" }
        let delay = Self.delay(headers, now: now)
        let isTooLong = delay.map { $0 > .seconds(120) } ?? false
        let repeats = (asked ?? standard) && !isTooLong
        self.init(
            "http_\(status)", repeats ? .retry(after: delay) : .none,
            isOutage: standard || status == 401 || status == 403)
    }

    /// An error object inside a stream that began well.
    init(streamed error: JSON, hadContent: Bool) {
        let body = ErrorBody(error)
        if [body.code, body.type].contains("insufficient_quota") {
            self.init("insufficient_quota", isOutage: true)
        } else {
            self.init("stream_error", hadContent ? .none : .retry(after: nil), isOutage: true)
        }
    }

    private static func unsupported(_ error: ErrorBody) -> String? {
        let isAboutParameter =
            error.code.hasPrefix("unsupported_") || error.message.lowercased().contains("unsupported")
            || error.message.lowercased().contains("not support")
        guard isAboutParameter else { return nil }
        return ["temperature", "max_completion_tokens"].first { error.parameter == $0 || error.message.contains($0) }
    }

    /// `retry-after-ms`, else `Retry-After` in seconds or as an HTTP date.
    static func delay(_ headers: EgressHeaders, now: Instant) -> Duration? {
        if let text = headers["retry-after-ms"], let value = Double(text), value >= 0, value < 1e9 {
            return .milliseconds(Int64(value))
        }
        return headers.retryAfter(at: now)
    }

    /// 0.5 s · 2ⁿ, at most 8 s, up to a quarter less.
    static func backoff(_ attempt: Int, _ randomness: Randomness) -> Duration {
        let base = min(8_000, 500 << min(attempt, 8))
        return .milliseconds(Int64(Double(base) * (1 - randomness.unit() * 0.25)))
    }
}

/// An error as providers write it: an object, or a bare text; its code a text or a number.
private struct ErrorBody {
    var code = ""
    var type = ""
    var parameter = ""
    var message = ""

    init(_ bytes: [UInt8]) {
        let json = (try? JSON.parse(bytes)) ?? .null
        self.init(json["error"] ?? json)
    }

    init(_ error: JSON) {
        func text(_ key: String) -> String {
            let value = error[key]
            return value?.string ?? value?.int.map(String.init) ?? ""
        }
        message = error.string ?? text("message")
        (code, type, parameter) = (text("code"), text("type"), text("param"))
    }
}
