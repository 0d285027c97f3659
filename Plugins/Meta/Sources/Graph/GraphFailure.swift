import ChannelKit

/// What a refusal means: the error table of the reference.
struct GraphFailure {
    let kind: OperationFailure.Kind
    let reason: Reason

    private init(_ kind: OperationFailure.Kind, _ reason: Reason) { (self.kind, self.reason) = (kind, reason) }

    var step: ChannelStep { .result(.failed(OperationFailure(kind, reason))) }

    /// A request whose repetition does no harm, and of which nothing was heard.
    static let silence = GraphFailure(.retry(after: nil, scope: .channel), .unavailable)

    private static let hour: Int64 = 3_600_000

    /// `makesMessage`: doing it twice would show.
    init(_ answer: GraphAnswer, makesMessage: Bool = false) {
        switch answer {
        case .error(let error): self.init(error, makesMessage)
        case .ok: self = makesMessage ? Self(.uncertain, .outcomeUnknown) : Self(.retry(after: nil, scope: .channel), .unexpected)
        case .unreadable(let status, let wait): self.init(status: status, wait, makesMessage)
        }
    }

    private init(status: Int, _ wait: Int64?, _ makesMessage: Bool) {
        switch status {
        // A gateway's timeout says nothing about the request behind it.
        case 200..<300 where makesMessage, 504 where makesMessage: self.init(.uncertain, .outcomeUnknown)
        case 413: self.init(.permanent, .fileTooBig)
        case 429: self.init(.retry(after: wait, scope: .channel), .tooMany)
        case 500...599: self.init(.retry(after: wait, scope: .channel), .unavailable)
        default: self.init(.retry(after: wait, scope: .channel), .unexpected)
        }
    }

    private init(_ error: GraphError, _ makesMessage: Bool) {
        switch error.code {
        case 1, 2: self = Self.unknown(error, makesMessage)
        case 4, 17, 32, 613, 80_001, 80_002, 80_006: self.init(.retry(after: error.retryAfter, scope: .channel), .tooMany)
        case 368: self.init(.retry(after: max(error.retryAfter ?? 0, Self.hour), scope: .channel), .temporarilyBlocked)
        case 10: self = Self.permission(error)
        case 551: self.init(.blocked, .unreachable)
        case 200...299: self = Self.permission(error)
        case 100: self = Self.parameter(error)
        case 190: self.init(.reconnectNeeded, Self.lostToken(error.subcode))
        case 102: self.init(.reconnectNeeded, .badToken)
        case 104: self.init(.reconnectNeeded, .proofRequired)
        case 2_500: self.init(.reconnectNeeded, .badVersion)
        case 36_000: self.init(.permanent, .fileTooBig)
        default: self = Self.other(error)
        }
    }

    /// Codes 1 and 2 say that Meta does not know either: the message may have gone out.
    private static func unknown(_ error: GraphError, _ makesMessage: Bool) -> GraphFailure {
        switch error.subcode {
        case 2_018_344: GraphFailure(.reconnectNeeded, .termsNotAccepted)
        default:
            makesMessage
                ? GraphFailure(.uncertain, .outcomeUnknown)
                : GraphFailure(.retry(after: error.retryAfter, scope: .channel), .unavailable)
        }
    }

    private static func permission(_ error: GraphError) -> GraphFailure {
        switch error.subcode {
        case 2_018_278, 2_534_022, 2_018_065: GraphFailure(.permanent, .windowClosed)
        case 2_018_108, 1_545_041: GraphFailure(.blocked, .unreachable)
        case 1_893_063: GraphFailure(.retry(after: max(error.retryAfter ?? 0, hour), scope: .channel), .restricted)
        case 2_534_041: GraphFailure(.reconnectNeeded, .messagesNotAllowed)
        case .some where error.code == 10: other(error)
        default: GraphFailure(.reconnectNeeded, .permissionMissing)
        }
    }

    private static func parameter(_ error: GraphError) -> GraphFailure {
        switch error.subcode {
        case 2_018_001, 2_534_014: GraphFailure(.permanent, .unknownContact)
        case 2_534_029: GraphFailure(.reconnectNeeded, .accountBlocked)
        case 2_018_047, 2_018_008, 2_018_294, 2_018_074: GraphFailure(.permanent, .fileRefused)
        default: GraphFailure(.permanent, .contentRefused)
        }
    }

    private static func lostToken(_ subcode: Int64?) -> Reason {
        switch subcode {
        case 458: .appRemoved
        case 460: .passwordChanged
        case 463: .tokenExpired
        case 464: .accountUnconfirmed
        case 492: .roleLost
        default: .badToken
        }
    }

    private static func other(_ error: GraphError) -> GraphFailure {
        if error.isTransient || (500...599).contains(error.status) {
            return GraphFailure(.retry(after: error.retryAfter, scope: .channel), .unavailable)
        }
        if error.status == 429 { return GraphFailure(.retry(after: error.retryAfter, scope: .channel), .tooMany) }
        return GraphFailure(.permanent, .refused)
    }
}
