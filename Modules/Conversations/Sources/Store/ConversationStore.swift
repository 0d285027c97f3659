import ChannelsInterface
import Kernel
import Persistence

/// A conversation as it is stored.
struct ConversationRow: Sendable {
    enum State: String, Sendable { case open, closed }

    let account: AccountID
    let id: ConversationID
    let channel: ChannelID
    let threadKey: [UInt8]
    let contact: ContactID
    let address: SealedAddress
    var state: State
    var owner: TurnOwner
    var fence: Int64
    var assignee: UserID?
    var needsHuman: Bool
    var handOffReason: HandOffReason?
    var handOffAt: Instant?
    var language: Language?
    var unread: Int
    var botReplies: Int
    var lastMessage: MessageID?
    var lastInbound: MessageID?
    var lastInboundAt: Instant?
    var activityAt: Instant
    let createdAt: Instant
    /// A message may wait here for its time: set with the first, cleared when a look finds none.
    var hasWaiting = false
    /// The owner's site vouches for who the customer is.
    var isVerified = false
    /// Up to when the customer's answers to the form before the chat are taken over.
    var answeredAt: Instant?
    /// When it was last closed; nil when never.
    var closedAt: Instant?
    /// What brought the customer last, or what they write about; sealed under the contact's key.
    var referral: [UInt8]?
}

/// The rows of `conversations_conversation`.
struct ConversationStore {
    let transaction: any SQLTransaction

