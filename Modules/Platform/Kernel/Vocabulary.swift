package enum ChannelSubject {}
package enum ConversationSubject {}
package enum MessageSubject {}
package enum EntrySubject {}

/// A connected messenger account or web chat.
package typealias ChannelID = Identifier<ChannelSubject>
/// A customer's thread in one channel.
package typealias ConversationID = Identifier<ConversationSubject>
/// A message's id for life, chosen by whoever creates it.
package typealias MessageID = Identifier<MessageSubject>
/// A knowledge entry, whatever its version.
package typealias EntryID = Identifier<EntrySubject>

/// Who wrote a message.
package enum MessageAuthor: String, Codable, Sendable { case customer, bot, user, system }

/// Who has the turn in a conversation.
package enum TurnOwner: String, Codable, Sendable { case bot, human, nobody }

/// Where an outgoing message stands.
///
/// News may come in any order; the state with the higher rank wins, so every order ends the same. Failed has the highest: a provider that
/// gives a message up says so after it took it, and of a message in parts the failed part is the one to know of.
package enum DeliveryStatus: String, Codable, Sendable, CaseIterable {
    case received
    /// To leave at a moment that somebody chose.
    case scheduled
    /// That moment passed, too long ago, while nothing ran.
    case missed
    /// Taken back before it left.
    case cancelled
    case queued
    /// A rule of the account keeps it back for a while.
    case held
    case sending, uncertain, sent, delivered, read, failed

    /// Whether it has not left and nobody is trying to send it: not part of what was said to the customer.
    package var isKeptBack: Bool {
        self == .scheduled || self == .missed || self == .cancelled || self == .held
    }

    package var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Why the bot called a person.
package enum HandOffReason: String, Codable, Sendable {
    /// It had an answer with a claim that no source supports.
    case unsupportedClaim = "unsupported_claim"
    /// The knowledge base says nothing on the question.
    case noAnswer = "no_answer"
    case askedForHuman = "asked_for_human"
    case providerFailed = "provider_failed"
    /// A limit of messages or money was reached.
    case limit
}

/// A quotation that stays resolvable: the version it came from is kept.
package struct Citation: Codable, Hashable, Sendable {
    package let entryID: EntryID
    package let version: Int
    package let title: String
    package let quote: String
    /// Offsets of the quote in that version's text, in UTF-16 units, end exclusive.
    package let start: Int
    package let end: Int

    package init(entryID: EntryID, version: Int, title: String, quote: String, start: Int, end: Int) {
        (self.entryID, self.version, self.title) = (entryID, version, title)
        (self.quote, self.start, self.end) = (quote, start, end)
    }
}
