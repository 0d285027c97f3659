import ChannelKit

/// What Avito answered.
enum AvitoAnswer {
    case ok(JSON)
    case error(AvitoError)
    /// A body that is none of Avito's: a proxy, a captive portal, half an answer.
    case unreadable(status: Int)

    init(_ response: HTTPResponse) {
        let body = Body(response.body)
        switch response.status {
        case 200...299:
            switch body {
            case .empty: self = .ok(.null)
            case .json(let value): self = Self.refusal(value).map(Self.error) ?? .ok(value)
            case .other: self = .unreadable(status: response.status)
            }
        case 401, 402, 403, 429, 500...599: self = .error(AvitoError(response))
        case 400...499:
            if case .other = body { self = .unreadable(status: response.status) } else { self = .error(AvitoError(response)) }
        default: self = .unreadable(status: response.status)
        }
    }

    /// Errors that come with a status of success: from the token endpoint, and from the gateway in front of the methods.
    private static func refusal(_ value: JSON) -> AvitoError? {
        if let error = value["error"], error.object != nil || error.string?.isEmpty == false {
            let code = error["code"]?.int.flatMap { (400...599).contains($0) ? $0 : nil }
            return AvitoError(code: code ?? 400, retryAfter: nil)
        }
        guard value["result"]?["status"]?.bool == false else { return nil }
        let isAboutToken = value["result"]?["message"]?.string?.lowercased().contains("token") ?? false
        return AvitoError(code: isAboutToken ? 401 : 400, retryAfter: nil)
    }

    private enum Body {
        case empty
        case json(JSON)
        case other

        init(_ bytes: [UInt8]) {
            // A full page of chats is the largest answer there is.
            let limits = JSONLimits(bytes: 16 << 20, nodes: 200_000)
            self = bytes.isEmpty ? .empty : (try? JSON.parse(bytes, limits: limits)).map(Body.json) ?? .other
        }
    }
}

struct AvitoError {
    let code: Int64
    /// Milliseconds.
    let retryAfter: Int64?

    /// Documented is 403 for a token that has expired; 401 is what usually comes.
    var isAboutToken: Bool { code == 401 || code == 403 }
}

extension AvitoError {
    init(_ response: HTTPResponse) {
        let seconds = response.header("retry-after").flatMap { Int64($0) }
        self.init(code: Int64(response.status), retryAfter: seconds.map { min(max($0, 0), 86_400) * 1_000 })
    }
}

/// Errors that mean the same in every operation.
struct ChannelFailure {
    /// What the tariff forbids today may work after the owner has paid.
    private static let hour: Int64 = 3_600_000
    let kind: OperationFailure.Kind
    let reason: Reason

    private init(_ kind: OperationFailure.Kind, _ reason: Reason) { (self.kind, self.reason) = (kind, reason) }

    init(_ error: AvitoError) {
        let (kind, reason): (OperationFailure.Kind, Reason) =
            switch error.code {
            case 401: (.reconnectNeeded, .badKeys)
            case 402: (.retry(after: Self.hour, scope: .channel), .subscriptionRequired)
            case 403: (.reconnectNeeded, .forbidden)
            case 404: (.permanent, .chatNotFound)
            case 429: (.retry(after: error.retryAfter, scope: .channel), .tooMany)
            case 408, 500...599: (.retry(after: nil, scope: .channel), .unavailable)
            default: (.permanent, .refused)
            }
        self.init(kind, reason)
    }

    init(_ answer: AvitoAnswer) {
        switch answer {
        case .error(let error): self.init(error)
        case .ok, .unreadable: self.init(.retry(after: nil, scope: .channel), .unexpected)
        }
    }

    var step: ChannelStep { .result(.failed(OperationFailure(kind, reason))) }

    /// A request whose repetition does no harm, and of which nothing was heard.
    static let silence = ChannelStep.result(
        .failed(OperationFailure(.retry(after: nil, scope: .channel), .unavailable)))

    static let unexpected = ChannelStep.result(
        .failed(OperationFailure(.retry(after: nil, scope: .channel), .unexpected)))

    static func permanent(_ reason: Reason) -> ChannelStep { .result(.failed(OperationFailure(.permanent, reason))) }
}
