/// One thing that happened at the provider.
public struct InboundEvent: Sendable {
    /// Unique within the channel, the same whenever the provider repeats it.
    public var id: String
    /// Which of the owner's addresses it concerns, when one hook serves several.
    public var account: String?
    /// The chat; nil only for notices, erasures and a status that names its messages without one.
    public var thread: String?
    /// The provider's time in milliseconds since 1970.
    public var at: Int64?
    /// The customer of the chat, also in echoes.
    public var contact: ContactIdentity?
    public var kind: Kind

    public enum Kind: Sendable {
        case message(InboundMessage)
        case edited(InboundMessage)
        case deleted([String])
        case status(MessageStatus)
        /// All the emoji now on the message.
        case reaction(message: String, emoji: [String])
        /// `title` is what the button says, where the provider tells it.
        case pressed(callback: String?, data: String, message: String?, title: String? = nil)
        case typing
        case blocked
        case unblocked
        case echo(InboundMessage, by: EchoAuthor, correlation: String?)
        /// Something that happened in the chat rather than was said: people see a line, the bot has nothing to answer.
        case service(ServiceKind, InboundMessage)
        case notice(NoticeKind, Reason)
        /// The person of `contact` asked the provider to have their data deleted. In the body of the answer the host puts the address where
        /// that person sees what became of it for `ErasureMark.address`, and its number for `ErasureMark.code`.
        case erasure
    }

    public init(
        id: String, account: String? = nil, thread: String?, at: Int64?, contact: ContactIdentity? = nil, kind: Kind
    ) {
        (self.id, self.account, self.thread) = (id, account, thread)
        (self.at, self.contact, self.kind) = (at, contact, kind)
    }
}

/// What the host replaces in the answer to a webhook with an `erasure`.
public enum ErasureMark {
    public static let address = "{{erasure.address}}"
    public static let code = "{{erasure.code}}"
}

/// Who wrote a message that our owner's side sent.
public enum EchoAuthor: String, Sendable { case person, automation, ourselves, unknown }

public enum ServiceKind: String, Sendable {
    /// The customer called and nobody took it.
    case missedCall = "missed-call"
    /// Any other call.
    case call
    /// Words of the provider's own.
    case notice
    /// A card that the provider puts into the chat; its attachment is what it shows.
    case card
    /// The customer came by an advertisement or a link, without a word; the referral tells which.
    case arrival
    case pinned
    /// The customer's messages will vanish by themselves, or no longer.
    case autoDelete = "auto-delete"
    /// The customer signed in to a site; the text names it.
    case signedIn = "signed-in"
}

public enum NoticeKind: String, Sendable {
    case information, attention, recovered
    case reconnectNeeded = "reconnect-needed"
}

public struct ContactIdentity: Sendable {
    public var id: String
    public var name: String?
    public var username: String?
    /// Only if the provider vouches for it.
    public var phone: String?
    public var language: String?
    /// A file reference for `download`.
    public var avatar: String?

    public init(id: String, name: String? = nil, username: String? = nil, language: String? = nil) {
        (self.id, self.name, self.username, self.language) = (id, name, username, language)
    }
}

public struct InboundMessage: Sendable {
    /// Unique within the thread.
    public var id: String
    public var text: String?
    public var attachments: [MessageAttachment] = []
    public var replyTo: String?
    public var quote: String?
    public var album: String?
    public var referral: Referral?
    public var command: String?
    public var isForwarded = false

    public init(id: String, text: String? = nil) { (self.id, self.text) = (id, text) }
}

public struct Referral: Sendable {
    /// `link`, `ad`, `listing`, `story` (answered), `story-mention`, `product`, `page`
    public var source: String
    /// What the link carries, or the provider's id of the advertisement, listing, story or product.
    public var reference: String?
    /// The company's own name for it: the mark in an advertisement, or in the address of a page.
    public var campaign: String?
    public var title: String?
    public var url: String?

    public init(
        source: String, reference: String? = nil, campaign: String? = nil, title: String? = nil, url: String? = nil
    ) {
        (self.source, self.reference, self.campaign) = (source, reference, campaign)
        (self.title, self.url) = (title, url)
    }
}

public struct MessageStatus: Sendable {
    public enum State: String, Sendable { case sent, delivered, read, failed }
    public var state: State
    public var messages: [String]
    /// All messages up to this time, in milliseconds since 1970.
    public var until: Int64?
    public var correlation: String?
    public var reason: Reason?

    public init(
        _ state: State, messages: [String], until: Int64? = nil, correlation: String? = nil, reason: Reason? = nil
    ) {
        (self.state, self.messages, self.until) = (state, messages, until)
        (self.correlation, self.reason) = (correlation, reason)
    }
}

public struct MessageAttachment: Sendable {
    public enum Kind: String, Sendable {
        case image, video, audio, voice, document, animation, sticker, location, contact, link
        case videoNote = "video-note"
        /// Something without a form of its own: `title` names it.
        case unsupported
    }
    public var kind: Kind
    /// Whatever `download` needs to find the file.
    public var file: String?
    public var name: String?
    public var mimeType: String?
    public var size: Int64?
    /// Milliseconds.
    public var duration: Int64?
    public var width: Int64?
    public var height: Int64?
    public var url: String?
    public var title: String?
    public var location: Location?
    public var contact: SharedContact?

    public init(_ kind: Kind, file: String? = nil) { (self.kind, self.file) = (kind, file) }
}

public struct Location: Sendable {
    public var latitude: Double
    public var longitude: Double
    public var address: String?

    /// Nil for what is not on Earth.
    public init?(latitude: Double, longitude: Double, address: String? = nil) {
        guard abs(latitude) <= 90, abs(longitude) <= 180 else { return nil }
        (self.latitude, self.longitude, self.address) = (latitude, longitude, address)
    }
}

public struct SharedContact: Sendable {
    public var phone: String
    public var name: String
    public var isOwn: Bool

    public init(phone: String, name: String, isOwn: Bool) {
        (self.phone, self.name, self.isOwn) = (phone, name, isOwn)
    }
}
