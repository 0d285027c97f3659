package import Kernel

/// The web chat's front door: visitors and their messages, before they become conversations.
package protocol WebChatGateway: Sendable {
    /// The web chat with this public key. Throws `Problem.notFound`.
    func webChat(key: String) async throws -> WebChat

    /// Remembers that a page of `origin` (its `Origin` header) runs the chat, for the owner to see that it is installed: host and time, nothing
    /// of the visitor. A minute's sightings are one. Never throws: it is nobody's reason to have no chat.
    func noteSighting(of chat: WebChat, onPageOf origin: String?) async

    /// A new visitor whom nobody vouches for, and the token that proves to be them.
    func register(name: String?, language: Language?, in chat: WebChat) async throws -> (visitor: Visitor, token: String)

    /// The person whom the owner's site signed in, the same on all their devices, and a token for this one.
    ///
    /// Throws `Problem.invalid` for an identity that the site did not sign, that is over, or that is another chat's.
    func identify(_ identity: String, language: Language?, in chat: WebChat) async throws -> (visitor: Visitor, token: String)

    /// Whose token it is. Throws `Problem.unauthenticated`.
    func visitor(token: String, in chat: WebChat) async throws -> Visitor

    /// Keeps what the visitor says in the form before the chat; what is nil stays as it was.
    ///
    /// Throws `Problem.invalid` with the field for what is no name, address or number, and for consent to another wording than today's.
    func answer(_ form: VisitorForm, by visitor: Visitor, in chat: WebChat) async throws -> Visitor

    /// Takes a visitor's message in, durably, with files that they uploaded for it, and the page it was written on. The same `id` again
    /// changes nothing.
    ///
    /// Throws `Problem.invalid` when a file is not theirs, or is part of another message, and `.conflict` while the visitor owes answers.
    func receive(
        id: MessageID, text: String, files: [FileID], page: VisitorPage?, from visitor: Visitor, in chat: WebChat
    ) async throws
}

/// A web chat as its visitors know it.
package struct WebChat: Sendable {
    package let account: AccountID
    package let channel: ChannelID
    package let name: String
    package let settings: WebChatSettings
    private let ownOrigin: PageOrigin?

    package init(account: AccountID, channel: ChannelID, name: String, settings: WebChatSettings, ownOrigin: PageOrigin?) {
        (self.account, self.channel, self.name) = (account, channel, name)
        (self.settings, self.ownOrigin) = (settings, ownOrigin)
    }

    /// Whether it is one of our own pages: the settings' preview, the demo's phone.
    package func isOurs(_ page: VisitorPage) -> Bool { ownOrigin != nil && PageOrigin(ofAddress: page.url) == ownOrigin }

    /// Whether a page with this `Origin` header may run the chat. Without the header it is no other site's page: browsers name theirs.
    package func mayRun(onPageOf origin: String?) -> Bool {
        guard let origin, !settings.origins.isEmpty else { return true }
        guard let page = PageOrigin(origin) else { return false }
        return page == ownOrigin || settings.origins.contains { PageOrigin($0)?.matches(page) == true }
    }
}

/// Somebody in a web chat.
package struct Visitor: Sendable {
    package let id: Identifier<VisitorSubject>
    /// The thread of this visitor's conversation, as in `InboundEvent.threadKey`.
    package let threadKey: [UInt8]
    package let name: String
    package let language: Language?
    /// The owner's site vouches for who it is.
    package let isVerified: Bool
    /// What has to be answered before the next message.
    package let owes: [VisitorQuestion]

    package init(
        id: Identifier<VisitorSubject>, threadKey: [UInt8], name: String, language: Language?, isVerified: Bool = false,
        owes: [VisitorQuestion] = []
    ) {
        self.owes = owes
        (self.id, self.threadKey, self.name, self.language) = (id, threadKey, name, language)
        self.isVerified = isVerified
    }
}

package enum VisitorSubject {}

/// The page of the owner's site on which a visitor writes, as their browser tells it.
package struct VisitorPage: Hashable, Sendable {
    package static let longestAddress = 2_000
    package static let longestTitle = 300

    /// Without what follows `#`.
    package let url: String
    package let title: String?

    /// Nil for what is no page of `origin`, the request's own header: people of the company will press the address, so nobody may send
    /// them elsewhere with it. Where there is no header, no browser asks. A long title is cut.
    package init?(url: String, title: String?, origin: String?) {
        guard url.utf8.count <= Self.longestAddress, let page = PageOrigin(ofAddress: url) else { return nil }
        if let origin { guard PageOrigin(origin) == page else { return nil } }
        self.url = String(url.prefix { $0 != "#" })
        self.title = title.flatMap { $0.isEmpty ? nil : String($0.prefix(Self.longestTitle)) }
    }
}

/// What a chat may ask before the first message.
package enum VisitorQuestion: String, Codable, CaseIterable, Sendable { case name, email, phone, consent }

/// What a visitor says in the form before the chat.
package struct VisitorForm: Sendable {
    package let name: String?
    package let email: String?
    package let phone: String?
    /// The wording that they agreed to, as in `WebChatSettings.Consent.version`.
    package let consentVersion: Int?
    /// In which it was shown.
    package let language: Language?

    package init(name: String?, email: String?, phone: String?, consentVersion: Int?, language: Language?) {
        (self.name, self.email, self.phone) = (name, email, phone)
        (self.consentVersion, self.language) = (consentVersion, language)
    }
}

/// What a web chat knows of the visitor that an event comes from.
package struct VisitorFacts: Sendable {
    /// The owner's site vouches for who it is.
    package let isVerified: Bool
    package let email: String?
    /// `+` and digits.
    package let phone: String?
    /// When email, phone and consent were last said; nil when never.
    package let answeredAt: Instant?
    package let consent: VisitorConsent?

    package init(isVerified: Bool, email: String?, phone: String?, answeredAt: Instant?, consent: VisitorConsent?) {
        (self.isVerified, self.email, self.phone) = (isVerified, email, phone)
        (self.answeredAt, self.consent) = (answeredAt, consent)
    }
}

package enum ConsentWordSubject {}

/// A visitor agreed to the text that was shown before the chat.
package struct VisitorConsent: Hashable, Sendable {
    package let id: Identifier<ConsentWordSubject>
    package let textVersion: String
    /// SHA-256 of the exact text, hexadecimal.
    package let textHash: String
    package let givenAt: Instant

    package init(id: Identifier<ConsentWordSubject> = .init(), textVersion: String, textHash: String, givenAt: Instant) {
        (self.id, self.textVersion, self.textHash, self.givenAt) = (id, textVersion, textHash, givenAt)
    }
}

/// A visitor as they lie beside their event: what they said is sealed.
package struct StoredVisitor: Sendable {
    package let id: Identifier<VisitorSubject>
    package let isVerified: Bool
    package let answers: [UInt8]?
    package let answeredAt: Instant?
    package let consent: VisitorConsent?

    package init(
        id: Identifier<VisitorSubject>, isVerified: Bool, answers: [UInt8]?, answeredAt: Instant?, consent: VisitorConsent?
    ) {
        (self.id, self.isVerified, self.answers) = (id, isVerified, answers)
        (self.answeredAt, self.consent) = (answeredAt, consent)
    }
}
