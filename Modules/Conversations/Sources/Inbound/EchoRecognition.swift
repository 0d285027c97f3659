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

    enum Finding {
        case ours, foreign
        /// A message of ours is under way and its id is not known yet: look again in a moment.
        case undecided
    }

    /// How many of the latest messages are looked at: more than can be on their way in one conversation.
    private static let window = 50

    /// `content` has an id that no stored message is known by.
    func recognise(_ content: InboundMessage, from origin: InboundOrigin) throws -> Finding {
        let messages = MessageStore(transaction: transaction)
        if let id = content.message, let row = try messages.find(id, of: conversation.account),
            row.conversation == conversation.id, row.direction == .outgoing
        {
            try arrived(id, as: content.externalID)
            return .ours
        }
        guard origin == .unknown || origin == .ourselves else { return .foreign }
        let unsettled = try messages.unsettled(in: conversation.id, account: conversation.account, among: Self.window)
        let standings = try outbox.standings(of: unsettled.map(\.id), in: transaction)
        if standings.values.contains(where: { $0.externalIDs.contains(content.externalID) }) { return .ours }
        for row in unsettled where standings[row.id]?.status == .uncertain && !content.text.isEmpty {
            let text = try seal.openText(row)
            if text == content.text {
                try arrived(row.id, as: content.externalID)
                return .ours
            }
            // One part of a text that was split proves nothing about the others.
            if text.contains(content.text) { return .ours }
        }
        if origin == .ourselves { return .ours }
        return standings.values.contains { $0.status == .sending } ? .undecided : .foreign
    }

    private func arrived(_ message: MessageID, as externalID: String) throws {
        let external = ExternalStore(transaction: transaction, account: conversation.account, conversation: conversation.id)
        _ = try external.bind(externalID, to: message)
        try outbox.confirm(message, externalID: externalID, in: transaction)
    }
}
