package import Kernel

/// What the bot sees of a conversation and how it speaks in it. It can never speak after a person: every write carries the
/// fence it was planned under, and a stale one throws.
package protocol BotConversations: Sendable {
    func state(of conversation: ConversationID, account: AccountID) async throws -> ConversationState?

    /// The last `limit` messages between customer and company, oldest first; notes and system lines are left out.
    func transcript(of conversation: ConversationID, limit: Int, account: AccountID) async throws -> [TranscriptLine]

    /// Seals a reply, before the transaction that posts it.
    func prepare(_ reply: BotReply, account: AccountID) async throws -> PreparedReply

    /// Stores the reply and queues it for sending. Throws `Problem.staleTurn` when somebody took the turn since. The same id twice
    /// is posted once.
    func post(_ reply: PreparedReply, in transaction: any Transaction) throws

    /// Calls a person: the bot falls silent in this conversation, and `farewell` is the last that the customer hears from it. Throws
    /// `Problem.staleTurn` as `post` does.
    func handOff(_ reason: HandOffReason, farewell: PreparedReply, in transaction: any Transaction) throws

    /// Shows "typing…" to the customer and in the inbox; best effort.
    func typing(_ on: Bool, in conversation: ConversationID, account: AccountID) async
}

/// A conversation as the bot must know it before it speaks.
package struct ConversationState: Sendable {
    package let id: ConversationID
    package let channel: ChannelID
    package let contact: ContactID
    package let owner: TurnOwner
    /// Rises each time the turn changes hands.
    package let fence: Int64
    package let closed: Bool
    package let language: Language?
    package let botReplies: Int
    package let lastInbound: MessageID?
    package let lastInboundAt: Instant?
    /// What the customer writes about, in the words of a listing, an advertisement or a page; untrusted like their own.
    package let topic: ConversationTopic?

    package init(
        id: ConversationID, channel: ChannelID, contact: ContactID, owner: TurnOwner, fence: Int64, closed: Bool,
        language: Language?, botReplies: Int, lastInbound: MessageID?, lastInboundAt: Instant?,
        topic: ConversationTopic? = nil
    ) {
        self.topic = topic
        (self.id, self.channel, self.contact, self.owner, self.fence) = (id, channel, contact, owner, fence)
        (self.closed, self.language, self.botReplies) = (closed, language, botReplies)
        (self.lastInbound, self.lastInboundAt) = (lastInbound, lastInboundAt)
    }
}

/// What brought a customer, in words.
package struct ConversationTopic: Hashable, Sendable {
    package enum Kind: String, Sendable { case listing, advertisement, product, page }
    package let kind: Kind
    package let title: String

    package init(kind: Kind, title: String) { (self.kind, self.title) = (kind, title) }
}

/// One message of a transcript.
package struct TranscriptLine: Sendable {
    package let id: MessageID
    package let author: MessageAuthor
    package let text: String
    package let at: Instant

    package init(id: MessageID, author: MessageAuthor, text: String, at: Instant) {
        (self.id, self.author, self.text, self.at) = (id, author, text, at)
    }
}

/// What the bot wants to say.
package struct BotReply: Sendable {
    package let id: MessageID
    package let conversation: ConversationID
    package let fence: Int64
    package let text: String
    package let citations: [Citation]
    package let cost: Money?
    package let at: Instant
    /// When it is to be said; nil for at once. It is dropped when the turn changes hands before.
    package let schedule: SendSchedule?

    package init(
        id: MessageID, conversation: ConversationID, fence: Int64, text: String, citations: [Citation], cost: Money?, at: Instant,
        schedule: SendSchedule? = nil
    ) {
        (self.id, self.conversation, self.fence, self.text) = (id, conversation, fence, text)
        (self.citations, self.cost, self.at, self.schedule) = (citations, cost, at, schedule)
    }
}

/// When a message is to leave that does not leave at once.
package struct SendSchedule: Hashable, Sendable {
    /// In whole milliseconds, which is what the API and queued jobs hold.
    package let at: Instant
    /// Whether it is taken back when the customer writes before it left.
    package let cancelOnReply: Bool

    package init(at: Instant, cancelOnReply: Bool) {
        self.at = Instant(microseconds: at.microseconds / 1_000 * 1_000)
        self.cancelOnReply = cancelOnReply
    }
}

/// A reply whose text is sealed; opaque outside Conversations.
package struct PreparedReply: Sendable {
    package let reply: BotReply
    package let sealedText: [UInt8]
    package let sealedCitations: [UInt8]

    package init(reply: BotReply, sealedText: [UInt8], sealedCitations: [UInt8]) {
        (self.reply, self.sealedText, self.sealedCitations) = (reply, sealedText, sealedCitations)
    }
}
