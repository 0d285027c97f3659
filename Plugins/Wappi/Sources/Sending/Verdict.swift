import ChannelKit

/// What an answer means for a delivery: the error table of the reference.
enum Verdict {
    case done(JSON.Object)
    case withoutReply
    /// It did not happen; whose fault that is, the profile's state will tell.
    case doubtful(Doubt)
    case failed(OperationFailure.Kind, Reason)

    init(_ answer: Answer, _ call: WappiCall) {
        switch answer {
        case .done(let object): self = .done(object)
        case .unreadable where call.makesMessage: self = .failed(.uncertain, .outcomeUnknown)
        case .unreadable: self = .failed(.retry(after: nil, scope: .channel), .unexpected)
        case .refused(let refusal): self = Self.of(refusal, call)
        }
    }

    private static func of(_ refusal: Refusal, _ call: WappiCall) -> Verdict {
        let failure = ChannelFailure(refusal)
        switch refusal.code {
        // There is no idempotency key, and a gateway's hiccup says nothing about the request behind it.
        case 408 where call.makesMessage, 500...599 where call.makesMessage: return .failed(.uncertain, .outcomeUnknown)
        case 400:
            guard case .permanent = failure.kind else { return .failed(failure.kind, failure.reason) }
            if call.isReply, Doubt(refusal) == .message { return .withoutReply }
            return .doubtful(Doubt(refusal))
        case 200...299:
            guard case .permanent = failure.kind else { return .failed(failure.kind, failure.reason) }
            return .failed(.permanent, Doubt(refusal).reason)
        default: return .failed(failure.kind, failure.reason)
        }
    }
}
