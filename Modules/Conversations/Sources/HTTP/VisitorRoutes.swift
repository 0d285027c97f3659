import ChannelsInterface
import Foundation
import HTTPTypes
import Kernel
import Persistence
import Vault
import WebSupport

/// The web chat's public routes: a visitor sees their own conversation and nothing else.
///
/// Open to every origin, since the widget runs on other people's pages; there are no cookies, the visitor's token is the only key.
struct VisitorRoutes: Sendable {
    let database: any Database
    let vault: Vault
    let gateway: any WebChatGateway
    let live: LiveEvents
    let presenter: Presenter
    /// The words that say a bot answers; nil when none does.
    let notice: @Sendable (Language, AccountID) async throws -> String?
    let time: any TimeSource

    /// The chat as one visitor sees it: each text in the language it speaks with them.
    struct Configuration: Codable {
        struct Launcher: Codable { let icon: WebChatSettings.Icon, label: String? }
        struct Consent: Codable { let text: String, link: String?, version: Int }

        let title: String, color: String, greeting: String, language: Language, languages: [Language]
        let position: WebChatSettings.Position, launcher: Launcher, initials: String?, avatar: String?
        /// Whether people are there now; the message is what to say when they are not.
        let open: Bool, offlineMessage: String?
        let preChat: WebChatSettings.PreChat, consent: Consent?, rating: Bool, files: Bool, aiNotice: String?

        init(_ chat: WebChat, for tag: String?, at now: Instant, aiNotice: @Sendable (Language) async throws -> String?)
            async throws
        {
            let settings = chat.settings
            let language = settings.language(for: tag)
            func spoken(_ text: SpokenText) -> String? { text.text(in: language, else: settings.language) }
            (self.language, languages) = (language, settings.languages)
            (title, greeting) = (spoken(settings.title) ?? chat.name, spoken(settings.greeting) ?? "")
            (color, position) = (settings.color, settings.position)
            launcher = Launcher(icon: settings.launcher.icon, label: spoken(settings.launcher.label))
            initials = settings.initials.isEmpty ? nil : settings.initials
            avatar = settings.avatar.isEmpty ? nil : settings.avatar
            (open, offlineMessage) = (settings.hours.isOpen(at: now), spoken(settings.offlineMessage))
            (preChat, rating, files) = (settings.preChat, settings.rating, settings.files)
            consent = spoken(settings.consent.text).map { text in
                let link = settings.consent.link
                return Consent(text: text, link: link.isEmpty ? nil : link, version: settings.consent.version)
            }
            self.aiNotice = try await aiNotice(language)
        }
    }
    /// `identity` is what the owner's site signed; without it the visitor is somebody whom nobody vouches for.
    struct Registration: Codable { let name: String?, language: String?, identity: String? }
    struct Registered: Codable { let visitor: String, token: String, verified: Bool }
    struct Draft: Codable {
        struct Page: Codable { let url: String, title: String? }
        let id: MessageID, text: String, attachments: [FileID]?
        /// Where it is written. What is no page of the site that asks is left out.
        let page: Page?
    }
    struct Accepted: Codable { let id: MessageID, at: Instant }
    struct Typing: Codable { let on: Bool }
    struct Quote: Codable { let title: String, quote: String }
    struct File: Codable {
        @Nullable var id: FileID?
        let kind: String, state: String, name: String?, mime: String?, size: Int64?, note: String?
    }
    struct Item: Codable {
        let id: MessageID, direction: String, author: String, authorName: String, text: String, at: Instant, status: String
        let citations: [Quote], attachments: [File]
    }

    private static let textLimit = 16_000
    private static let fileLimit = 5

    var routes: [Route] {
        [
            door.route(
                .get, "config", "How the chat looks and greets, in the language of ?language= if it speaks it",
                response: .of(Configuration.self), configuration),
            door.route(
                .post, "visitors", "A new visitor, or a person whom the site signed in", limit: 8 << 10,
                request: .of(Registration.self),
                response: .of(Registered.self), register),
            door.route(.get, "messages", "The visitor's conversation, oldest first", response: .page(of: Item.self), messages),
            door.route(
                .post, "messages", "Write", limit: 72 << 10, request: .of(Draft.self), response: .of(Accepted.self), write),
            door.route(.get, "events", "The visitor's live events", events),
            door.route(.post, "typing", "The visitor is typing", limit: 1 << 10, request: .of(Typing.self), typing),
        ]
            + VisitorDoor.questions(["config", "visitors", "messages", "events", "typing"])
    }

    private func configuration(_ call: Call, _ chat: WebChat) async throws -> Reply {
        await gateway.noteSighting(of: chat, onPageOf: call.headers[.origin])
        return try .json(
            try await Configuration(chat, for: call.query("language"), at: time.now()) { try await notice($0, chat.account) })
    }

