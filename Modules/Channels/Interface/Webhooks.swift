package import Kernel

package enum WebhookSubject {}
/// An address of a developer's program that is told what happens in an account.
package typealias WebhookID = Identifier<WebhookSubject>

/// What developers' programs can subscribe to. The names are public and never change their meaning.
package enum WebhookEvent: String, Codable, CaseIterable, Sendable {
    case messageReceived = "message.received"
    case messageSent = "message.sent"
    case messageFailed = "message.failed"
    case conversationOpened = "conversation.opened"
    case conversationAssigned = "conversation.assigned"
    case conversationHandedOver = "conversation.handed_over"
    case conversationClosed = "conversation.closed"
    case contactCreated = "contact.created"
    case contactUpdated = "contact.updated"
    case channelChanged = "channel.changed"
    /// Sent when somebody asks for a test; everybody gets it.
    case ping = "webhook.ping"
}

/// Tells the developers' programs of an account what happened.
package protocol WebhookAnnouncer: Sendable {
    /// Makes a delivery for each enabled endpoint of the transaction's account that subscribed to the event; they are committed with the
    /// caller's change or not at all. Announced twice, it is told twice, under different ids. No order is promised to receivers.
    func announce(_ notice: WebhookNotice, in transaction: any Transaction) throws
}

/// Something that happened, as it waits to be told.
package struct WebhookNotice: Sendable {
    package let event: WebhookEvent
    /// Identifiers and codes, by the names they have in the payload. They are stored in the clear: nobody's words or names belong here.
    package let facts: [String: String]
    package let occurredAt: Instant

    package init(_ event: WebhookEvent, facts: [String: String], occurredAt: Instant) {
        (self.event, self.facts, self.occurredAt) = (event, facts, occurredAt)
    }
}

/// Reads, at the moment of sending, what a notice is about. So what was erased meanwhile is not told any more, however long a receiver
/// was away.
package protocol WebhookContentSource: Sendable {
    /// Nil when nothing of it is left, and for events of other sources.
    func content(of notice: WebhookNotice, account: AccountID) async throws -> WebhookContent?
}

/// The `data` of a payload.
package struct WebhookContent: Sendable {
    /// Whose data it is; nil when it is nobody's.
    package let person: ContactID?
    /// Its keys become snake_case.
    package let data: any Encodable & Sendable

    package init(person: ContactID?, data: any Encodable & Sendable) { (self.person, self.data) = (person, data) }
}

/// A developer's endpoint was added, changed, disabled or removed.
package struct WebhookChanged: LiveNoticeEvent {
    package static let name = "channels.webhook-changed.v1"
    package let webhook: WebhookID
    package var subject: String { webhook.description }
    package var liveName: String { "webhook.changed" }
    package var liveIdentifiers: [String: String] { ["webhook_id": webhook.description] }

    package init(webhook: WebhookID) { self.webhook = webhook }
}
