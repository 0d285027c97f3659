import ChannelsInterface
import ConversationsInterface
import CRMInterface
import Kernel

/// Turns what happens to messages, conversations and contacts into notices for developers' programs, in the transaction in which it happens.
struct ConversationNotices: Sendable {
    let webhooks: any WebhookAnnouncer
    let time: any TimeSource

    func subscribe(to bus: any EventBus) {
        bus.react(to: MessageReceived.self) { event, transaction in
            try announce(
                .messageReceived,
                [
                    "message_id": event.message.description, "conversation_id": event.conversation.description,
                    "channel_id": event.channel.description,
                ], in: transaction)
        }
        bus.react(to: MessageAdded.self) { event, transaction in
            guard event.isEcho else { return }
            try sent(event.message, in: event.conversation, transaction)
        }
        bus.react(to: MessageDeliveryChanged.self) { event, transaction in
            switch event.status {
            case .sent: try sent(event.message, in: event.conversation, transaction)
            case .failed: try failed(event, transaction)
            default: break
            }
        }
        bus.react(to: ConversationChanged.self) { event, transaction in
            for step in event.steps {
                try announce(step.webhook, ["conversation_id": event.conversation.description], in: transaction)
            }
        }
        bus.react(to: ContactCreated.self) { event, transaction in
            try announce(.contactCreated, ["contact_id": event.contact.description], in: transaction)
        }
        bus.react(to: ContactChanged.self) { event, transaction in
            try announce(.contactUpdated, ["contact_id": event.contact.description], in: transaction)
        }
    }

    private func sent(_ message: MessageID, in conversation: ConversationID, _ transaction: any Transaction) throws {
        try announce(
            .messageSent,
            [
                "message_id": message.description, "conversation_id": conversation.description,
                "status": DeliveryStatus.sent.rawValue,
            ], in: transaction)
    }

    private func failed(_ event: MessageDeliveryChanged, _ transaction: any Transaction) throws {
        var facts = [
            "message_id": event.message.description, "conversation_id": event.conversation.description,
            "status": DeliveryStatus.failed.rawValue,
        ]
        facts["failure_code"] = event.failureCode
        facts["failure_reason"] = event.failureReason
        try announce(.messageFailed, facts, in: transaction)
    }

    private func announce(_ event: WebhookEvent, _ facts: [String: String], in transaction: any Transaction) throws {
        try webhooks.announce(WebhookNotice(event, facts: facts, occurredAt: time.now()), in: transaction)
    }
}

extension ConversationStep {
    fileprivate var webhook: WebhookEvent {
        switch self {
        case .opened: .conversationOpened
        case .assigned: .conversationAssigned
        case .handedOver: .conversationHandedOver
        case .closed: .conversationClosed
        }
    }
}