    private func register(_ call: Call, _ chat: WebChat) async throws -> Reply {
        let wish: Registration = try call.decode()
        let language = wish.language.flatMap(Language.init(rawValue:))
        let (visitor, token) =
            if let identity = wish.identity {
                try await gateway.identify(identity, language: language, in: chat)
            } else {
                try await gateway.register(name: wish.name, language: language, in: chat)
            }
        return try .json(
            Registered(visitor: visitor.id.description, token: token, verified: visitor.isVerified), status: .created)
    }

    private var door: VisitorDoor { VisitorDoor(gateway: gateway) }

    private func visitor(_ call: Call, _ chat: WebChat) async throws -> Visitor { try await door.visitor(call, chat) }

    private func write(_ call: Call, _ chat: WebChat) async throws -> Reply {
        let (draft, visitor): (Draft, Visitor) = (try call.decode(), try await visitor(call, chat))
        let files = draft.attachments ?? []
        guard files.count <= Self.fileLimit, Set(files).count == files.count else {
            throw Problem.invalid(field: "attachments", "at most \(Self.fileLimit) different files")
        }
        guard !files.isEmpty || draft.text.contains(where: { !$0.isWhitespace }) else {
            throw Problem.invalid(field: "text", "must not be empty")
        }
        guard draft.text.count <= Self.textLimit else {
            throw Problem.invalid(field: "text", "at most \(Self.textLimit) characters")
        }
        let page = draft.page.flatMap {
            VisitorPage(url: $0.url, title: $0.title, origin: call.headers[.origin])
        }
        try await gateway.receive(id: draft.id, text: draft.text, files: files, page: page, from: visitor, in: chat)
        return try .json(Accepted(id: draft.id, at: time.now()), status: .accepted)
    }

    private func messages(_ call: Call, _ chat: WebChat) async throws -> Reply {
        let (visitor, limit) = (try await visitor(call, chat), try call.limit())
        let cursor = try call.query("after").flatMap { $0.isEmpty ? nil : try InboxCursor($0) }
        let rows = try await rows(
            of: visitor, in: chat, after: cursor.map { ($0.activityAt, MessageID(sameAs: $0.id)) }, limit: limit + 1)
        let page = Page(rows, size: limit) { InboxCursor(activityAt: $0.occurredAt, id: ConversationID(sameAs: $0.id)).text }
        return try .json(Page(try await items(page.elements, chat.account), next: page.next))
    }

    func rows(
        of visitor: Visitor, in chat: WebChat, after cursor: (at: Instant, id: MessageID)?, limit: Int
    ) async throws -> [MessageRow] {
        try await database.read(in: chat.account) { transaction in
            let found = try ConversationStore(transaction: transaction)
                .find(channel: chat.channel, threadKey: visitor.threadKey, of: chat.account)
            guard let found else { return [] }
            return try MessageStore(transaction: transaction).visible(
                of: found.id, account: chat.account, after: cursor, limit: limit)
        }
    }

    func items(_ rows: [MessageRow], _ account: AccountID) async throws -> [Item] {
        try await presenter.views(of: rows, account: account).filter { !$0.deleted }.map { view in
            let author = ["customer": "visitor", "user": "person"][view.author.type] ?? view.author.type
            return Item(
                id: view.id, direction: view.direction, author: author, authorName: author == "person" ? view.author.name : "",
                text: view.text, at: view.sentAt, status: view.status,
                citations: view.citations.map { Quote(title: $0.title, quote: $0.quote) },
                attachments: view.attachments.map {
                    File(id: $0.file, kind: $0.kind, state: $0.state, name: $0.name, mime: $0.mime, size: $0.size, note: $0.note)
                })
        }
    }

    private func typing(_ call: Call, _ chat: WebChat) async throws -> Reply {
        let (wish, visitor): (Typing, Visitor) = (try call.decode(), try await visitor(call, chat))
        let row = try await database.read(in: chat.account) { transaction in
            try ConversationStore(transaction: transaction).find(
                channel: chat.channel, threadKey: visitor.threadKey, of: chat.account)
        }
        if let row {
            live.broadcast(
                LiveNotice(
                    transient: "contact.typing", account: chat.account,
                    data: #"{"conversation_id":"\#(row.id)","on":\#(wish.on)}"#))
        }
        return .noContent
    }

    private func events(_ call: Call, _ chat: WebChat) async throws -> Reply {
        let visitor = try await visitor(call, chat)
        let notices = live.subscribe(to: chat.account)
        let (frames, continuation) = AsyncStream.makeStream(of: EventStream.Frame.self, bufferingPolicy: .bufferingOldest(256))
        let resumed = (call.headers[.init("Last-Event-ID") ?? .range] ?? call.query("last_event_id")).flatMap { MessageID($0) }
        let standings = VisitorStandings(database: database, vault: vault, time: time)
        let stream = VisitorStream(routes: self, standings: standings, visitor: visitor, chat: chat)
        let pump = Task {
            await stream.run(notices, from: resumed) { continuation.yield($0) }
            continuation.finish()
        }
        continuation.onTermination = { _ in pump.cancel() }
        return EventStream.reply(frames)
    }
}
