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
    struct Registration: Codable { let name: String?, language: String? }
    struct Registered: Codable { let visitor: String, token: String }
    struct Draft: Codable { let id: MessageID, text: String }
    struct Accepted: Codable { let id: MessageID, at: Instant }
    struct Typing: Codable { let on: Bool }
    struct Quote: Codable { let title: String, quote: String }
    struct Item: Codable {
        let id: MessageID, direction: String, author: String, authorName: String, text: String, at: Instant, status: String
        let citations: [Quote]
    }

    private static let textLimit = 16_000

    var routes: [Route] {
        [
            route(
                .get, "config", "How the chat looks and greets, in the language of ?language= if it speaks it",
                response: .of(Configuration.self), configuration),
            route(
                .post, "visitors", "A new visitor", limit: 4 << 10, request: .of(Registration.self),
                response: .of(Registered.self), register),
            route(.get, "messages", "The visitor's conversation, oldest first", response: .page(of: Item.self), messages),
            route(.post, "messages", "Write", limit: 72 << 10, request: .of(Draft.self), response: .of(Accepted.self), write),
            route(.get, "events", "The visitor's live events", events),
            route(.post, "typing", "The visitor is typing", limit: 1 << 10, request: .of(Typing.self), typing),
        ]
            + ["config", "visitors", "messages", "events", "typing"].map { path in
                Route(
                    .options, "/webchat/{key}/\(path)", "Which origins and headers are allowed",
                    access: .open(reason: "a browser asks before it may send anything"), scope: .none, rate: .page
                ) { _ in Self.allowingOrigins(Reply(status: .noContent)) }
            }
    }

    private func route(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, limit: Int = 0, request: Schema? = nil,
        response: Schema? = nil,
        _ handler: @escaping @Sendable (Call, WebChat) async throws -> Reply
    ) -> Route {
        Route(
            method, "/webchat/{key}/\(path)", summary,
            access: .ownCredential(reason: "the chat's public key and the visitor's token"), scope: .keyedAccount, rate: .visitor,
            bodyLimit: limit, audit: .inTransaction, request: request, response: response
        ) { call in
            do {
                let chat = try await gateway.webChat(key: try call.parameter("key"))
                guard chat.mayRun(onPageOf: call.headers[.origin]) else { throw Problem.forbidden }
                return Self.allowingOrigins(try await handler(call, chat))
            } catch let problem as Problem {
                // The widget must be able to read why.
                return Self.allowingOrigins(problem.reply(requestID: call.requestID))
            }
        }
    }

    private static func allowingOrigins(_ reply: Reply) -> Reply {
        var reply = reply
        reply.headers[.accessControlAllowOrigin] = "*"
        reply.headers[.accessControlAllowMethods] = "GET, POST, OPTIONS"
        reply.headers[.accessControlAllowHeaders] = "Authorization, Content-Type, Last-Event-ID"
        reply.headers[.accessControlMaxAge] = "600"
        return reply
    }

    private func configuration(_ call: Call, _ chat: WebChat) async throws -> Reply {
        await gateway.noteSighting(of: chat, onPageOf: call.headers[.origin])
        return try .json(
            try await Configuration(chat, for: call.query("language"), at: time.now()) { try await notice($0, chat.account) })
    }

    private func register(_ call: Call, _ chat: WebChat) async throws -> Reply {
        let wish: Registration = try call.decode()
        let made = try await gateway.register(
            name: wish.name, language: wish.language.flatMap(Language.init(rawValue:)), in: chat)
        return try .json(Registered(visitor: made.visitor.id.description, token: made.token), status: .created)
    }

    private func visitor(_ call: Call, _ chat: WebChat) async throws -> Visitor {
        guard let header = call.headers[.authorization], header.lowercased().hasPrefix("bearer ") else {
            throw Problem.unauthenticated
        }
        return try await gateway.visitor(token: String(header.dropFirst(7)), in: chat)
    }

    private func write(_ call: Call, _ chat: WebChat) async throws -> Reply {
        let (draft, visitor): (Draft, Visitor) = (try call.decode(), try await visitor(call, chat))
        guard draft.text.contains(where: { !$0.isWhitespace }) else { throw Problem.invalid(field: "text", "must not be empty") }
        guard draft.text.count <= Self.textLimit else {
            throw Problem.invalid(field: "text", "at most \(Self.textLimit) characters")
        }
        try await gateway.receive(id: draft.id, text: draft.text, from: visitor, in: chat)
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

    private func rows(
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

    private func items(_ rows: [MessageRow], _ account: AccountID) async throws -> [Item] {
        try await presenter.views(of: rows, account: account).filter { !$0.deleted }.map { view in
            let author = ["customer": "visitor", "user": "person"][view.author.type] ?? view.author.type
            return Item(
                id: view.id, direction: view.direction, author: author, authorName: author == "person" ? view.author.name : "",
                text: view.text, at: view.sentAt, status: view.status,
                citations: view.citations.map { Quote(title: $0.title, quote: $0.quote) })
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
        let stream = VisitorStream(routes: self, visitor: visitor, chat: chat)
        let pump = Task {
            await stream.run(notices, from: resumed) { continuation.yield($0) }
            continuation.finish()
        }
        continuation.onTermination = { _ in pump.cancel() }
        return EventStream.reply(frames)
    }

    /// The frames of one visitor: their conversation's messages as they come and change.
    private struct VisitorStream: Sendable {
        let routes: VisitorRoutes
        let visitor: Visitor
        let chat: WebChat

        func run(_ notices: AsyncStream<LiveEvents.Item>, from last: MessageID?, _ send: @Sendable (EventStream.Frame) -> Void)
            async
        {
            send(.init(event: "hello", data: "{}"))
            // What was said between the page's loading and this subscription must come through one of the two: the page knows a message
            // by its id and shows it once.
            if let last { await catchUp(after: last, send) } else { await recent(send) }
            var conversation: String?
            for await item in notices {
                guard case .notice(let notice) = item, !Task.isCancelled else { return }
                if conversation == nil { conversation = await conversationID() }
                guard let conversation, let data = try? JSONDecoder().decode([String: Value].self, from: Data(notice.data.utf8)),
                    data["conversation_id"]?.text == conversation
                else { continue }
                switch notice.name {
                case "message.added", "message.changed":
                    await tell(data["message_id"]?.text, added: notice.name == "message.added", send)
                case "bot.typing": send(.init(event: "typing", data: #"{"on":\#(data["on"]?.flag ?? false),"author":"bot"}"#))
                default: break
                }
            }
        }

        private func conversationID() async -> String? {
            let row = try? await routes.database.read(in: chat.account) { transaction in
                try ConversationStore(transaction: transaction).find(
                    channel: chat.channel, threadKey: visitor.threadKey, of: chat.account)
            }
            return row?.id.description
        }

        private func tell(_ text: String?, added: Bool, _ send: @Sendable (EventStream.Frame) -> Void) async {
            guard let id = text.flatMap({ MessageID($0) }),
                let row = try? await routes.database.read(
                    in: chat.account, { try MessageStore(transaction: $0).find(id, of: chat.account) }),
                row.isForCustomers, let item = try? await routes.items([row], chat.account).first,
                let bytes = try? Reply.json(item).body, case .bytes(let data) = bytes
            else { return }
            if added {
                send(.init(id: id.description, event: "message", data: String(decoding: data, as: UTF8.self)))
            } else {
                send(.init(event: "status", data: #"{"id":"\#(id)","status":"\#(row.status.rawValue)"}"#))
            }
        }

        private func recent(_ send: @Sendable (EventStream.Frame) -> Void) async {
            let (account, thread, channel) = (chat.account, visitor.threadKey, chat.channel)
            let rows = try? await routes.database.read(in: account) { transaction -> [MessageRow] in
                guard
                    let found = try ConversationStore(transaction: transaction).find(
                        channel: channel, threadKey: thread, of: account)
                else { return [] }
                return try MessageStore(transaction: transaction).page(of: found.id, account: account, before: nil, limit: 30)
            }
            for row in (rows ?? []).reversed() where row.isForCustomers {
                await tell(row.id.description, added: true, send)
            }
        }

        private func catchUp(after last: MessageID, _ send: @Sendable (EventStream.Frame) -> Void) async {
            let found = try? await routes.database.read(in: chat.account) {
                try MessageStore(transaction: $0).find(last, of: chat.account)
            }
            guard let row = found ?? nil,
                let rows = try? await routes.rows(of: visitor, in: chat, after: (row.occurredAt, row.id), limit: 100)
            else { return }
            for row in rows { await tell(row.id.description, added: true, send) }
        }
    }

    /// A notice's value: an id or a flag.
    private enum Value: Decodable {
        case string(String), bool(Bool)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let flag = try? container.decode(Bool.self) {
                self = .bool(flag)
            } else {
                self = .string(try container.decode(String.self))
            }
        }

        var text: String? { if case .string(let text) = self { text } else { nil } }
        var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    }
}
