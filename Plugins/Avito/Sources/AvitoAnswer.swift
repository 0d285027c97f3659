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
            self = bytes.isEmpty ? .empty : (try? JSON.parse(bytes, limits: .answer)).map(Body.json) ?? .other
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
        self.init(code: Int64(response.status), retryAfter: response.retryAfter)
    }
}

/// Errors that mean the same in every operation.
extension ChannelFailure {
    init(_ error: AvitoError) {
        self =
            switch error.code {
            case 401: ChannelFailure(.reconnectNeeded, .badKeys)
            // What the tariff forbids today may work after the owner has paid.
            case 402: .later(.subscriptionRequired, after: Milliseconds.hour)
            case 403: ChannelFailure(.reconnectNeeded, .forbidden)
            case 404: ChannelFailure(.permanent, .chatNotFound)
            default:
                ProviderReasons.own.failure(status: Int(clamping: error.code), retryAfter: error.retryAfter)
                    ?? ChannelFailure(.permanent, .refused)
            }
    }

    init(_ answer: AvitoAnswer) {
        if case .error(let error) = answer { self.init(error) } else { self = .later(.unexpected) }
    }

    /// A request whose repetition does no harm, and of which nothing was heard.
    static let silence = later(.unavailable).step
    static let unexpected = later(.unexpected).step
}
