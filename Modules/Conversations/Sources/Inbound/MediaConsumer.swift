import ChannelsInterface
import ConversationsInterface
import Kernel
import Persistence

/// Tells whoever looks at a message that its file is here, or will not come.
struct MediaConsumer: Sendable {
    func consume(_ delivery: Kernel.Delivery<MediaSettled>) async throws {
        let (event, account) = (delivery.event, delivery.account)
        try await delivery.complete { transaction in
            let transaction = try transaction.sql
            let id = MessageID(sameAs: event.inbound)
            guard let row = try MessageStore(transaction: transaction).find(id, of: account) else { return }
            try transaction.publish(MessageChanged(conversation: row.conversation, message: id))
        }
    }
}
