import ChannelsInterface

/// What each event tells: the public description of the payloads.
enum WebhookCatalogue {
    struct Entry: Codable { let event: String, description: String, fields: [String] }

    static let entries = WebhookEvent.allCases.map { event in
        Entry(event: event.rawValue, description: event.meaning, fields: event.fields)
    }
}

extension WebhookEvent {
    fileprivate var meaning: String {
        switch self {
        case .messageReceived: "A customer wrote."
        case .messageSent: "A message of the bot or a person was taken by the provider, or was written in the provider's own app."
        case .messageFailed: "A message could not be sent."
        case .conversationOpened: "A conversation began, or was opened again."
        case .conversationAssigned: "Somebody else has the conversation, or nobody."
        case .conversationHandedOver: "The bot called a person."
        case .conversationClosed: "A conversation was closed."
        case .contactCreated: "A new customer wrote for the first time."
        case .contactUpdated: "A customer's name, language or picture is another. The picture is not among the fields."
        case .channelChanged: "A channel was connected, changed or removed, or its health changed."
        case .ping: "Somebody asked for a test. Every endpoint gets it."
        }
    }

    /// Of `data`, by their paths. Those with a `?` may be missing.
    fileprivate var fields: [String] {
        switch self {
        case .messageReceived, .messageSent, .messageFailed:
            [
                "message_id", "conversation_id", "channel_id", "contact.id", "contact.name", "direction", "author.type",
                "author.id?", "text?", "text_truncated", "attachments[].kind", "attachments[].file?", "attachments[].name?",
                "attachments[].mime?", "attachments[].size?", "sent_at", "edited", "deleted", "status", "failure_code?",
                "failure_reason?",
            ]
        case .conversationOpened, .conversationAssigned, .conversationHandedOver, .conversationClosed:
            [
                "conversation_id", "channel_id", "contact.id", "contact.name", "state", "owner", "assignee_id?", "needs_human",
                "handoff_reason?", "referral?.source", "referral?.reference?", "referral?.campaign?", "referral?.title?",
                "referral?.url?", "created_at",
            ]
        case .contactCreated, .contactUpdated: ["contact_id", "name", "language?", "created_at"]
        case .channelChanged: ["channel_id", "kind?", "name?", "state", "problem?"]
        case .ping: ["message"]
        }
    }
}
