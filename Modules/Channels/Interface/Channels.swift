package import Kernel

/// The channels of an account.
package protocol ChannelDirectory: Sendable {
    func channel(_ id: ChannelID, of account: AccountID) async throws -> ChannelSummary?
    func channels(of account: AccountID) async throws -> [ChannelSummary]
}

/// A channel as other modules name it.
package struct ChannelSummary: Sendable {
    package let id: ChannelID
    package let kind: String
    package let name: String

    package init(id: ChannelID, kind: String, name: String) { (self.id, self.kind, self.name) = (id, kind, name) }
}

/// The outbox: messages leave in order per conversation, each at most once, never after somebody took the turn away.
package protocol MessageOutbox: Sendable {
    /// Queues `message` in the caller's transaction. The same id twice is queued once.
    func enqueue(_ message: OutgoingMessage, in transaction: any Transaction) throws

    /// From now on only messages of turn `fence` or later may leave for `conversation`; older ones that have not begun are dropped.
    func raiseFence(of conversation: ConversationID, to fence: Int64, in transaction: any Transaction) throws

    /// Why the account's rules would not let a message leave at `moment`; nil when they would. Answers are never held.
    func hold(_ occasion: SendingOccasion, at moment: Instant, in transaction: any Transaction) throws -> SendingHold?

    /// Sends a message that a rule holds, in spite of the rule. Throws `Problem.conflict` when none does.
    func overrule(_ message: MessageID, in transaction: any Transaction) throws

    /// Takes back a message that waits to leave. False when a part of it left, or it is at its end: then nothing changes.
    func withdraw(_ message: MessageID, in transaction: any Transaction) throws -> Bool

    /// Gives a failed or uncertain message another try. Throws `Problem.conflict` in any other state.
    func retry(_ message: MessageID, in transaction: any Transaction) throws

    /// Where these messages stand on their way; those that were never queued are missing.
    func standings(of messages: [MessageID], in transaction: any Transaction) throws -> [MessageID: OutboxStanding]

    /// The provider shows that `message`, or a part of it, arrived as `externalID`: an uncertain one becomes sent, unless more parts of it
    /// were to follow. Idempotent.
    func confirm(_ message: MessageID, externalID: String, isWhole: Bool, in transaction: any Transaction) throws

    /// The provider gave up a message that it had taken: another try sends all of it again.
    func refused(_ message: MessageID, in transaction: any Transaction) throws

    /// Shows or hides "typing…" at the customer's; best effort, nothing is stored.
    func typing(
        _ on: Bool, byBot: Bool, conversation: ConversationID, channel: ChannelID, address: SealedAddress, account: AccountID)
        async
}

/// A customer's address in a channel (chat id, visitor id), sealed by Channels; only Channels can read it.
package struct SealedAddress: Codable, Hashable, Sendable {
    package let bytes: [UInt8]
    package init(bytes: [UInt8]) { self.bytes = bytes }
}

/// A message on its way out; its text stays with Conversations until it is sent.
package struct OutgoingMessage: Sendable {
    package let id: MessageID
    package let conversation: ConversationID
    package let channel: ChannelID
    package let address: SealedAddress
    /// The turn it was written in.
    package let fence: Int64
    package let author: MessageAuthor
    package let queuedAt: Instant
    /// Whether somebody who may decided that quiet hours and caps do not hold it.
    package let overridesRules: Bool

    package init(
        id: MessageID, conversation: ConversationID, channel: ChannelID, address: SealedAddress, fence: Int64,
        author: MessageAuthor, queuedAt: Instant, overridesRules: Bool = false
    ) {
        self.overridesRules = overridesRules
        (self.id, self.conversation, self.channel, self.address) = (id, conversation, channel, address)
        (self.fence, self.author, self.queuedAt) = (fence, author, queuedAt)
    }
}

/// How far a message is on its way out.
package struct OutboxStanding: Sendable {
    package let status: DeliveryStatus
    /// The provider's ids known so far.
    package let externalIDs: [String]

    package init(status: DeliveryStatus, externalIDs: [String]) { (self.status, self.externalIDs) = (status, externalIDs) }
}

