import ChannelsInterface
import Kernel
import Persistence

/// The rows of what came in.
struct InboxStore {
    let transaction: any SQLTransaction

    struct EventRow: Sendable {
        let id: Identifier<InboundSubject>
        let account: AccountID
        let channel: ChannelID
        let dedupeKey: [UInt8]
        let threadKey: [UInt8]
        let identityKey: [UInt8]
        let content: [UInt8]
        let receivedAt: Instant
    }

    /// False when the channel had this event already.
    func insert(_ event: EventRow) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO channels_event (account_id, channel_id, dedupe_key, id, thread_key, identity_key, content, received_at)
            VALUES (\(event.account), \(event.channel), \(event.dedupeKey), \(event.id), \(event.threadKey), \(event.identityKey),
              \(event.content), \(event.receivedAt))
            ON CONFLICT DO NOTHING
            """) == 1
    }

    func insertBody(
        _ body: [UInt8], identityKey: [UInt8], channel: ChannelID, account: AccountID, id: Identifier<InboundSubject>,
        at now: Instant
    ) throws {
        try transaction.execute(
            """
            INSERT INTO channels_delivery (account_id, id, channel_id, identity_key, body, received_at)
            VALUES (\(account), \(id), \(channel), \(identityKey), \(body), \(now))
            """)
    }

    func find(_ id: Identifier<InboundSubject>, of account: AccountID) throws -> EventRow? {
        try transaction.row(
            """
            SELECT channel_id, dedupe_key, thread_key, identity_key, content, received_at FROM channels_event
            WHERE account_id = \(account) AND id = \(id)
            """
        ) { row in
            EventRow(
                id: id, account: account, channel: try row.id("channel_id"), dedupeKey: try row.blob("dedupe_key"),
                threadKey: try row.blob("thread_key"), identityKey: try row.blob("identity_key"),
                content: try row.blob("content"),
                receivedAt: try row.instant("received_at"))
        }
    }

    /// Deletes what came before `limit`, of all accounts; returns how many deliveries.
    func expire(before limit: Instant) throws -> Int {
        try transaction.execute("DELETE FROM channels_event WHERE received_at < \(limit)")
        return try transaction.execute("DELETE FROM channels_delivery WHERE received_at < \(limit)")
    }
}
