import ChannelKit

/// What Wappi answered.
enum Answer {
    case done(JSON.Object)
    case refused(Refusal)
    /// A success that is not JSON: a proxy, half a body.
    case unreadable

    /// A page of messages may carry media as base64.
    private static let limits = JSONLimits(bytes: 32 << 20, nodes: 200_000)

    init(_ response: HTTPResponse) {
        let object = (try? JSON.parse(response.body, limits: Self.limits))?.object
        let isSuccess = response.isSuccess
        if isSuccess, object == nil {
            self = .unreadable
            return
        }
        // `get/status` has no status of its own.
        if isSuccess, let object, ["done", "ok", "success"].contains(object.text("status") ?? "done") {
            self = .done(object)
            return
        }
        let plain = String(decoding: response.body.prefix(300), as: UTF8.self)
        self = .refused(
            Refusal(
                code: response.status, detail: (object?.text("detail", "error", "message") ?? plain).lowercased(),
                retryAfter: response.retryAfter))
    }
}

struct Refusal {
    /// Of HTTP. 200 is a business failure.
    let code: Int
    /// In lower case; English or Russian, and not contractual.
    let detail: String
    /// Milliseconds.
    let retryAfter: Int64?

    func says(_ words: String...) -> Bool { words.contains { detail.contains($0) } }

    var isWrongPlatform: Bool { says("wrong platform", "неверная платформа") }
    var isUnknownProfile: Bool { says("profile not found", "profile_not_found", "профиль не найден") }
    var isSignedOut: Bool {
        says("not authorized", "not authorised", "unauthorized", "not logged in", "не авторизован", "disconnected")
    }
}

/// What an answer means in every operation: section 4 of the reference.
extension ChannelFailure {
    init(_ refusal: Refusal) {
        self =
            switch refusal.code {
            case 401: ChannelFailure(.reconnectNeeded, .badToken)
            case 402: ChannelFailure(.reconnectNeeded, .unpaid)
            case 404: ChannelFailure(.permanent, .unexpected)
            case 413: ChannelFailure(.permanent, .fileTooBig)
            default:
                ProviderReasons.own.failure(status: refusal.code, retryAfter: refusal.retryAfter) ?? Self.business(refusal)
            }
    }

    private static func business(_ refusal: Refusal) -> ChannelFailure {
        guard (200...299).contains(refusal.code) || (400...499).contains(refusal.code) else { return .later(.unexpected) }
        if refusal.isWrongPlatform { return ChannelFailure(.reconnectNeeded, .wrongPlatform) }
        if refusal.isUnknownProfile { return ChannelFailure(.reconnectNeeded, .profileNotFound) }
        if refusal.isSignedOut { return ChannelFailure(.reconnectNeeded, .signedOut) }
        return ChannelFailure(.permanent, .refused)
    }

    init(_ answer: Answer) {
        if case .refused(let refusal) = answer { self.init(refusal) } else { self = .later(.unexpected) }
    }

    /// A request whose repetition does no harm, and of which nothing was heard.
    static let silence = later(.unavailable).step
}