/// Reads a queued message when it is about to be sent. Conversations registers itself as the source.
package protocol OutgoingContentSource: Sendable {
    /// Nil when the message was deleted or its author erased.
    func content(of message: MessageID, conversation: ConversationID, account: AccountID) async throws -> OutgoingContent?

    /// The message of the conversation that is known by a provider's id.
    func message(externalID: String, conversation: ConversationID, account: AccountID) async throws -> MessageID?
}

/// What a queued message says.
package struct OutgoingContent: Sendable {
    /// The caption when there is a file; may be empty then.
    package let text: String
    package let file: FileID?
    /// When the customer last wrote: providers close the window for answers some time after.
    package let lastInboundAt: Instant?
    /// Whom it is for: what they get in a day is counted.
    package let contact: ContactID

    package init(text: String, file: FileID? = nil, lastInboundAt: Instant?, contact: ContactID) {
        (self.text, self.file, self.lastInboundAt, self.contact) = (text, file, lastInboundAt, contact)
    }
}

/// What a customer, or the owner's own app, did in a channel. Personal fields are sealed for the receiving contact's identity.
package struct ChannelEventReceived: Event {
    package static let name = "channels.event-received.v1"
    package let channel: ChannelID
    /// The row in Channels' inbox that holds the sealed content.
    package let inbound: Identifier<InboundSubject>
    /// Blind index of the thread: events of one thread stay in order.
    package let thread: String
    package var subject: String { thread }

    package init(channel: ChannelID, inbound: Identifier<InboundSubject>, thread: String) {
        (self.channel, self.inbound, self.thread) = (channel, inbound, thread)
    }
}

package enum InboundSubject {}

package enum ErasureSubject {}

/// A person asked a provider to have their data deleted, and proved it there. Channels removed what lay in its inbox; their
/// conversations and contact wait for somebody to erase them before `dueAt`.
package struct ErasureRequested: Event {
    package static let name = "channels.erasure-requested.v1"
    package let request: Identifier<ErasureSubject>
    package let channel: ChannelID
    /// Whom it may be about, as `InboundEvent.identityKey`, one for each channel of the app. A provider's number for a person need not be
    /// the one that messages come from: then nobody has these.
    package let identityKeys: [[UInt8]]
    package let dueAt: Instant
    package var subject: String { request.description }

    package init(request: Identifier<ErasureSubject>, channel: ChannelID, identityKeys: [[UInt8]], dueAt: Instant) {
        (self.request, self.channel) = (request, channel)
        (self.identityKeys, self.dueAt) = (identityKeys, dueAt)
    }
}

/// Opens what `ChannelEventReceived` announced, in two steps, so that the caller's transaction serves for the reading.
package protocol InboundReader: Sendable {
    /// What lies in the inbox. Nil when it was erased or expired meanwhile.
    func stored(_ id: Identifier<InboundSubject>, in transaction: any Transaction) throws -> StoredInbound?
    /// Unseals it. Nil when its key is destroyed, and for what the inbox does not show.
    func open(_ stored: StoredInbound) async throws -> InboundEvent?
}

/// An event as it lies in the inbox: where it belongs is readable, what it says is sealed.
package struct StoredInbound: Sendable {
    package let id: Identifier<InboundSubject>
    package let account: AccountID
    package let channel: ChannelID
    package let channelKind: String
    /// As in `InboundEvent`.
    package let threadKey: [UInt8]
    package let identityKey: [UInt8]
    package let content: [UInt8]
    package let receivedAt: Instant
    /// Of a web chat.
    package let visitor: StoredVisitor?

    package init(
        id: Identifier<InboundSubject>, account: AccountID, channel: ChannelID, channelKind: String, threadKey: [UInt8],
        identityKey: [UInt8], content: [UInt8], receivedAt: Instant, visitor: StoredVisitor? = nil
    ) {
        self.visitor = visitor
        (self.id, self.account, self.channel, self.channelKind) = (id, account, channel, channelKind)
        (self.threadKey, self.identityKey, self.content, self.receivedAt) = (threadKey, identityKey, content, receivedAt)
    }
}

