import ChannelKit

/// Until when one may write: 24 hours after the customer's last act, and 7 days for people whose app has the Human Agent feature. A bot
/// never gets the tag.
struct ReplyWindow {
    enum Passage {
        case open, tagged
        case closed(Reason)
    }
    private let isPerson: Bool
    private let isApproved: Bool
    /// Since the customer last wrote; nil when nobody knows.
    private let elapsed: Int64?

    init(_ action: OutboundAction, _ context: ChannelContext) {
        isPerson = action.author == .person
        isApproved = context.flag(Setting.humanAgent)
        elapsed = action.lastInboundAt.map { last in
            max(0, context.now.saturatingSubtracting(last))
        }
    }

    private var isFresh: Bool { elapsed.map { $0 < Milliseconds.day } ?? true }
    private var isWithinPersonDays: Bool { elapsed.map { $0 < Milliseconds.day * MetaLimit.personDays } ?? true }

    /// `isRefused`: Meta has said that its own day is over.
    func passage(isRefused: Bool) -> Passage {
        if isFresh, !isRefused { return .open }
        if mayTag { return .tagged }
        return .closed(isPerson && !isApproved && isWithinPersonDays ? .humanAgentMissing : .windowClosed)
    }

    /// Whether the tag is allowed to be tried.
    var mayTag: Bool { isPerson && isApproved && isWithinPersonDays }

    /// The day is certainly over.
    var isOver: Bool { !isFresh }
}