    func insert(_ row: ConversationRow) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO conversations_conversation (account_id, id, channel_id, thread_key, contact_id, address, state, owner, fence,
              needs_human, language, unread, bot_replies, activity_at, created_at, is_verified)
            VALUES (\(row.account), \(row.id), \(row.channel), \(row.threadKey), \(row.contact), \(row.address.bytes),
              \(row.state.rawValue), \(row.owner.rawValue), \(row.fence), 0, \(row.language), 0, 0, \(row.activityAt), \(row.createdAt),
              \(row.isVerified))
            ON CONFLICT DO NOTHING
            """) == 1
    }

    func find(_ id: ConversationID, of account: AccountID) throws -> ConversationRow? {
        try transaction.row(
            "SELECT * FROM conversations_conversation WHERE account_id = \(account) AND id = \(id)", ConversationRow.init(row:))
    }

    /// As `find`, for a transaction that will `update` it: nobody else changes the row meanwhile.
    ///
    /// SQLite has one writer; PostgreSQL would let two read the same row, and the later one's `update` would undo the other's.
    func locked(_ id: ConversationID, of account: AccountID) throws -> ConversationRow? {
        try transaction.row(
            "SELECT * FROM conversations_conversation WHERE account_id = \(account) AND id = \(id)\(sql: lock)",
            ConversationRow.init(row:))
    }

    /// As `find`, locked.
    func locked(channel: ChannelID, threadKey: [UInt8], of account: AccountID) throws -> ConversationRow? {
        try transaction.row(
            """
            SELECT * FROM conversations_conversation
            WHERE account_id = \(account) AND channel_id = \(channel) AND thread_key = \(threadKey)\(sql: lock)
            """, ConversationRow.init(row:))
    }

    private var lock: SQL { transaction.dialect == .postgres ? " FOR UPDATE" : "" }

    func find(channel: ChannelID, threadKey: [UInt8], of account: AccountID) throws -> ConversationRow? {
        try transaction.row(
            """
            SELECT * FROM conversations_conversation
            WHERE account_id = \(account) AND channel_id = \(channel) AND thread_key = \(threadKey)
            """, ConversationRow.init(row:))
    }

    /// Writes everything that changes in a conversation's life.
    func update(_ row: ConversationRow) throws {
        try transaction.execute(
            """
            UPDATE conversations_conversation SET state = \(row.state.rawValue), owner = \(row.owner.rawValue), fence = \(row.fence),
              assignee_id = \(row.assignee), needs_human = \(row.needsHuman), handoff_reason = \(row.handOffReason?.rawValue),
              handoff_at = \(row.handOffAt), language = \(row.language), unread = \(row.unread), bot_replies = \(row.botReplies),
              last_message_id = \(row.lastMessage), last_inbound_id = \(row.lastInbound), last_inbound_at = \(row.lastInboundAt),
              activity_at = \(row.activityAt), has_waiting = \(row.hasWaiting), answered_at = \(row.answeredAt),
              closed_at = \(row.closedAt), referral = \(row.referral)
            WHERE account_id = \(row.account) AND id = \(row.id)
            """)
    }

    func noteWaiting(in id: ConversationID, account: AccountID) throws {
        try transaction.execute(
            "UPDATE conversations_conversation SET has_waiting = 1 WHERE account_id = \(account) AND id = \(id)")
    }

    /// One page of a view, the latest activity first.
    func page(
        _ view: InboxView, of account: AccountID, among ids: [ConversationID]? = nil, before cursor: InboxCursor?, limit: Int
    ) throws -> [ConversationRow] {
        if ids?.isEmpty == true { return [] }
        var sql: SQL = "SELECT * FROM conversations_conversation WHERE account_id = \(account)"
        sql += view.condition
        if let ids { sql += " AND id IN (\(list: ids))" }
        if let cursor { sql += " AND (activity_at, id) < (\(cursor.activityAt), \(cursor.id))" }
        return try transaction.rows(sql + " ORDER BY activity_at DESC, id DESC LIMIT \(limit)", ConversationRow.init(row:))
    }

    /// How many a view holds, counted no further than `ceiling`.
    func count(_ view: InboxView, of account: AccountID, ceiling: Int) throws -> Int {
        try transaction.count(
            """
            SELECT count(*) AS count FROM (SELECT 1 AS one FROM conversations_conversation WHERE account_id = \(account)\
            \(sql: view.condition) LIMIT \(ceiling)) AS found
            """)
    }

    func unread(of account: AccountID, ceiling: Int) throws -> Int {
        try transaction.count(
            """
            SELECT count(*) AS count FROM (SELECT 1 AS one FROM conversations_conversation
              WHERE account_id = \(account) AND unread > 0 LIMIT \(ceiling)) AS found
            """)
    }
}

/// A list of the inbox.
enum InboxView: Sendable {
    case all, unassigned, waiting, closed
    case mine(UserID)

    init?(_ name: String, user: UserID?) {
        switch name {
        case "all": self = .all
        case "unassigned": self = .unassigned
        case "waiting": self = .waiting
        case "closed": self = .closed
        // An API key has no conversations of its own.
        case "mine": self = .mine(user ?? UserID(high: 0, low: 0))
        default: return nil
        }
    }

    var condition: SQL {
        switch self {
        case .all: " AND state = 'open'"
        case .unassigned: " AND state = 'open' AND assignee_id IS NULL"
        case .waiting: " AND needs_human = 1"
        case .closed: " AND state = 'closed'"
        case .mine(let user): " AND assignee_id = \(user)"
        }
    }
}

/// Where a page of the inbox ended.
struct InboxCursor: Sendable {
    let activityAt: Instant
    let id: ConversationID

    init(activityAt: Instant, id: ConversationID) { (self.activityAt, self.id) = (activityAt, id) }

    init(_ text: String) throws {
        let parts = text.split(separator: ".")
        guard parts.count == 2, let micros = Int64(parts[0]), let id = ConversationID(parts[1]) else {
            throw Problem.invalid(field: "after", "is not a cursor of this list")
        }
        self.init(activityAt: Instant(microseconds: micros), id: id)
    }

    var text: String { "\(activityAt.microseconds).\(id)" }
}

extension ConversationRow {
    init(row: any SQLRow) throws {
        (account, id, channel) = (try row.id("account_id"), try row.id("id"), try row.id("channel_id"))
        (threadKey, contact) = (try row.blob("thread_key"), try row.id("contact_id"))
        address = SealedAddress(bytes: try row.blob("address"))
        (state, owner, fence) = (try row.choice("state"), try row.choice("owner"), try row.integer("fence"))
        (assignee, needsHuman) = (try row.optionalID("assignee_id"), try row.bool("needs_human"))
        handOffReason = try row.optionalText("handoff_reason").flatMap(HandOffReason.init(rawValue:))
        (handOffAt, language) = (
            try row.optionalInstant("handoff_at"), try row.optionalText("language").flatMap(Language.init(rawValue:))
        )
        (unread, botReplies) = (try row.int("unread"), try row.int("bot_replies"))
        (lastMessage, lastInbound) = (try row.optionalID("last_message_id"), try row.optionalID("last_inbound_id"))
        (lastInboundAt, activityAt) = (try row.optionalInstant("last_inbound_at"), try row.instant("activity_at"))
        (createdAt, hasWaiting) = (try row.instant("created_at"), try row.bool("has_waiting"))
        (isVerified, answeredAt) = (try row.bool("is_verified"), try row.optionalInstant("answered_at"))
        (closedAt, referral) = (try row.optionalInstant("closed_at"), try row.optionalBlob("referral"))
    }
}
