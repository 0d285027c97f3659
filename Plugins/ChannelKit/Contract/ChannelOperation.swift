/// What the host wants done.
public enum ChannelOperation: Sendable {
    case deliver(OutboundAction)
    case poll
    /// Check the credentials and subscribe to events at `webhook`, or prepare polling when it is nil.
    case connect(webhook: String?)
    case disconnect
    case health(webhook: String?)
    case download(file: String)
    case profile(thread: String, contact: String)
    /// Find a delivery of unknown outcome that began at `since`, in milliseconds since 1970.
    case reconcile(OutboundAction, since: Int64)
    /// One step of signing the owner's account in. Each step is an operation of its own, begun with the state that the last one gave.
    case signIn(SignInAct)
}

/// One thing to do in a chat.
public struct OutboundAction: Sendable {
    public enum Author: String, Sendable { case bot, person, system }
    public var thread: String
    /// The product's own id of the message: pass it on where the provider takes one.
    public var correlation: String
    public var author: Author
    /// Milliseconds since 1970.
    public var lastInboundAt: Int64?
    public var kind: Kind

    public enum Kind: Sendable {
        case text(OutboundText)
        case media(OutboundMedia)
        case typing
        case edit(message: String, OutboundText)
        case delete(messages: [String])
        case markRead(message: String?)
        case answerPress(callback: String, notice: String?)
        case react(message: String, emoji: String?)
    }

    public init(thread: String, correlation: String, author: Author = .bot, lastInboundAt: Int64? = nil, kind: Kind) {
        (self.thread, self.correlation, self.author) = (thread, correlation, author)
        (self.lastInboundAt, self.kind) = (lastInboundAt, kind)
    }
}

public struct OutboundText: Sendable {
    public var text: String
    public var buttons: [[Button]]
    public var replyTo: String?

    public init(_ text: String, buttons: [[Button]] = [], replyTo: String? = nil) {
        (self.text, self.buttons, self.replyTo) = (text, buttons, replyTo)
    }
}

/// A file to send. Its bytes stay with the host: put `file` into a `FormPart`.
public struct OutboundMedia: Sendable {
    public var kind: MessageAttachment.Kind
    public var file: String
    public var name: String
    public var mimeType: String
    public var size: Int64
    public var url: String?
    public var caption: String?
    public var buttons: [[Button]]
    public var replyTo: String?
    /// Milliseconds.
    public var duration: Int64?

    public init(
        kind: MessageAttachment.Kind, file: String, name: String, mimeType: String, size: Int64, url: String? = nil,
        caption: String? = nil, buttons: [[Button]] = [], replyTo: String? = nil, duration: Int64? = nil
    ) {
        (self.kind, self.file, self.name, self.mimeType) = (kind, file, name, mimeType)
        (self.size, self.url, self.caption) = (size, url, caption)
        (self.buttons, self.replyTo, self.duration) = (buttons, replyTo, duration)
    }
}

public struct Button: Sendable {
    public enum Action: Sendable {
        case callback(String)
        case link(String)
        case requestContact
        case requestLocation
    }
    public var title: String
    public var action: Action

    public init(_ title: String, _ action: Action) { (self.title, self.action) = (title, action) }
}
