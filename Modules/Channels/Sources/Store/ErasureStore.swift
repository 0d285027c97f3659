import ChannelsInterface
import Kernel
import Persistence

/// The rows of `channels_erasure`: who wants their data deleted, without saying who that is.
struct ErasureStore {
    let transaction: any SQLTransaction

    struct Row: Sendable {
        let account: AccountID
        let id: Identifier<ErasureSubject>
        let channel: ChannelID
        /// How much was removed from the inbox.
        let removed: Int
        let requestedAt: Instant
        let dueAt: Instant
        var settledAt: Instant?
    }

    /// False when the request of this code is known.
    func insert(_ row: Row, codeHash: [UInt8]) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO channels_erasure (account_id, id, channel_id, code_hash, removed, requested_at, due_at)
            VALUES (\(row.account), \(row.id), \(row.channel), \(codeHash), \(row.removed), \(row.requestedAt), \(row.dueAt))
            ON CONFLICT DO NOTHING
            """) == 1
    }

    func find(codeHash: [UInt8]) throws -> Row? {
        try transaction.row("SELECT * FROM channels_erasure WHERE code_hash = \(codeHash)", Row.init(row:))
    }

    /// The latest hundred, those that wait first.
    func all(of account: AccountID) throws -> [Row] {
        try transaction.rows(
            """
            SELECT * FROM channels_erasure WHERE account_id = \(account)
            ORDER BY CASE WHEN settled_at IS NULL THEN 0 ELSE 1 END, requested_at DESC, id LIMIT 100
            """, Row.init(row:))
    }

    /// False without such a request; one that was settled keeps its time.
    func settle(_ id: Identifier<ErasureSubject>, of account: AccountID, at now: Instant) throws -> Bool {
        try transaction.execute(
            """
            UPDATE channels_erasure SET settled_at = coalesce(settled_at, \(now)) WHERE account_id = \(account) AND id = \(id)
            """) == 1
    }

    /// Deletes what lies in the inbox from somebody; returns how much.
    func clearInbox(of identityKey: [UInt8], account: AccountID) throws -> Int {
        let events = try transaction.execute(
            "DELETE FROM channels_event WHERE account_id = \(account) AND identity_key = \(identityKey)")
        let bodies = try transaction.execute(
            "DELETE FROM channels_delivery WHERE account_id = \(account) AND identity_key = \(identityKey)")
        return events + bodies
    }
}

extension ErasureStore.Row {
    fileprivate init(row: any SQLRow) throws {
        (account, id, channel) = (try row.id("account_id"), try row.id("id"), try row.id("channel_id"))
        (removed, requestedAt) = (try row.int("removed"), try row.instant("requested_at"))
        (dueAt, settledAt) = (try row.instant("due_at"), try row.optionalInstant("settled_at"))
    }
}
