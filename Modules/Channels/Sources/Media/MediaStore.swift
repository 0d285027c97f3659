import ChannelsInterface
import Kernel
import Persistence

/// The rows of `channels_file`.
struct MediaStore {
    let transaction: any SQLTransaction

    struct Row: Sendable {
        let account: AccountID
        let id: FileID
        let channel: ChannelID
        /// Whose key seals it: the person of the thread, as in `channels_event`.
        let identityKey: [UInt8]
        /// Nil for what was uploaded here.
        let inbound: Identifier<InboundSubject>?
        let state: MediaFile.State
        let kind: String
        let mime: String
        let size: Int64
        /// Sealed.
        let name: [UInt8]
        /// Sealed: what the plugin calls it.
        let source: [UInt8]?
        let createdAt: Instant
        /// A visitor of a web chat uploaded it.
        var isVisitors = false
    }

    func insert(_ row: Row) throws {
        try transaction.execute(
            """
            INSERT INTO channels_file (account_id, id, channel_id, identity_key, inbound_id, state, kind, mime, size, name, source,
              created_at, by_visitor)
            VALUES (\(row.account), \(row.id), \(row.channel), \(row.identityKey), \(row.inbound), \(row.state.rawValue), \(row.kind),
              \(row.mime), \(row.size), \(row.name), \(row.source), \(row.createdAt),
              \(row.isVisitors))
            ON CONFLICT DO NOTHING
            """)
    }

    func find(_ ids: [FileID], of account: AccountID) throws -> [Row] {
        // In portions: a statement holds only so many values.
        try stride(from: 0, to: ids.count, by: 500).flatMap { start in
            try transaction.rows(
                """
                SELECT * FROM channels_file
                WHERE account_id = \(account) AND id IN (\(list: Array(ids[start..<min(start + 500, ids.count)])))
                """, Row.init(row:))
        }
    }

    func find(_ id: FileID, of account: AccountID) throws -> Row? { try find([id], of: account).first }

    /// What became of a file that was waited for.
    func settle(_ id: FileID, as state: MediaFile.State, mime: String, size: Int64, account: AccountID) throws {
        try transaction.execute(
            """
            UPDATE channels_file SET state = \(state.rawValue), mime = \(mime), size = \(size)
            WHERE account_id = \(account) AND id = \(id) AND state = 'waiting'
            """)
    }

    /// False when there is no such draft for this person.
    func attach(_ id: FileID, identityKey: [UInt8], account: AccountID) throws -> Bool {
        try transaction.execute(
            """
            UPDATE channels_file SET state = 'stored'
            WHERE account_id = \(account) AND id = \(id) AND state = 'draft' AND identity_key = \(identityKey)
              AND by_visitor = 0
            """) == 1
    }

    /// Makes a visitor's draft part of the message that `inbound` announces. False when there is no such draft of this visitor.
    func attach(
        _ id: FileID, to inbound: Identifier<InboundSubject>, identityKey: [UInt8], account: AccountID
    ) throws -> Bool {
        try transaction.execute(
            """
            UPDATE channels_file SET state = 'stored', inbound_id = \(inbound)
            WHERE account_id = \(account) AND id = \(id) AND state = 'draft' AND identity_key = \(identityKey)
              AND by_visitor = 1
            """) == 1
    }

    /// What a visitor uploaded since `start`.
    func uploads(byVisitor identityKey: [UInt8], since start: Instant, account: AccountID) throws -> (count: Int, bytes: Int64) {
        try transaction.row(
            """
            SELECT count(*) AS count, CAST(coalesce(sum(size), 0) AS BIGINT) AS bytes FROM channels_file
            WHERE account_id = \(account) AND identity_key = \(identityKey) AND by_visitor = 1 AND created_at >= \(start)
            """
        ) { (try $0.int("count"), try $0.integer("bytes")) } ?? (0, 0)
    }

    func storedBytes(of account: AccountID) throws -> Int64 {
        try transaction.row(
            """
            SELECT CAST(coalesce(sum(size), 0) AS BIGINT) AS bytes FROM channels_file
            WHERE account_id = \(account) AND state IN ('stored', 'draft')
            """
        ) { try $0.integer("bytes") } ?? 0
    }

    /// Uploads that became part of no message, of all accounts.
    func abandoned(before limit: Instant, limit count: Int) throws -> [(account: AccountID, id: FileID)] {
        try transaction.rows(
            """
            SELECT account_id, id FROM channels_file
            WHERE inbound_id IS NULL AND state <> 'stored' AND created_at < \(limit) LIMIT \(count)
            """
        ) { (try $0.id("account_id"), try $0.id("id")) }
    }

    /// From now on it cannot become part of a message. False when it did before.
    func giveUp(_ id: FileID, account: AccountID) throws -> Bool {
        try transaction.execute(
            """
            UPDATE channels_file SET state = 'failed' WHERE account_id = \(account) AND id = \(id) AND inbound_id IS NULL
              AND state <> 'stored'
            """) == 1
    }

    func delete(_ id: FileID, account: AccountID) throws {
        try transaction.execute("DELETE FROM channels_file WHERE account_id = \(account) AND id = \(id)")
    }
}

extension MediaStore.Row {
    init(row: any SQLRow) throws {
        (account, id, channel) = (try row.id("account_id"), try row.id("id"), try row.id("channel_id"))
        (identityKey, inbound) = (try row.blob("identity_key"), try row.optionalID("inbound_id"))
        (state, kind, mime) = (try row.choice("state"), try row.text("kind"), try row.text("mime"))
        (size, name, source) = (try row.integer("size"), try row.blob("name"), try row.optionalBlob("source"))
        (createdAt, isVisitors) = (try row.instant("created_at"), try row.bool("by_visitor"))
    }
}
