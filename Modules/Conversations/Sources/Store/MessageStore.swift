import Kernel
import Persistence

/// A message as it is stored; what people wrote is sealed under the contact's key.
struct MessageRow: Sendable {
    enum Direction: String, Sendable { case incoming = "in", outgoing = "out", `internal` }
    enum Kind: String, Sendable {
        case text, note, media
        /// What happened in the product, as a code in the clear.
        case system
        /// What happened at the provider, in whosever words.
        case service
    }

    let account: AccountID
    let conversation: ConversationID
    let id: MessageID
    let contact: ContactID
    let direction: Direction
    let kind: Kind
    let author: MessageAuthor
    let authorID: UserID?
    var text: [UInt8]
    var attachments: [UInt8]?
    var citations: [UInt8]?
    /// What it came with: an advertisement, a story, another page.
    var referral: [UInt8]?
    /// Which `ServiceKind` a line of the kind `service` is.
    var service: String?
    var status: DeliveryStatus
    var failureCode: String?
    var failureReason: String?
    var cost: Money?
    var occurredAt: Instant
    /// When it was last written, read within the writing transaction.
    var changedAt: Instant
    var edited = false
    var deleted = false
    /// When it is to leave; nil once it is on its way.
    var scheduledAt: Instant?
    /// Taken back when the customer writes before it left.
    var cancelOnReply = false

    /// Whether customers may know of it.
    var isForCustomers: Bool { direction != .internal && !status.isKeptBack }
}

/// The rows of `conversations_message` and `conversations_external`.
struct MessageStore {
    let transaction: any SQLTransaction

