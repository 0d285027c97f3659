package import Kernel

/// What the host wants done at the provider.
package enum ChannelOperation: Hashable, Sendable {
    /// Results in `.sent`.
    case deliver(OutboundAction)
    /// One round of asking for news. Results in `.polled`.
    case poll
    /// Checks the credentials and subscribes to the provider's events at `webhook`, or prepares polling when it is nil.
    /// Repeating it is harmless. Results in `.connected`.
    case connect(webhook: String?)
    /// Stops the provider's deliveries. Results in `.disconnected`.
    case disconnect
    /// Whether credentials and subscription still work. Results in `.health`.
    case health(webhook: String?)
    /// Finds where to fetch the file of an `MessageAttachment` or avatar. Results in `.file`.
    case download(file: String)
    /// Looks up a contact's name and picture. Results in `.profile`.
    case profile(thread: String, contact: String)
    /// Looks for a delivery of uncertain outcome begun at `since`. Results in `.sent` or `.notFound`.
    case reconcile(OutboundAction, since: Instant)
    /// One step of signing the owner's account in, begun with the state that the last one gave. Results in `.signIn`.
    case signIn(SignInAct)
}

/// One thing to do in a chat.
package struct OutboundAction: Hashable, Sendable {
    package enum Author: String, Hashable, Sendable { case bot, person, system }

    /// `InboundEvent.thread` of the chat.
    package var thread: String
    /// Our own id of the message, 1–64 of `A-Za-z0-9-`: passed to the provider where it takes one, and returned in echoes.
    package var correlation: String
    package var author: Author
    /// When the customer last wrote, for reply windows.
    package var lastInboundAt: Instant?
    package var kind: Kind

    package enum Kind: Hashable, Sendable {
        /// Longer texts are split; the buttons go with the last part, the reply mark with the first.
        case text(OutboundText)
        case media(OutboundMedia)
        /// Shows that somebody is writing, for `ChannelCapabilities.typing`.
        case typing
        case edit(message: String, OutboundText)
        case delete(messages: [String])
        /// Everything up to `message`, or the whole thread.
        case markRead(message: String?)
        /// Ends the waiting of a pressed button, with a short notice if given.
        case answerPress(callback: String, text: String?)
        /// A nil emoji takes the reaction back.
        case react(message: String, emoji: String?)
    }

    package init(
        thread: String, correlation: String, author: Author = .bot, lastInboundAt: Instant? = nil, kind: Kind
    ) {
        (self.thread, self.correlation, self.author) = (thread, correlation, author)
        (self.lastInboundAt, self.kind) = (lastInboundAt, kind)
    }
}

package struct OutboundText: Hashable, Sendable {
    package var text: String
    package var buttons: [[Button]]
    package var replyTo: String?

    package init(_ text: String, buttons: [[Button]] = [], replyTo: String? = nil) {
        (self.text, self.buttons, self.replyTo) = (text, buttons, replyTo)
    }
}

/// A file to send. The plugin sees only this; the host puts the bytes into the request.
package struct OutboundMedia: Hashable, Sendable {
    package var kind: MessageAttachment.Kind
    /// The host's own name of the file; comes back in `FormPart.Content.file`.
    package var file: String
    package var name: String
    package var mimeType: String
    package var size: Int64
    /// Where the provider may fetch the file, for channels that take links only.
    package var url: String?
    package var caption: String?
    package var buttons: [[Button]]
    package var replyTo: String?
    package var duration: Duration?

    package init(
        kind: MessageAttachment.Kind, file: String, name: String, mimeType: String, size: Int64, url: String? = nil,
        caption: String? = nil, buttons: [[Button]] = [], replyTo: String? = nil, duration: Duration? = nil
    ) {
        (self.kind, self.file, self.name, self.mimeType) = (kind, file, name, mimeType)
        (self.size, self.url, self.caption) = (size, url, caption)
        (self.buttons, self.replyTo, self.duration) = (buttons, replyTo, duration)
    }
}

package struct Button: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        /// Comes back as `ButtonPress.data`; at most `ButtonLimits.callbackBytes`.
        case callback(String)
        case link(String)
        /// Asks the customer to share their phone number.
        case requestContact
        case requestLocation
    }
    package var title: String
    package var action: Action

    package init(_ title: String, _ action: Action) { (self.title, self.action) = (title, action) }
}
