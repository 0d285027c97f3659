import ChannelKit

/// What an answer means for a delivery: the error table of the reference.
enum Verdict {
    /// The call's `result`, or null when there was nothing left to do.
    case done(JSON)
    case withoutReply
    case asCaption
    case moved(Int64)
    case failed(OperationFailure.Kind, Reason)

    init(_ answer: BotAnswer, _ call: BotCall) {
        switch answer {
        case .ok(let result): self = .done(result)
        case .error(let error): self = Self.of(error, call)
        case .unreadable(let status): self = Self.unreadable(status, call)
        }
    }

    private static func of(_ error: BotError, _ call: BotCall) -> Verdict {
        if let chat = error.migratedTo { return .moved(chat) }
        switch error.code {
        case 400: return badRequest(error)
        case 403: return forbidden(error)
        case 413: return .failed(.permanent, .fileTooBig)
        default:
            let failure = ChannelFailure(error)
            // A gateway's timeout says nothing about the request behind it.
            if error.code == 504 || error.code == 408, call.makesMessage { return .failed(.uncertain, .outcomeUnknown) }
            guard case .retry(let after, _) = failure.kind, error.code == 429 else {
                return .failed(failure.kind, failure.reason)
            }
            return .failed(.retry(after: after, scope: .chat), failure.reason)
        }
    }

    private static func badRequest(_ error: BotError) -> Verdict {
        if error.says("message is not modified") { return .done(.null) }
        if error.says("message to be replied not found", "replied message not found") { return .withoutReply }
        if error.says("there is no text in the message to edit") { return .asCaption }
        if error.says("chat not found", "user not found", "peer_id_invalid", "chat_id_invalid") {
            return .failed(.blocked, .chatNotFound)
        }
        if error.says(
            "message to edit not found", "message to delete not found", "message can't be deleted",
            "message can't be edited", "message_id_invalid", "message identifier is not specified",
            "message to react not found")
        {
            return .failed(.permanent, .messageGone)
        }
        if error.says("business connection not found", "business_connection_invalid", "business_peer_invalid") {
            return .failed(.permanent, .businessLost)
        }
        if error.says("query is too old", "query id is invalid") { return .failed(.permanent, .pressExpired) }
        if error.says("file is too big", "request entity too large") { return .failed(.permanent, .fileTooBig) }
        if error.says("file is temporarily unavailable") {
            return .failed(.retry(after: nil, scope: .chat), .fileUnavailable)
        }
        if error.says("button_data_invalid", "reply markup is too long", "button_url_invalid") {
            return .failed(.permanent, .badButtons)
        }
        if error.says("text is too long", "message is too long", "caption is too long", "text is empty") {
            return .failed(.permanent, .tooLong)
        }
        if error.says(
            "wrong http url", "failed to get http url content", "wrong type of the web page content", "can't upload file",
            "wrong file identifier", "image_process_failed", "photo_invalid_dimensions", "wrong file_id")
        {
            return .failed(.permanent, .fileRefused)
        }
        return .failed(.permanent, .contentRefused)
    }

    private static func forbidden(_ error: BotError) -> Verdict {
        if error.says("can't initiate conversation") { return .failed(.blocked, .notStarted) }
        if error.says("blocked", "deactivated", "kicked", "not a member") { return .failed(.blocked, .blocked) }
        return .failed(.permanent, .refused)
    }

    private static func unreadable(_ status: Int, _ call: BotCall) -> Verdict {
        switch status {
        case 200 where call.makesMessage, 408 where call.makesMessage, 504 where call.makesMessage:
            .failed(.uncertain, .outcomeUnknown)
        case 413: .failed(.permanent, .fileTooBig)
        case 500...599: .failed(.retry(after: nil, scope: .channel), .unavailable)
        default: .failed(.retry(after: nil, scope: .channel), .unexpected)
        }
    }
}

/// Errors that mean the same in every operation.
extension ChannelFailure {
    init(_ error: BotError) {
        self =
            switch error.code {
            case 401, 404: ChannelFailure(.reconnectNeeded, .badToken)
            case 409: .later(.otherInstance, after: 30_000)
            case 421: .later(.unexpected)
            default:
                ProviderReasons.own.failure(status: Int(clamping: error.code), retryAfter: error.retryAfter)
                    ?? ChannelFailure(.permanent, .refused)
            }
    }

    init(_ answer: BotAnswer) {
        if case .error(let error) = answer { self.init(error) } else { self = .later(.unexpected) }
    }

    /// A request whose repetition does no harm, and of which nothing was heard.
    static let silence = later(.unavailable).step
}
