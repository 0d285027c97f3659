import ChannelKit

/// What an answer means for a delivery: the error table of the reference.
enum Verdict {
    case done(JSON.Object)
    /// MAX is still processing the file.
    case notReady
    case withoutReply
    case failed(OperationFailure.Kind, Reason)

    init(_ answer: BotAnswer, _ call: BotCall) {
        switch answer {
        case .ok(let result): self = .done(result)
        case .error(let error): self = Self.of(error, call.purpose)
        case .unreadable(let status):
            // The message was taken, but the answer got lost on the way.
            if call.makesMessage, (200...299).contains(status) {
                self = .failed(.uncertain, .outcomeUnknown)
            } else {
                self = .failed(.retry(after: nil, scope: .channel), .unexpected)
            }
        }
    }

    private static func of(_ error: BotError, _ purpose: BotCall.Purpose) -> Verdict {
        let failure = ChannelFailure(error)
        guard error.status < 500, ![401, 408, 429].contains(error.status), !error.isAboutToken else {
            // A gateway's timeout says nothing about the request behind it.
            if case .message = purpose, error.status == 504 || error.status == 408 { return .failed(.uncertain, .outcomeUnknown) }
            return .failed(failure.kind, failure.reason)
        }
        switch purpose {
        case .message(let isReply): return message(error, isReply: isReply)
        // What is gone need not be deleted.
        case .deletion where error.status == 404: return .done(JSON.Object())
        case .look, .edit, .deletion:
            let isContent = purpose == .edit && error.status == 400
            return .failed(.permanent, isContent ? .contentRefused : error.status == 405 ? .refused : .messageGone)
        case .answer: return .failed(.permanent, error.status == 405 ? .refused : .pressExpired)
        case .signal:
            switch error.status {
            case 403: return .failed(.blocked, .blocked)
            case 404: return .failed(.blocked, .chatNotFound)
            default: return .failed(.permanent, .refused)
            }
        case .uploadAddress, .upload:
            return .failed(.permanent, error.status == 413 ? .fileTooBig : error.status == 400 ? .fileRefused : .refused)
        }
    }

    private static func message(_ error: BotError, isReply: Bool) -> Verdict {
        switch error.status {
        case 400 where error.says("not.ready", "not.processed"): return .notReady
        case 403: return .failed(.blocked, .blocked)
        // Which of the two is wrong, dialog or answered message, only shows without the mark.
        case 400, 404:
            if isReply { return .withoutReply }
            if error.says("attachment", "upload") { return .failed(.permanent, .fileRefused) }
            return error.status == 404 ? .failed(.blocked, .chatNotFound) : .failed(.permanent, .contentRefused)
        case 413: return .failed(.permanent, .tooLong)
        default: return .failed(.permanent, .refused)
        }
    }
}

/// What an upload host answered: JSON for pictures and files, XML for videos and sounds.
enum UploadAnswer {
    case done(token: String)
    case failed(OperationFailure.Kind, Reason)

    /// `earlier` is the token that came with the address.
    init(_ response: HTTPResponse, _ type: UploadType, earlier: String?) {
        switch response.status {
        case 200...299:
            let answer = try? JSON.parse(response.body)
            let picture = answer?["photos"]?.object?.members.first?.value["token"]
            let token = (type == .image ? picture : nil)?.string ?? earlier ?? answer?["token"]?.string
            if let token, (1...MaxLimit.tokenBytes).contains(token.utf8.count) {
                self = .done(token: token)
            } else {
                self = .failed(.retry(after: nil, scope: .chat), .unexpected)
            }
        // The address has run out: the next attempt asks for another.
        case 401, 403, 404, 410: self = .failed(.retry(after: nil, scope: .chat), .unexpected)
        case 413: self = .failed(.permanent, .fileTooBig)
        case 400...499 where response.status != 408 && response.status != 429: self = .failed(.permanent, .fileRefused)
        default:
            let failure =
                ProviderReasons.own.failure(status: response.status, retryAfter: response.retryAfter) ?? ChannelFailure.oddAnswer
            self = .failed(failure.kind, failure.reason)
        }
    }
}

/// Errors that mean the same in every operation.
extension ChannelFailure {
    init(_ error: BotError) {
        if error.isAboutToken || error.status == 401 {
            self.init(.reconnectNeeded, .badToken)
        } else {
            // The limit is the bot's, not the dialog's.
            self =
                ProviderReasons.own.failure(status: error.status, retryAfter: error.retryAfter)
                ?? ChannelFailure(.permanent, .refused)
        }
    }

    init(_ answer: BotAnswer) {
        if case .error(let error) = answer { self.init(error) } else { self = .oddAnswer }
    }

    static let oddAnswer = later(.unexpected)
    static let unknownOutcome = ChannelFailure(.uncertain, .outcomeUnknown)
    /// A request whose repetition does no harm, and of which nothing was heard.
    static let silence = later(.unavailable).step
}

extension BotError {
    var isAboutToken: Bool { code == "verify.token" }
}
