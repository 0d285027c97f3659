import ChannelsInterface
import Kernel
import Persistence
import PluginHost
import Vault
import WireJSON

/// Web chats and their visitors.
struct LiveWebChatGateway: WebChatGateway {
    let database: any Database
    let vault: Vault
    let channels: OpenChannels
    let intake: Intake
    let time: any TimeSource
    /// Our own pages may always run a chat: the settings' preview and the demo's phone do.
    let ownOrigin: PageOrigin?
    let sightings: ChatSightings

    func webChat(key: String) async throws -> WebChat { try await chat(key).1 }

    private func chat(_ key: String) async throws -> (OpenChannel, WebChat) {
        guard let channel = try await channels.channel(route: key), channel.row.kind == "webchat", channel.row.state == .active
        else {
            throw Problem.notFound
        }
        let chat = WebChat(
            account: channel.account, channel: channel.id, name: channel.row.name,
            settings: channel.settings.webChat ?? WebChatSettings(), ownOrigin: ownOrigin)
        return (channel, chat)
    }

    func noteSighting(of chat: WebChat, onPageOf origin: String?) async {
        guard let page = origin.flatMap({ PageOrigin($0) }), page != ownOrigin else { return }
        await sightings.note(page.host, of: chat.channel, account: chat.account)
    }

    func register(name: String?, language: Language?, in chat: WebChat) async throws -> (visitor: Visitor, token: String) {
        let name = String((name ?? "").prefix(100))
        let id = Identifier<VisitorSubject>()
        let token = try Token(prefix: "wv_")
        guard let channel = try await channels.channel(chat.channel, of: chat.account) else { throw Problem.notFound }
        let identity = channel.identityKey(id.description)
        let key = try await vault.key(for: try Intake.keyID(identity), in: chat.account)
        let sealed = try key.seal(name, as: Self.context(id, chat.account)).stored
        let (digest, now) = (token.digest, time.now())
        try await database.write(in: chat.account) { transaction in
            try transaction.execute(
                """
                INSERT INTO channels_visitor (account_id, id, channel_id, token_hash, name, language, created_at)
                VALUES (\(chat.account), \(id), \(chat.channel), \(digest), \(sealed), \(language), \(now))
                """)
        }
        return (Visitor(id: id, threadKey: channel.threadKey(id.description), name: name, language: language), token.text)
    }

    func visitor(token: String, in chat: WebChat) async throws -> Visitor {
        let digest = Token.digest(of: token)
        let found = try await database.read(in: chat.account) { transaction in
            try transaction.row(
                """
                SELECT id, name, language FROM channels_visitor
                WHERE account_id = \(chat.account) AND token_hash = \(digest) AND channel_id = \(chat.channel)
                """
            ) { row in
                let id: Identifier<VisitorSubject> = try row.id("id")
                return (id, try row.blob("name"), try row.optionalText("language").flatMap(Language.init(rawValue:)))
            }
        }
        guard let (id, sealed, language) = found, let channel = try await channels.channel(chat.channel, of: chat.account) else {
            throw Problem.unauthenticated
        }
        do {
            let key = try await vault.key(for: try Intake.keyID(channel.identityKey(id.description)), in: chat.account)
            let name = try key.openText(Sealed(stored: sealed), as: Self.context(id, chat.account))
            return Visitor(id: id, threadKey: channel.threadKey(id.description), name: name, language: language)
        } catch VaultError.keyDestroyed { throw Problem.unauthenticated }
    }

    func receive(id: MessageID, text: String, from visitor: Visitor, in chat: WebChat) async throws {
        guard let channel = try await channels.channel(chat.channel, of: chat.account) else { throw Problem.notFound }
        var body = JSON.Object()
        body.add("visitor", visitor.id.description)
        body.add("message", id.description)
        body.add("name", visitor.name.isEmpty ? nil : visitor.name)
        body.add("language", visitor.language?.rawValue)
        body.add("text", text)
        let request = WebhookRequest(origin: .local, body: JSON.object(body).serialized())
        let context = channel.context(at: time.now())
        guard case .accepted = try await plugin(channel, { try await $0.verify(request, in: context) }) else {
            throw Problem.notFound
        }
        let parsed: ParsedWebhook
        do { parsed = try await plugin(channel) { try await $0.parse(request, in: context) } } catch PluginFault.badBody(
            let reason)
        {
            throw Problem.invalid(field: "text", reason)
        }
        try await intake.accept(parsed.events, body: nil, in: channel)
    }

    private static func context(_ id: Identifier<VisitorSubject>, _ account: AccountID) -> SealContext {
        SealContext(table: "channels_visitor", column: "name", row: id, account: account)
    }
}
