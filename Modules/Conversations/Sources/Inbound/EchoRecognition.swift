import ChannelsInterface
import Kernel
import Persistence

/// Tells our own messages that come back from those that somebody wrote outside the product.
///
/// It matters twice: a person's message takes the turn from the bot, and our own proves that an uncertain delivery arrived.
struct EchoRecognition {
    let transaction: any SQLTransaction
    let conversation: ConversationRow
    let seal: MessageSeal
    let outbox: any MessageOutbox
    let occurredAt: Instant
    /// How long the echo has been here.
    let age: Duration

    enum Finding {
        case ours, foreign
        /// A message of ours is under way and its id is not known yet: look again in a moment.
        case undecided
    }

    /// An echo comes with its message, not days later: an older message with the same words is another one.
    private static let nearby = Duration.seconds(600)
    /// No request takes longer. A message that is still on its way then is not what this echo is of, or nobody will ever know.
    private static let patience = Duration.seconds(60)
    /// Providers split long texts only, at thousands of characters: fewer are somebody's own words.
    private static let shortestPart = 200
    /// How many of the latest messages are looked at: more than can be on their way in one conversation.
    private static let window = 50

    /// `content` has an id that no stored message is known by.
    func recognise(_ content: InboundMessage, from origin: InboundOrigin) throws -> Finding {
        let messages = MessageStore(transaction: transaction)
        if let id = content.message, let row = try messages.find(id, of: conversation.account),
            row.conversation == conversation.id, row.direction == .outgoing
        {
            try arrived(id, as: content.externalID, isWhole: try seal.openText(row) == content.text)
            return .ours
        }
        guard origin == .unknown || origin == .ourselves else { return .foreign }
        let unsettled = try messages.unsettled(in: conversation.id, account: conversation.account, among: Self.window)
        let standings = try outbox.standings(of: unsettled.map(\.id), in: transaction)
        if standings.values.contains(where: { $0.externalIDs.contains(content.externalID) }) { return .ours }
        let isSending = standings.values.contains { $0.status == .sending }
        if isSending, age < Self.patience, origin == .unknown { return .undecided }
        for row in unsettled where isOpen(standings[row.id]) && isNear(row) && !content.text.isEmpty {
            let text = try seal.openText(row)
            if text == content.text {
                try arrived(row.id, as: content.externalID, isWhole: true)
                return .ours
            }
            // One part of a text that was split proves nothing about the others.
            if content.text.count >= Self.shortestPart, text.hasPrefix(content.text) || text.hasSuffix(content.text) {
                return .ours
            }
        }
        return origin == .ourselves ? .ours : .foreign
    }

    private func isOpen(_ standing: OutboxStanding?) -> Bool { standing?.status == .uncertain || standing?.status == .sending }

    private func isNear(_ row: MessageRow) -> Bool {
        abs(occurredAt.duration(since: row.occurredAt).inSeconds) < Self.nearby.inSeconds
    }

    private func arrived(_ message: MessageID, as externalID: String, isWhole: Bool) throws {
        let external = ExternalStore(transaction: transaction, account: conversation.account, conversation: conversation.id)
        _ = try external.bind(externalID, to: message)
        try outbox.confirm(message, externalID: externalID, isWhole: isWhole, in: transaction)
    }
}
