import ChannelsInterface
import ConversationsInterface
import IdentityInterface
import CRMInterface
import HTTPTypes
import Kernel
import Persistence
import WebSupport

/// The inbox over HTTP.
struct ConversationRoutes: Sendable {
    let database: any Database
    let conversations: Conversations
    let presenter: Presenter
    let index: MessageIndex
    let live: LiveEvents

    struct Counters: Codable { let all: Int, mine: Int, unassigned: Int, waiting: Int, closed: Int, unread: Int }
    struct Draft: Codable {
        let id: MessageID, kind: String, text: String, attachments: [FileID]?
        /// To leave then and not at once; at most a year away.
        let sendAt: Instant?
        /// Whether it is taken back when the customer writes before.
        let cancelOnReply: Bool?
        /// Whether it leaves in spite of quiet hours and caps, by those who may.
        let override: Bool?
    }
    struct Upload: Codable { let id: FileID, kind: String, name: String, mime: String, size: Int64 }
    struct Assignment: Codable { let userId: UserID? }
    struct Finding: Codable {
        let conversationId: ConversationID, messageId: MessageID, snippet: String, at: Instant, contactName: String
    }

    /// 64 KB of text and the JSON around it.
    static let draftLimit = 72 << 10
    static let textLimit = 64 << 10
    private static let ceiling = 10_000

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/conversations", "A view of the inbox, the latest activity first",
                access: .permission(.readConversations), audit: .read("inbox.viewed"), response: .page(of: ConversationView.self),
                handler: list),
            Route(
                .get, "/api/v1/conversations/counters", "How many conversations each view holds",
                access: .permission(.readConversations), response: .of(Counters.self), handler: counters),
            Route(
                .get, "/api/v1/conversations/{id}", "One conversation", access: .permission(.readConversations),
                audit: .read("conversation.viewed"), response: .of(ConversationView.self), handler: show),
            Route(
                .get, "/api/v1/conversations/{id}/messages", "Its messages, newest first",
                access: .permission(.readConversations),
                audit: .read("conversation.viewed"), response: .page(of: MessageView.self), handler: messages),
            Route(
                .post, "/api/v1/conversations/{id}/messages", "Answer, or leave a note",
                access: .permission(.replyToConversations),
                bodyLimit: Self.draftLimit, audit: .inTransaction, request: .of(Draft.self), response: .of(MessageView.self),
                handler: write),
            Route(
                .post, "/api/v1/conversations/{id}/files",
                "Upload a file for an answer: its bytes are the body, ?name= and ?mime= say what it is",
                access: .permission(.replyToConversations), bodyLimit: MediaUpload.largest, audit: .inTransaction,
                response: .of(Upload.self), handler: upload),
            act("take", "Take the conversation over from the bot", .taken),
            act("give-back", "Give it back to the bot", .givenBack),
            act("close", "Close it", .closed), act("reopen", "Open it again", .reopened), act("read", "Mark it read", .read),
            Route(
                .post, "/api/v1/conversations/{id}/typing", "Show the customer that a person is writing, for some seconds",
                access: .permission(.replyToConversations), bodyLimit: 1 << 10
            ) { call in
                try await conversations.typing(in: try call.id(), live: live, by: try call.principal)
                return .noContent
            },
            Route(
                .post, "/api/v1/conversations/{id}/assign", "Assign it to a colleague, or to nobody",
                access: .permission(.assignConversations), bodyLimit: 1 << 10, audit: .inTransaction,
                request: .of(Assignment.self),
                response: .of(ConversationView.self), handler: assign),
            Route(
                .post, "/api/v1/messages/{id}/retry", "Send a failed or uncertain message again",
                access: .permission(.replyToConversations), bodyLimit: 1 << 10, audit: .inTransaction,
                response: .of(MessageView.self),
                handler: retry),
            Route(
                .get, "/api/v1/search/messages", "Messages with all the words", access: .permission(.readConversations),
                audit: .read("messages.searched"), response: .page(of: Finding.self), handler: search),
        ]
    }

    private func act(_ name: String, _ summary: String, _ act: Conversations.Act) -> Route {
        Route(
            .post, "/api/v1/conversations/{id}/\(name)", summary, access: .permission(.replyToConversations), bodyLimit: 1 << 10,
            audit: .inTransaction, response: .of(ConversationView.self)
        ) { call in
            let row = try await conversations.perform(act, on: try call.id(), by: try call.principal)
            return try await reply(row)
        }
    }

    private func reply(_ row: ConversationRow) async throws -> Reply {
        guard let view = try await presenter.views(of: [row], account: row.account).first else { throw Problem.notFound }
        return try .json(view)
    }

    private func list(_ call: Call) async throws -> Reply {
        let (caller, limit) = (try call.principal, try call.limit())
        guard let view = InboxView(call.query("view") ?? "all", user: caller.user) else {
            throw Problem.invalid(field: "view", "expected all, mine, unassigned, waiting or closed")
        }
        let cursor = try call.query("after").map { try InboxCursor($0) }
        let among = try await conversationsSaying(call.query("q"), caller.account)
        let rows = try await database.read(in: caller.account) { transaction in
            try ConversationStore(transaction: transaction)
                .page(view, of: caller.account, among: among, before: cursor, limit: limit + 1)
        }
        let page = Page(rows, size: limit) { InboxCursor(activityAt: $0.activityAt, id: $0.id).text }
        return try .json(Page(try await presenter.views(of: page.elements, account: caller.account), next: page.next))
    }

    /// The conversations whose messages, or whose customers' names, hold the words; nil without a query.
    private func conversationsSaying(_ query: String?, _ account: AccountID) async throws -> [ConversationID]? {
        guard let query, query.contains(where: { !$0.isWhitespace }) else { return nil }
        let ids = try await index.search(String(query.prefix(200)), account: account, limit: 500)
        let rows = try await database.read(in: account) { try MessageStore(transaction: $0).find(ids, of: account) }
        return Array(Set(rows.map(\.conversation)))
    }

    private func counters(_ call: Call) async throws -> Reply {
        let caller = try call.principal
        let counts = try await database.read(in: caller.account) { transaction in
            let store = ConversationStore(transaction: transaction)
            func count(_ view: InboxView) throws -> Int { try store.count(view, of: caller.account, ceiling: Self.ceiling) }
            return Counters(
                all: try count(.all), mine: try caller.user.map { try count(.mine($0)) } ?? 0, unassigned: try count(.unassigned),
                waiting: try count(.waiting), closed: try count(.closed),
                unread: try store.unread(of: caller.account, ceiling: Self.ceiling))
        }
        return try .json(counts)
    }

    private func show(_ call: Call) async throws -> Reply {
        guard let row = try await conversations.find(try call.id(), try call.account) else { throw Problem.notFound }
        return try await reply(row)
    }

    private func messages(_ call: Call) async throws -> Reply {
        let (account, limit, id): (AccountID, Int, ConversationID) = (try call.account, try call.limit(), try call.id())
        let cursor = try call.query("before").map { try InboxCursor($0) }
        let rows: [MessageRow]? = try await database.read(in: account) { transaction in
            guard try ConversationStore(transaction: transaction).find(id, of: account) != nil else { return nil }
            let before = cursor.map { (at: $0.activityAt, id: MessageID(sameAs: $0.id)) }
            return try MessageStore(transaction: transaction).page(of: id, account: account, before: before, limit: limit + 1)
        }
        guard let rows else { throw Problem.notFound }
        let page = Page(rows, size: limit) { InboxCursor(activityAt: $0.occurredAt, id: ConversationID(sameAs: $0.id)).text }
        return try .json(Page(try await presenter.views(of: page.elements, account: account), next: page.next))
    }

    private func write(_ call: Call) async throws -> Reply {
        let (draft, caller): (Draft, Principal) = (try call.decode(), try call.principal)
        let text = draft.text.trimmingPrefix { $0.isWhitespace }
        let files = draft.attachments ?? []
        guard files.count <= 1 else { throw Problem.invalid(field: "attachments", "at most one file a message") }
        guard !text.isEmpty || !files.isEmpty else { throw Problem.invalid(field: "text", "must not be empty") }
        guard files.isEmpty || draft.kind == "reply" else { throw Problem.invalid(field: "attachments", "not in a note") }
        guard draft.text.utf8.count <= Self.textLimit else { throw Problem.invalid(field: "text", "at most 64 KB") }
        guard draft.sendAt == nil || draft.kind == "reply" else { throw Problem.invalid(field: "send_at", "not for a note") }
        guard draft.sendAt == nil || draft.override != true else {
            throw Problem.invalid(field: "override", "a message for later keeps the rules: choose a time they allow")
        }
        let schedule = draft.sendAt.map { SendSchedule(at: $0, cancelOnReply: draft.cancelOnReply ?? false) }
        let written: (row: MessageRow, isNew: Bool)
        switch draft.kind {
        case "reply":
            written = try await conversations.reply(
                draft.text, file: files.first, id: draft.id, schedule: schedule, overriding: draft.override ?? false,
                in: try call.id(), by: caller)
        case "note": written = try await conversations.note(draft.text, id: draft.id, in: try call.id(), by: caller)
        default: throw Problem.invalid(field: "kind", "expected reply or note")
        }
        return try await reply(written.row, status: written.isNew ? .created : .ok)
    }

    private func upload(_ call: Call) async throws -> Reply {
        let upload = MediaUpload(
            bytes: call.body, name: call.query("name") ?? "",
            claimedType: call.query("mime") ?? call.headers[.contentType] ?? "")
        let file = try await conversations.upload(upload, to: try call.id(), by: try call.principal)
        return try .json(
            Upload(id: file.id, kind: file.kind, name: file.name, mime: file.mime, size: file.size), status: .created)
    }

    private func reply(_ row: MessageRow, status: HTTPResponse.Status = .ok) async throws -> Reply {
        guard let view = try await presenter.views(of: [row], account: row.account).first else { throw Problem.notFound }
        return try .json(view, status: status)
    }

    private func assign(_ call: Call) async throws -> Reply {
        let (wish, caller): (Assignment, Principal) = (try call.decode(), try call.principal)
        if let user = wish.userId, try await presenter.accounts.member(user, of: caller.account) == nil { throw Problem.notFound }
        return try await reply(
            try await conversations.perform(.assigned, on: try call.id(), by: caller, assignee: wish.userId))
    }

    private func retry(_ call: Call) async throws -> Reply {
        try await reply(try await conversations.retry(try call.id(), by: try call.principal))
    }

    private func search(_ call: Call) async throws -> Reply {
        let account = try call.account
        let query = String((call.query("q") ?? "").prefix(200))
        let ids = try await index.search(query, account: account, limit: try call.limit())
        let rows = try await database.read(in: account) { try MessageStore(transaction: $0).find(ids, of: account) }
        let names = try await presenter.contacts.contacts(Set(rows.map(\.contact)), of: account)
        var findings: [Finding] = []
        for row in rows.sorted(by: { ($0.occurredAt, $0.id) > ($1.occurredAt, $1.id) }) where !row.deleted {
            guard let text = try await conversations.vault.messageSeal(of: row.contact, account: account)?.openText(row) else {
                continue
            }
            findings.append(
                Finding(
                    conversationId: row.conversation, messageId: row.id, snippet: Snippet.around(query, in: text),
                    at: row.occurredAt,
                    contactName: names[row.contact]?.name ?? ""))
        }
        return try .json(Page(findings, next: nil))
    }
}
