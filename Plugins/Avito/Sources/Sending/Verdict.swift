import ChannelKit

/// What an answer means for a delivery: the error table of the reference.
enum Verdict {
    case done(JSON)
    /// With a token that was just got: this chat or the whole account is closed to us.
    case forbidden
    case failed(OperationFailure.Kind, Reason)

    init(_ answer: AvitoAnswer, _ call: DeliveryCall) {
        switch answer {
        case .ok(let result): self = Self.confirmed(result, call)
        case .error(let error): self = Self.of(error, call)
        case .unreadable(let status): self = Self.unreadable(status, call)
        }
    }

    /// A message without an id is one that nobody can refer to: its history tells which it is.
    private static func confirmed(_ result: JSON, _ call: DeliveryCall) -> Verdict {
        if call.makesMessage, result["id"]?.identifier == nil { return .failed(.uncertain, .outcomeUnknown) }
        if case .upload = call, uploaded(result) == nil {
            return .failed(.retry(after: nil, scope: .channel), .unexpected)
        }
        return .done(result)
    }

    /// The id of an uploaded picture is the key under which its sizes are.
    static func uploaded(_ result: JSON) -> String? {
        result.object?.members.first { $0.value.object != nil && !$0.key.isEmpty }?.key
    }

    private static func of(_ error: AvitoError, _ call: DeliveryCall) -> Verdict {
        switch (error.code, call) {
        // Only one's own messages, and within an hour.
        case (400, .delete), (403, .delete), (404, .delete): .failed(.permanent, .messageGone)
        case (400, .upload), (415, .upload), (422, .upload): .failed(.permanent, .fileRefused)
        case (413, .upload): .failed(.permanent, .fileTooBig)
        case (400, _), (413, _), (422, _): .failed(.permanent, .contentRefused)
        case (403, _): .forbidden
        // Only "temporarily unavailable" says that nothing was done.
        case (408, _) where call.makesMessage, (500...599, _) where call.makesMessage && error.code != 503:
            .failed(.uncertain, .outcomeUnknown)
        default: .failed(ChannelFailure(error).kind, ChannelFailure(error).reason)
        }
    }

    private static func unreadable(_ status: Int, _ call: DeliveryCall) -> Verdict {
        switch status {
        case 200...299 where call.makesMessage, 408 where call.makesMessage: .failed(.uncertain, .outcomeUnknown)
        case 413: .failed(.permanent, .fileTooBig)
        default: .failed(.retry(after: nil, scope: .channel), .unexpected)
        }
    }
}
