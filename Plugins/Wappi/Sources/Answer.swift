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
        let isSuccess = (200...299).contains(response.status)
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
        let seconds = response.header("retry-after").flatMap { Int64($0) }
        self = .refused(
            Refusal(
                code: response.status, detail: (object?.text("detail", "error", "message") ?? plain).lowercased(),
                retryAfter: seconds.map { min(max($0, 0), 86_400) * 1_000 }))
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
struct ChannelFailure {
    let kind: OperationFailure.Kind
    let reason: Reason

    private init(_ kind: OperationFailure.Kind, _ reason: Reason) { (self.kind, self.reason) = (kind, reason) }

    init(_ refusal: Refusal) {
        let (kind, reason): (OperationFailure.Kind, Reason) =
            switch refusal.code {
            case 401: (.reconnectNeeded, .badToken)
            case 402: (.reconnectNeeded, .unpaid)
            case 404: (.permanent, .unexpected)
            case 413: (.permanent, .fileTooBig)
            case 429: (.retry(after: refusal.retryAfter, scope: .channel), .tooMany)
            case 408, 500...599: (.retry(after: nil, scope: .channel), .unavailable)
            case 200...299, 400...499: Self.business(refusal)
            default: (.retry(after: nil, scope: .channel), .unexpected)
            }
        self.init(kind, reason)
    }

    private static func business(_ refusal: Refusal) -> (OperationFailure.Kind, Reason) {
        if refusal.isWrongPlatform { return (.reconnectNeeded, .wrongPlatform) }
        if refusal.isUnknownProfile { return (.reconnectNeeded, .profileNotFound) }
        if refusal.isSignedOut { return (.reconnectNeeded, .signedOut) }
        return (.permanent, .refused)
    }

    init(_ answer: Answer) {
        switch answer {
        case .refused(let refusal): self.init(refusal)
        case .done, .unreadable: self.init(.retry(after: nil, scope: .channel), .unexpected)
        }
    }

    var step: ChannelStep { .failed(kind, reason) }

    /// A request whose repetition does no harm, and of which nothing was heard.
    static let silence = ChannelStep.failed(.retry(after: nil, scope: .channel), .unavailable)
}

extension ChannelStep {
    static func failed(_ kind: OperationFailure.Kind, _ reason: Reason) -> ChannelStep {
        .result(.failed(OperationFailure(kind, reason)))
    }
}
