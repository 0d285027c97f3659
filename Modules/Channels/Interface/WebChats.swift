package import Kernel

/// The web chat's front door: visitors and their messages, before they become conversations.
package protocol WebChatGateway: Sendable {
    /// The web chat with this public key. Throws `Problem.notFound`.
    func webChat(key: String) async throws -> WebChat

    /// Remembers that a page of `origin` (its `Origin` header) runs the chat, for the owner to see that it is installed: host and time, nothing
    /// of the visitor. A minute's sightings are one. Never throws: it is nobody's reason to have no chat.
    func noteSighting(of chat: WebChat, onPageOf origin: String?) async

    /// A new visitor and the token that proves to be them.
    func register(name: String?, language: Language?, in chat: WebChat) async throws -> (visitor: Visitor, token: String)

    /// Whose token it is. Throws `Problem.unauthenticated`.
    func visitor(token: String, in chat: WebChat) async throws -> Visitor

    /// Takes a visitor's message in, durably. The same `id` again changes nothing.
    func receive(id: MessageID, text: String, from visitor: Visitor, in chat: WebChat) async throws
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

    package init(id: Identifier<VisitorSubject>, threadKey: [UInt8], name: String, language: Language?) {
        (self.id, self.threadKey, self.name, self.language) = (id, threadKey, name, language)
    }
}

package enum VisitorSubject {}