/// One thing that happened at the customer's end, in the product's words.
package struct InboundEvent: Sendable {
    package enum Kind: Sendable {
        case message(InboundMessage)
        case edited(InboundMessage)
        case deleted(externalIDs: [String])
        case receipt(DeliveryReceipt)
        /// `title` is what the button says, where the provider tells it; `data` is untrusted.
        case buttonPressed(data: String, title: String?, messageExternalID: String?)
        case blocked(Bool)
        /// Something that happened rather than was said: there is nothing to answer.
        case service(ServiceKind, InboundMessage)
        /// The answer to `CustomerProfiles.lookUp`.
        case profile(CustomerProfile)
    }

    package let channel: ChannelID
    package let channelKind: String
    /// Blind index of (channel, provider's thread key): stable, and tells nothing.
    package let threadKey: [UInt8]
    /// Blind index of (channel kind, provider's user id).
    package let identityKey: [UInt8]
    package let address: SealedAddress
    package let senderName: String
    package let senderHandle: String?
    package let language: Language?
    /// The provider's time.
    package let occurredAt: Instant
    package let receivedAt: Instant
    package let origin: InboundOrigin
    package let kind: Kind
    /// Of a web chat; nil where a provider stands between.
    package let visitor: VisitorFacts?

    package init(
        channel: ChannelID, channelKind: String, threadKey: [UInt8], identityKey: [UInt8], address: SealedAddress,
        senderName: String, senderHandle: String?, language: Language?, occurredAt: Instant, receivedAt: Instant,
        origin: InboundOrigin, kind: Kind, visitor: VisitorFacts? = nil
    ) {
        self.visitor = visitor
        (self.channel, self.channelKind, self.threadKey, self.identityKey) = (channel, channelKind, threadKey, identityKey)
        (self.address, self.senderName, self.senderHandle) = (address, senderName, senderHandle)
        (self.language, self.occurredAt, self.receivedAt) = (language, occurredAt, receivedAt)
        (self.origin, self.kind) = (origin, kind)
    }
}

/// What happens in a chat without anybody saying something.
package enum ServiceKind: String, Sendable {
    /// The customer called and nobody took it.
    case missedCall = "missed-call"
    /// Any other call.
    case call
    /// Words of the provider's own.
    case notice
    /// A card that the provider puts into the chat.
    case card
    /// The customer came by an advertisement or a link, without a word.
    case arrival
    case pinned
    case autoDelete = "auto-delete"
    /// The customer signed in to a site.
    case signedIn = "signed-in"

    /// Whether the customer did it, and somebody may be glad to know: it makes a conversation and moves it up.
    package var isCustomers: Bool { self == .missedCall || self == .arrival }
}

/// Asks messengers who a customer is: some deliver no name with a message, and none a picture.
package protocol CustomerProfiles: Sendable {
    /// Looks the sender of an event up, in the background; the answer comes as an event of its own (`InboundEvent.Kind.profile`), or never
    /// where the provider tells nothing. Asking twice after the same event asks once.
    func lookUp(after inbound: Identifier<InboundSubject>, in transaction: any Transaction) throws
}

/// What a messenger tells of a customer.
package struct CustomerProfile: Sendable {
    /// Nil when the provider tells none.
    package let name: String?
    /// Without an @ before it.
    package let handle: String?
    package let language: Language?
    /// A picture that is here already.
    package let picture: FileID?
    /// What the thread is about, where the messenger knows more of it than its messages tell.
    package let referral: Referral?

    package init(name: String?, handle: String?, language: Language?, picture: FileID?, referral: Referral? = nil) {
        (self.name, self.handle, self.language, self.picture) = (name, handle, language, picture)
        self.referral = referral
    }
}

/// Whose hand is behind an event.
package enum InboundOrigin: Sendable {
    case customer
    /// A person of the company, in the provider's own app.
    case person
    /// The provider's automatic answers, or another program of the company.
    case automation
    /// This channel's own message coming back.
    case ourselves
    /// The company's side, but the provider does not tell whether it was us or a person.
    case unknown
}

