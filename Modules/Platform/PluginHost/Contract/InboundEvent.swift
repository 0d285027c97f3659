package import Kernel

/// One thing that happened at the provider. Events may come twice, late and in any order.
package struct InboundEvent: Hashable, Sendable {
    /// Unique within the channel: drop an event whose id is known.
    package let id: String
    /// Which of our addresses at the provider it concerns, when several channels share one hook.
    package let account: String?
    /// The chat, in the form that `OutboundAction.thread` takes; nil when the event is about the channel as a whole, for erasures,
    /// and for a status whose messages the provider names without their chat.
    package let thread: String?
    /// The provider's time.
    package let at: Instant?
    /// The customer of the chat, also in echoes, as far as the event tells.
    package let contact: ContactIdentity?
    package let kind: Kind

    package enum Kind: Hashable, Sendable {
        /// The customer wrote.
        case message(InboundMessage)
        /// The new content of a message, which may not be known yet.
        case edited(InboundMessage)
        /// Message ids.
        case deleted([String])
        case status(MessageStatus)
        case reaction(Reaction)
        case pressed(ButtonPress)
        case typing
        /// The customer blocked us: nothing can be delivered until they come back.
        case blocked
        case unblocked
        /// A message to the customer that did not come from a call of ours, or our own coming back.
        case echo(Echo)
        /// Something that happened in the chat rather than was said: people see a line, the bot has nothing to answer.
        case service(ServiceLine)
        case notice(ChannelNotice)
        /// The person of `contact` asked the provider to have their data deleted.
        case erasure
    }

    package init(
        id: String, account: String? = nil, thread: String?, at: Instant?, contact: ContactIdentity? = nil, kind: Kind
    ) {
        (self.id, self.account, self.thread) = (id, account, thread)
        (self.at, self.contact, self.kind) = (at, contact, kind)
    }
}

/// Who a customer is at the provider.
package struct ContactIdentity: Hashable, Sendable {
    package var id: String
    package var name: String?
    package var username: String?
    /// Only when the provider vouches for it.
    package var phone: String?
    /// An IETF tag: `ru`, `kk`, `en-GB`.
    package var language: String?
    /// A file reference for `download`.
    package var avatar: String?

    package init(
        id: String, name: String? = nil, username: String? = nil, phone: String? = nil, language: String? = nil,
        avatar: String? = nil
    ) {
        (self.id, self.name, self.username) = (id, name, username)
        (self.phone, self.language, self.avatar) = (phone, language, avatar)
    }
}

package struct InboundMessage: Hashable, Sendable {
    /// Unique within the thread; edits, deletions, statuses and reactions refer to it.
    package var id: String
    package var text: String?
    package var attachments: [MessageAttachment]
    package var replyTo: String?
    /// The quoted text, when the provider sends it.
    package var quote: String?
    /// Messages of one album share it and arrive separately.
    package var album: String?
    package var referral: Referral?
    /// `start` for `/start …`: the message is a bot command.
    package var command: String?
    package var isForwarded: Bool

    package init(
        id: String, text: String? = nil, attachments: [MessageAttachment] = [], replyTo: String? = nil,
        quote: String? = nil,
        album: String? = nil, referral: Referral? = nil, command: String? = nil, isForwarded: Bool = false
    ) {
        (self.id, self.text, self.attachments, self.replyTo) = (id, text, attachments, replyTo)
        (self.quote, self.album, self.referral) = (quote, album, referral)
        (self.command, self.isForwarded) = (command, isForwarded)
    }
}

/// What brought the customer here: an advertisement, a link, a listing.
package struct Referral: Hashable, Sendable {
    /// `link`, `ad`, `listing`, `story` (answered), `story-mention`, `product`, `page`
    package var source: String
    /// What the link carries, or the provider's id of the advertisement, listing, story or product.
    package var reference: String?
    /// The company's own name for it: the mark in an advertisement, or in the address of a page.
    package var campaign: String?
    package var title: String?
    package var url: String?

    package init(
        source: String, reference: String? = nil, campaign: String? = nil, title: String? = nil, url: String? = nil
    ) {
        (self.source, self.reference, self.campaign) = (source, reference, campaign)
        (self.title, self.url) = (title, url)
    }
}

/// What became of messages of ours.
package struct MessageStatus: Hashable, Sendable {
    /// In rising order; a status never goes back, and `failed` ends it.
    package enum State: String, Hashable, Sendable { case sent, delivered, read, failed }
    package var state: State
    /// The messages, or empty with `until`.
    package var messages: [String]
    /// All messages of the thread up to this moment.
    package var until: Instant?
    /// The `OutboundAction.correlation`, when the provider returns it.
    package var correlation: String?
    package var reason: PluginReason?

    package init(
        state: State, messages: [String], until: Instant? = nil, correlation: String? = nil, reason: PluginReason? = nil
    ) {
        (self.state, self.messages, self.until) = (state, messages, until)
        (self.correlation, self.reason) = (correlation, reason)
    }
}

/// The emoji now on a message from the customer; an empty list means the reaction was taken back.
package struct Reaction: Hashable, Sendable {
    package var message: String
    package var emoji: [String]

    package init(message: String, emoji: [String]) { (self.message, self.emoji) = (message, emoji) }
}

/// The customer pressed a button. `data` is untrusted: a client can send anything.
package struct ButtonPress: Hashable, Sendable {
    /// Hand it to `.answerPress`; nil when the provider wants no answer.
    package var callback: String?
    package var data: String
    /// The message that carries the button.
    package var message: String?
    /// What the button says, where the provider tells it.
    package var title: String?

    package init(callback: String?, data: String, message: String?, title: String? = nil) {
        (self.callback, self.data, self.message, self.title) = (callback, data, message, title)
    }
}

package struct Echo: Hashable, Sendable {
    package enum Author: String, Hashable, Sendable {
        /// A person in the provider's own app: the bot has lost the turn.
        case person
        /// An automatic reply of the provider or another program.
        case automation
        /// This channel's own message coming back.
        case ourselves
        case unknown
    }
    package var author: Author
    package var message: InboundMessage
    package var correlation: String?

    package init(author: Author, message: InboundMessage, correlation: String? = nil) {
        (self.author, self.message, self.correlation) = (author, message, correlation)
    }
}

/// A call, a card or a notice of the provider's in a customer's chat.
package struct ServiceLine: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case missedCall = "missed-call"
        case call, notice, card, arrival, pinned
        case autoDelete = "auto-delete"
        case signedIn = "signed-in"
    }
    package var kind: Kind
    package var message: InboundMessage

    package init(kind: Kind, message: InboundMessage) { (self.kind, self.message) = (kind, message) }
}

/// Something about the channel that people should know.
package struct ChannelNotice: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case information, attention, recovered
        /// Nothing works until somebody enters new credentials.
        case reconnectNeeded = "reconnect-needed"
    }
    package var kind: Kind
    package var reason: PluginReason

    package init(kind: Kind, reason: PluginReason) { (self.kind, self.reason) = (kind, reason) }
}

/// Why something happened: a stable code and its explanation in plain words.
package struct PluginReason: Hashable, Sendable {
    package var code: String
    package var text: LocalizedText

    package init(code: String, text: LocalizedText) { (self.code, self.text) = (code, text) }
}
