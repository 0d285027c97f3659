import ChannelKit

/// What a refusal means: the error table of the reference.
extension ChannelFailure {
    /// A request whose repetition does no harm, and of which nothing was heard.
    static let silence = later(.unavailable).step

    /// `makesMessage`: doing it twice would show.
    init(_ answer: GraphAnswer, makesMessage: Bool = false) {
        switch answer {
        case .error(let error): self.init(error, makesMessage)
        case .ok: self = makesMessage ? Self(.uncertain, .outcomeUnknown) : .later(.unexpected)
        case .unreadable(let status, let wait): self.init(status: status, wait, makesMessage)
        }
    }

    private init(status: Int, _ wait: Int64?, _ makesMessage: Bool) {
        switch status {
        // A gateway's timeout says nothing about the request behind it.
        case 200...299 where makesMessage, 408 where makesMessage, 504 where makesMessage: self.init(.uncertain, .outcomeUnknown)
        case 413: self.init(.permanent, .fileTooBig)
        default:
            self = ProviderReasons.own.failure(status: status, retryAfter: wait) ?? .later(.unexpected, after: wait)
        }
    }

    private init(_ error: GraphError, _ makesMessage: Bool) {
        switch error.code {
        case 1, 2: self = Self.unknown(error, makesMessage)
        case 4, 17, 32, 613, 80_001, 80_002, 80_006: self = .later(.tooMany, after: error.retryAfter)
        case 368: self = .later(.temporarilyBlocked, after: max(error.retryAfter ?? 0, Milliseconds.hour))
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
    private static func unknown(_ error: GraphError, _ makesMessage: Bool) -> ChannelFailure {
        switch error.subcode {
        case 2_018_344: ChannelFailure(.reconnectNeeded, .termsNotAccepted)
        default:
            makesMessage ? ChannelFailure(.uncertain, .outcomeUnknown) : .later(.unavailable, after: error.retryAfter)
        }
    }

    private static func permission(_ error: GraphError) -> ChannelFailure {
        switch error.subcode {
        case 2_018_278, 2_534_022, 2_018_065: ChannelFailure(.permanent, .windowClosed)
        case 2_018_108, 1_545_041: ChannelFailure(.blocked, .unreachable)
        case 1_893_063: .later(.restricted, after: max(error.retryAfter ?? 0, Milliseconds.hour))
        case 2_534_041: ChannelFailure(.reconnectNeeded, .messagesNotAllowed)
        case .some where error.code == 10: other(error)
        default: ChannelFailure(.reconnectNeeded, .permissionMissing)
        }
    }

    private static func parameter(_ error: GraphError) -> ChannelFailure {
        switch error.subcode {
        case 2_018_001, 2_534_014: ChannelFailure(.permanent, .unknownContact)
        case 2_534_029: ChannelFailure(.reconnectNeeded, .accountBlocked)
        case 2_018_047, 2_018_008, 2_018_294, 2_018_074: ChannelFailure(.permanent, .fileRefused)
        default: ChannelFailure(.permanent, .contentRefused)
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

    private static func other(_ error: GraphError) -> ChannelFailure {
        if error.isTransient || (500...599).contains(error.status) {
            return .later(.unavailable, after: error.retryAfter)
        }
        if error.status == 429 { return .later(.tooMany, after: error.retryAfter) }
        return ChannelFailure(.permanent, .refused)
    }
}