/// What became of messages of ours at the provider.
package struct DeliveryReceipt: Sendable {
    package let status: DeliveryStatus
    /// The provider's ids.
    package let externalIDs: [String]
    /// Beside them, everything of the thread that was sent up to this moment.
    package let until: Instant?
    /// Our own id of the message, where the provider returns it.
    package let message: MessageID?
    package let failureCode: String?
    package let failureReason: String?

    package init(
        status: DeliveryStatus, externalIDs: [String], until: Instant? = nil, message: MessageID? = nil,
        failureCode: String? = nil, failureReason: String? = nil
    ) {
        (self.status, self.externalIDs, self.until, self.message) = (status, externalIDs, until, message)
        (self.failureCode, self.failureReason) = (failureCode, failureReason)
    }
}

/// What a customer wrote, or the company's side outside the product.
package struct InboundMessage: Sendable {
    package let externalID: String
    package let text: String
    package let attachments: [InboundAttachment]
    package let replyToExternalID: String?
    /// In echoes: our own id of the message, where the provider returns it.
    package let message: MessageID?
    /// What brought the customer, where the provider tells it.
    package let referral: Referral?

    package init(
        externalID: String, text: String, attachments: [InboundAttachment], replyToExternalID: String?,
        message: MessageID? = nil, referral: Referral? = nil
    ) {
        self.referral = referral
        (self.externalID, self.text) = (externalID, text)
        (self.attachments, self.replyToExternalID, self.message) = (attachments, replyToExternalID, message)
    }
}

/// A file, place or card that came with a message.
package struct InboundAttachment: Codable, Hashable, Sendable {
    /// image, animation, voice, document, video, video-note, audio, sticker, location, contact, link, unsupported
    package let kind: String
    package let name: String?
    package let mime: String?
    package let size: Int64?
    /// Nil when there is nothing to fetch.
    package let file: FileID?
    /// Duration, coordinates, phone number, what a link is called: what a person reads beside the icon.
    package let note: String?
    /// Where a link or card leads, with `https` or `http`.
    package let url: String?

    package init(
        kind: String, name: String?, mime: String?, size: Int64?, file: FileID?, note: String?, url: String? = nil
    ) {
        (self.kind, self.name, self.mime) = (kind, name, mime)
        (self.size, self.file, self.note, self.url) = (size, file, note, url)
    }
}

/// An outgoing message's state changed.
package struct MessageDeliveryChanged: Event {
    package static let name = "channels.delivery-changed.v1"
    package let message: MessageID
    package let conversation: ConversationID
    package let status: DeliveryStatus
    /// The provider's ids of what was sent; several when the text had to be split.
    package let externalIDs: [String]
    package let failureCode: String?
    package let failureReason: String?
    /// A bot message that was overtaken by a person and never left.
    package let dropped: Bool
    /// With `held`.
    package let heldUntil: Instant?
    package let occurredAt: Instant
    package var subject: String { conversation.description }

    package init(
        message: MessageID, conversation: ConversationID, status: DeliveryStatus, externalIDs: [String] = [],
        failureCode: String? = nil, failureReason: String? = nil, dropped: Bool = false, heldUntil: Instant? = nil,
        occurredAt: Instant
    ) {
        self.heldUntil = heldUntil
        (self.message, self.conversation, self.status) = (message, conversation, status)
        (self.externalIDs, self.failureCode, self.failureReason) = (externalIDs, failureCode, failureReason)
        (self.dropped, self.occurredAt) = (dropped, occurredAt)
    }
}

/// A channel was connected, changed or removed.
package struct ChannelChanged: LiveNoticeEvent {
    package static let name = "channels.channel-changed.v1"
    package let channel: ChannelID
    package var subject: String { channel.description }
    package var liveName: String { "channel.changed" }
    package var liveIdentifiers: [String: String] { ["channel_id": channel.description] }

    package init(channel: ChannelID) { self.channel = channel }
}