    func insert(_ row: MessageRow) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO conversations_message (account_id, conversation_id, id, contact_id, direction, kind, author, author_id, text,
              attachments, citations, status, cost_micros, cost_currency, occurred_at, changed_at, edited, deleted, scheduled_at,
              cancel_on_reply, referral, service)
            VALUES (\(row.account), \(row.conversation), \(row.id), \(row.contact), \(row.direction.rawValue), \(row.kind.rawValue),
              \(row.author.rawValue), \(row.authorID), \(row.text), \(row.attachments), \(row.citations), \(row.status.rawValue),
              \(row.cost?.micros), \(row.cost?.currency), \(row.occurredAt), \(row.changedAt), \(row.edited), \(row.deleted),
              \(row.scheduledAt), \(row.cancelOnReply), \(row.referral), \(row.service))
            ON CONFLICT DO NOTHING
            """) == 1
    }

    func find(_ id: MessageID, of account: AccountID) throws -> MessageRow? {
        try transaction.row(
            "SELECT * FROM conversations_message WHERE account_id = \(account) AND id = \(id)", MessageRow.init(row:))
    }

    func find(_ ids: [MessageID], of account: AccountID) throws -> [MessageRow] {
        guard !ids.isEmpty else { return [] }
        return try transaction.rows(
            "SELECT * FROM conversations_message WHERE account_id = \(account) AND id IN (\(list: ids))", MessageRow.init(row:))
    }

    /// Newest first.
    func page(
        of conversation: ConversationID, account: AccountID, before cursor: (at: Instant, id: MessageID)?, limit: Int
    ) throws -> [MessageRow] {
        var sql: SQL = "SELECT * FROM conversations_message WHERE account_id = \(account) AND conversation_id = \(conversation)"
        if let cursor { sql += " AND (occurred_at, id) < (\(cursor.at), \(cursor.id))" }
        return try transaction.rows(sql + " ORDER BY occurred_at DESC, id DESC LIMIT \(limit)", MessageRow.init(row:))
    }

    /// Oldest first, of what a customer may see.
    func visible(
        of conversation: ConversationID, account: AccountID, after cursor: (at: Instant, id: MessageID)?, limit: Int
    ) throws -> [MessageRow] {
        var sql: SQL = "SELECT * FROM conversations_message WHERE account_id = \(account) AND conversation_id = \(conversation)"
        sql += " AND direction <> 'internal' AND status NOT IN ('scheduled', 'missed', 'cancelled', 'held')"
        if let cursor { sql += " AND (occurred_at, id) > (\(cursor.at), \(cursor.id))" }
        return try transaction.rows(sql + " ORDER BY occurred_at, id LIMIT \(limit)", MessageRow.init(row:))
    }

    /// What changed since, over all accounts, for the search index.
    func changed(since cursor: (at: Instant, id: MessageID), limit: Int) throws -> [MessageRow] {
        try transaction.rows(
            """
            SELECT * FROM conversations_message WHERE (changed_at, id) > (\(cursor.at), \(cursor.id))
            ORDER BY changed_at, id LIMIT \(limit)
            """, MessageRow.init(row:))
    }

    /// The account's newest messages with their channels, newest first.
    func latest(of account: AccountID, limit: Int) throws -> [(MessageRow, ChannelID)] {
        try transaction.rows(
            """
            SELECT m.*, c.channel_id FROM conversations_message m
            JOIN conversations_conversation c ON c.account_id = m.account_id AND c.id = m.conversation_id
            WHERE m.account_id = \(account) AND m.kind <> 'system' ORDER BY m.changed_at DESC, m.id DESC LIMIT \(limit)
            """
        ) { (try MessageRow(row: $0), try $0.id("channel_id")) }
    }

    /// Moves the status forward; news that come late change nothing.
    func advance(
        _ id: MessageID, account: AccountID, to status: DeliveryStatus, failureCode: String?, failureReason: String?,
        heldUntil: Instant? = nil
    ) throws -> Bool {
        guard let row = try find(id, of: account), row.status != status, row.status == .held || !row.status.isKeptBack else {
            return false
        }
        // A retry leads back from failed or uncertain to the queue, and so does the end of a hold; otherwise only forward.
        let isRetry = status == .queued && (row.status == .failed || row.status == .uncertain || row.status == .held)
        // What was on its way may still be stopped by an answer as long as nothing of it left.
        let waits = status == .held ? heldUntil : status == .queued && row.cancelOnReply ? row.scheduledAt : nil
        guard status.rank > row.status.rank || isRetry else { return false }
        return try transaction.execute(
            """
            UPDATE conversations_message SET status = \(status.rawValue), failure_code = \(failureCode), failure_reason = \(failureReason),
              scheduled_at = \(waits), dismissed_at = NULL
            WHERE account_id = \(account) AND id = \(id)
            """) == 1
    }

    /// Those of a conversation that wait for their time, or left it and are not known to have arrived; the earliest first.
    func waiting(in conversation: ConversationID, account: AccountID) throws -> [MessageRow] {
        try transaction.rows(
            """
            SELECT * FROM conversations_message
            WHERE account_id = \(account) AND conversation_id = \(conversation) AND scheduled_at IS NOT NULL
            ORDER BY scheduled_at, id LIMIT 200
            """, MessageRow.init(row:))
    }

    /// Messages that did not arrive, or may not have, and that nobody took off the list; the latest first. What the bot lost to a person
    /// is no loss.
    func troubled(of account: AccountID, limit: Int) throws -> [MessageRow] {
        try transaction.rows(
            """
            SELECT * FROM conversations_message
            WHERE account_id = \(account) AND status IN ('failed', 'uncertain') AND dismissed_at IS NULL AND direction = 'out'
              AND deleted = 0 AND (failure_code IS NULL OR failure_code <> 'overtaken')
            ORDER BY occurred_at DESC, id DESC LIMIT \(limit)
            """, MessageRow.init(row:))
    }

    /// False when it is off the list already.
    func dismiss(_ id: MessageID, account: AccountID, at now: Instant) throws -> Bool {
        try transaction.execute(
            """
            UPDATE conversations_message SET dismissed_at = \(now)
            WHERE account_id = \(account) AND id = \(id) AND status IN ('failed', 'uncertain') AND dismissed_at IS NULL
            """) == 1
    }

    /// Writes what changes in a message that has not left.
    func reschedule(_ row: MessageRow) throws {
        try transaction.execute(
            """
            UPDATE conversations_message SET status = \(row.status.rawValue), scheduled_at = \(row.scheduledAt),
              cancel_on_reply = \(row.cancelOnReply), text = \(row.text), failure_code = \(row.failureCode),
              failure_reason = \(row.failureReason), occurred_at = \(row.occurredAt), changed_at = \(row.changedAt)
            WHERE account_id = \(row.account) AND id = \(row.id)
            """)
    }

    /// Those of the latest `count` messages that we wrote and that have not arrived, as far as is known; newest first.
    func unsettled(in conversation: ConversationID, account: AccountID, among count: Int) throws -> [MessageRow] {
        try page(of: conversation, account: account, before: nil, limit: count)
            .filter { $0.direction == .outgoing && $0.status.rank < DeliveryStatus.sent.rank }
    }

    /// What we sent up to `moment` and has not reached `status` yet; at most the latest hundred.
    func sent(
        in conversation: ConversationID, account: AccountID, until moment: Instant, below status: DeliveryStatus
    ) throws -> [MessageID] {
        let before = DeliveryStatus.allCases.filter { $0.rank >= DeliveryStatus.sent.rank && $0.rank < status.rank }
        guard !before.isEmpty else { return [] }
        return try transaction.rows(
            """
            SELECT id FROM conversations_message WHERE account_id = \(account) AND conversation_id = \(conversation)
              AND occurred_at <= \(moment) AND direction = 'out' AND status IN (\(list: before.map(\.rawValue)))
            ORDER BY occurred_at DESC LIMIT 100
            """
        ) { try $0.id("id") }
    }

    func edit(_ id: MessageID, account: AccountID, text: [UInt8], at now: Instant) throws {
        try transaction.execute(
            """
            UPDATE conversations_message SET text = \(text), edited = 1, changed_at = \(now)
            WHERE account_id = \(account) AND id = \(id)
            """)
    }

    func markDeleted(_ id: MessageID, account: AccountID, at now: Instant) throws {
        try transaction.execute(
            "UPDATE conversations_message SET deleted = 1, changed_at = \(now) WHERE account_id = \(account) AND id = \(id)")
    }
}

extension MessageRow {
    fileprivate init(row: any SQLRow) throws {
        (account, conversation, id) = (try row.id("account_id"), try row.id("conversation_id"), try row.id("id"))
        (contact, direction, kind) = (try row.id("contact_id"), try row.choice("direction"), try row.choice("kind"))
        (author, authorID, text) = (try row.choice("author"), try row.optionalID("author_id"), try row.blob("text"))
        (attachments, citations) = (try row.optionalBlob("attachments"), try row.optionalBlob("citations"))
        (referral, service) = (try row.optionalBlob("referral"), try row.optionalText("service"))
        (status, failureCode) = (try row.choice("status"), try row.optionalText("failure_code"))
        failureReason = try row.optionalText("failure_reason")
        if let micros = try row.optionalInteger("cost_micros"), let currency = try row.optionalText("cost_currency") {
            cost = Money(micros: micros, currency: currency)
        }
        (occurredAt, changedAt) = (try row.instant("occurred_at"), try row.instant("changed_at"))
        (edited, deleted) = (try row.bool("edited"), try row.bool("deleted"))
        (scheduledAt, cancelOnReply) = (try row.optionalInstant("scheduled_at"), try row.bool("cancel_on_reply"))
    }
}
