package import Kernel

/// A customer's message was stored.
package struct MessageReceived: LiveNoticeEvent {
    package static let name = "conversations.message-received.v1"
    package let conversation: ConversationID
    package let message: MessageID
    package let channel: ChannelID
    /// Who had the turn when it came.
    package let owner: TurnOwner
    package let fence: Int64
    /// The provider's time; a message delivered days late is stored but not answered by the bot.
    package let occurredAt: Instant
    package var subject: String { conversation.description }
    package var liveName: String { "message.added" }
    package var liveIdentifiers: [String: String] {
        ["conversation_id": conversation.description, "message_id": message.description]
    }

    package init(
        conversation: ConversationID, message: MessageID, channel: ChannelID, owner: TurnOwner, fence: Int64, occurredAt: Instant
    ) {
        (self.conversation, self.message, self.channel) = (conversation, message, channel)
        (self.owner, self.fence, self.occurredAt) = (owner, fence, occurredAt)
    }
}

package enum VisitorConsentSubject {}

/// A visitor of a web chat agreed to the processing of what they write, before they wrote it. Told once for each form they filled in.
package struct VisitorConsented: Event {
    package static let name = "conversations.visitor-consented.v1"
    package let contact: ContactID
    /// The same word has the same id.
    package let consent: Identifier<VisitorConsentSubject>
    package let textVersion: String
    /// SHA-256 of the exact text and link, hexadecimal.
    package let textHash: String
    package let givenAt: Instant
    package var subject: String { contact.description }

    package init(
        contact: ContactID, consent: Identifier<VisitorConsentSubject>, textVersion: String, textHash: String, givenAt: Instant
    ) {
        (self.contact, self.consent) = (contact, consent)
        (self.textVersion, self.textHash, self.givenAt) = (textVersion, textHash, givenAt)
    }
}

/// A reply, note or system line was stored.
package struct MessageAdded: LiveNoticeEvent {
    package static let name = "conversations.message-added.v1"
    package let conversation: ConversationID
    package let message: MessageID
    package let author: MessageAuthor
    /// It was written in the provider's own app and is at the customer's already.
    package let isEcho: Bool
    package var subject: String { conversation.description }
    package var liveName: String { "message.added" }
    package var liveIdentifiers: [String: String] {
        ["conversation_id": conversation.description, "message_id": message.description]
    }

    package init(conversation: ConversationID, message: MessageID, author: MessageAuthor, isEcho: Bool = false) {
        (self.conversation, self.message, self.author, self.isEcho) = (conversation, message, author, isEcho)
    }
}

/// A message was edited, deleted or changed its delivery state.
package struct MessageChanged: LiveNoticeEvent {
    package static let name = "conversations.message-changed.v1"
    package let conversation: ConversationID
    package let message: MessageID
    package var subject: String { conversation.description }
    package var liveName: String { "message.changed" }
    package var liveIdentifiers: [String: String] {
        ["conversation_id": conversation.description, "message_id": message.description]
    }

    package init(conversation: ConversationID, message: MessageID) {
        (self.conversation, self.message) = (conversation, message)
    }
}

/// The turn, the assignee, the state or the counters of a conversation changed.
package struct ConversationChanged: LiveNoticeEvent {
    package static let name = "conversations.conversation-changed.v1"
    package let conversation: ConversationID
    /// The turn was given back to the bot by a person: it may answer what stands open.
    package let givenBack: Bool
    /// What of it has a name; empty for mere counters.
    package let steps: [ConversationStep]
    package var subject: String { conversation.description }
    package var liveName: String { "conversation.changed" }
    package var liveIdentifiers: [String: String] { ["conversation_id": conversation.description] }

    package init(conversation: ConversationID, givenBack: Bool = false, steps: [ConversationStep] = []) {
        (self.conversation, self.givenBack, self.steps) = (conversation, givenBack, steps)
    }
}

/// A step in a conversation's life that others act on.
package enum ConversationStep: String, Codable, Sendable {
    /// It began, or was opened again.
    case opened
    /// Somebody else has it, or nobody.
    case assigned
    /// The bot called a person.
    case handedOver = "handed_over"
    case closed
}
