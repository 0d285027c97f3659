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
    let files: VisitorFiles
    let time: any TimeSource
    /// Our own pages may always run a chat: the settings' preview and the demo's phone do.
    let ownOrigin: PageOrigin?
    let sightings: ChatSightings

    /// How long a browser that the site vouched for needs no new proof.
    static let session = Duration.seconds(7 * 86_400)
    /// Devices of one person at a time; the one that was away for the longest goes.
    static let sessions = 20

    func webChat(key: String) async throws -> WebChat { try await chat(key).1 }

    private func chat(_ key: String) async throws -> (OpenChannel, WebChat) {
        guard let channel = try await channels.channel(route: key), channel.row.kind == OpenChannel.webChat,
            channel.row.state == .active
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
        guard let channel = try await channels.channel(chat.channel, of: chat.account) else { throw Problem.notFound }
        let token = try Token(prefix: "wv_")
        let digest = token.digest
        let (row, seal) = try await newRow(
            name: VisitorAnswers.name(name) ?? "", answers: VisitorAnswers(), subjectKey: nil, language: language, in: channel)
        _ = try await database.write(in: chat.account) {
            try VisitorStore(transaction: $0).insert(row, tokenHash: digest)
        }
        return (try visitor(row, seal, channel), token.text)
    }

    func identify(_ identity: String, language: Language?, in chat: WebChat) async throws -> (visitor: Visitor, token: String) {
        guard let channel = try await channels.channel(chat.channel, of: chat.account) else { throw Problem.notFound }
        let now = time.now()
        let secrets = channel.settings.identitySecret?.accepted(at: now) ?? []
        guard !secrets.isEmpty else {
            throw Problem.invalid(
                field: "identity", "this chat has no secret for signed identities yet: make one in its settings")
        }
        let signed = try SignedIdentity(identity, secrets: secrets, chat: channel.settings.route, now: now)
        let (row, seal) = try await person(signed, language, in: channel)
        let token = try Token(prefix: "wv_")
        let digest = token.digest
        let end = now.advanced(by: Self.session)
        try await database.write(in: chat.account) {
            try VisitorStore(transaction: $0).openSession(digest, of: row, at: now, until: end, most: Self.sessions)
        }
        return (try visitor(row, seal, channel), token.text)
    }

    /// The one visitor that `signed` names, made when there is none yet; what the site says of them is kept up to date.
    private func person(
        _ signed: SignedIdentity, _ language: Language?, in channel: OpenChannel
    ) async throws -> (VisitorRow, VisitorSeal) {
        let (account, id) = (channel.account, channel.id)
        let subject = channel.subjectKey(signed.subject)
        func stored() async throws -> VisitorRow? {
            try await database.read(in: account) {
                try VisitorStore(transaction: $0).find(subjectKey: subject, in: id, of: account)
            }
        }
        if let row = try await stored() {
            if let seal = try await seal(row, channel) { return (try await updated(row, seal, signed), seal) }
            try await database.write(in: account) {
                try VisitorStore(transaction: $0).forgetSubject(of: row.id, account: account)
            }
        }
        let (row, seal) = try await newRow(
            name: signed.name ?? "", answers: VisitorAnswers(email: signed.email, phone: signed.phone), subjectKey: subject,
            language: language, in: channel)
        // Nobody holds this one: only sessions open the way to a person.
        let unheld = try Token().digest
        let isNew = try await database.write(in: account) { try VisitorStore(transaction: $0).insert(row, tokenHash: unheld) }
        if isNew { return (row, seal) }
        // Another device was first.
        guard let row = try await stored(), let seal = try await self.seal(row, channel) else { throw Problem.unauthenticated }
        return (row, seal)
    }

    private func updated(_ row: VisitorRow, _ seal: VisitorSeal, _ signed: SignedIdentity) async throws -> VisitorRow {
        let (name, answers) = (try seal.name(row), try seal.answers(row))
        let fresh = VisitorAnswers(email: signed.email ?? answers.email, phone: signed.phone ?? answers.phone)
        guard (signed.name ?? name) != name || fresh != answers else { return row }
        var changed = row
        (changed.name, changed.answers) = (try seal.seal(name: signed.name ?? name), try seal.seal(fresh))
        changed.answeredAt = time.now()
        try await store(changed)
        return changed
    }

    func store(_ row: VisitorRow) async throws {
        try await database.write(in: row.account) {
            try VisitorStore(transaction: $0).set(
                name: row.name, answers: row.answers, consent: row.consent, at: row.answeredAt ?? row.createdAt, of: row.id,
                account: row.account)
        }
    }

    private func newRow(
        name: String, answers: VisitorAnswers, subjectKey: [UInt8]?, language: Language?, in channel: OpenChannel
    ) async throws -> (VisitorRow, VisitorSeal) {
        let (id, now) = (Identifier<VisitorSubject>(), time.now())
        let identity = channel.identityKey(id.description)
        let seal = VisitorSeal(
            key: try await vault.key(for: try Intake.keyID(identity), in: channel.account), id: id, account: channel.account)
        let answersSealed = try seal.seal(answers)
        let row = VisitorRow(
            account: channel.account, id: id, channel: channel.id, identityKey: identity, subjectKey: subjectKey,
            name: try seal.seal(name: name), answers: answersSealed, answeredAt: answersSealed == nil ? nil : now,
            consent: nil, language: language, createdAt: now)
        return (row, seal)
    }

    /// Nil when the person was erased.
    func seal(_ row: VisitorRow, _ channel: OpenChannel) async throws -> VisitorSeal? {
        let identity = row.identityKey ?? channel.identityKey(row.id.description)
        do {
            let key = try await vault.key(for: try Intake.keyID(identity), in: row.account)
            return VisitorSeal(key: key, id: row.id, account: row.account)
        } catch VaultError.keyDestroyed { return nil }
    }

    func visitor(_ row: VisitorRow, _ seal: VisitorSeal, _ channel: OpenChannel) throws -> Visitor {
        let (name, answers) = (try seal.name(row), try seal.answers(row))
        let settings = channel.settings.webChat ?? WebChatSettings()
        return Visitor(
            id: row.id, threadKey: channel.threadKey(row.id.description), name: name, language: row.language,
            isVerified: row.subjectKey != nil,
            owes: settings.questions(name: name, answers: answers, consent: row.consent))
    }

    func visitor(token: String, in chat: WebChat) async throws -> Visitor {
        let (digest, now) = (Token.digest(of: token), time.now())
        let row = try await database.read(in: chat.account) {
            try VisitorStore(transaction: $0).find(tokenHash: digest, in: chat.channel, of: chat.account, at: now)
        }
        guard let row, let channel = try await channels.channel(chat.channel, of: chat.account),
            let seal = try await seal(row, channel)
        else { throw Problem.unauthenticated }
        return try visitor(row, seal, channel)
    }

    func receive(
        id: MessageID, text: String, files uploads: [FileID], page: VisitorPage?, from visitor: Visitor, in chat: WebChat
    ) async throws {
        guard let channel = try await channels.channel(chat.channel, of: chat.account) else { throw Problem.notFound }
        try visitor.mustOweNothing()
        let files = try await files.uploads(uploads, of: visitor, in: channel)
        var body = JSON.Object()
        body.add("visitor", visitor.id.description)
        body.add("message", id.description)
        body.add("name", visitor.name.isEmpty ? nil : visitor.name)
        body.add("language", visitor.language?.rawValue)
        body.add("text", text.isEmpty ? nil : text)
        if !files.isEmpty { body.add("attachments", .array(files.map { .object(Self.attachment($0)) })) }
        if let page, !chat.isOurs(page) { body.add("page", .object(Self.form(of: page))) }
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
        try await intake.accept(parsed.events, body: nil, in: channel, uploads: uploads)
    }

    private static func form(of page: VisitorPage) -> JSON.Object {
        var object = JSON.Object()
        object.add("url", page.url)
        object.add("title", page.title)
        object.add("campaign", CampaignMarks.of(page.url))
        return object
    }

    private static func attachment(_ file: MediaFile) -> JSON.Object {
        var attachment = JSON.Object()
        attachment.add("kind", file.kind)
        attachment.add("file", file.id.description)
        attachment.add("name", file.name)
        attachment.add("mimeType", file.mime)
        attachment.add("size", file.size)
        return attachment
    }
}
