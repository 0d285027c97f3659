import ChannelsInterface
import ConversationsInterface
import Kernel
import Persistence

/// Notes what became of outgoing messages.
struct DeliveryConsumer: Sendable {
    func consume(_ delivery: Kernel.Delivery<MessageDeliveryChanged>) async throws {
        let (event, account) = (delivery.event, delivery.account)
        try await delivery.complete { transaction in
            let transaction = try transaction.sql
            let messages = MessageStore(transaction: transaction)
            let external = ExternalStore(transaction: transaction, account: account, conversation: event.conversation)
            var status = event.status
            for externalID in event.externalIDs {
                // A receipt may have come before the provider's answer to the send.
                if let early = try external.bind(externalID, to: event.message)?.status, early.rank > status.rank {
                    status = early
                }
            }
            let changed = try messages.advance(
                event.message, account: account, to: status, failureCode: event.failureCode, failureReason: event.failureReason,
                heldUntil: event.heldUntil)
            if changed, event.heldUntil != nil {
                // So that a customer's message, or a change of the turn, finds it.
                try ConversationStore(transaction: transaction).noteWaiting(in: event.conversation, account: account)
            }
            if changed { try transaction.publish(MessageChanged(conversation: event.conversation, message: event.message)) }
        }
    }
}
