import ChannelsInterface
import Foundation
import Kernel
import Persistence
import PluginHost

/// The rows of what goes out, and each conversation's fence.
struct OutboundStore {
    let transaction: any SQLTransaction

    struct Row: Sendable {
        let message: OutgoingMessage
        let status: DeliveryStatus
        let attempts: Int
        let externalIDs: [String]
        let pluginState: String?
        var heldUntil: Instant?
    }

    func insert(_ message: OutgoingMessage, account: AccountID) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO channels_outbound (account_id, id, conversation_id, channel_id, address, fence, author, status, attempts,
              external_ids, queued_at, changed_at, overrides_rules)
            VALUES (\(account), \(message.id), \(message.conversation), \(message.channel), \(message.address.bytes), \(message.fence),
              \(message.author.rawValue), 'queued', 0, '[]', \(message.queuedAt), \(message.queuedAt),
              \(message.overridesRules))
            ON CONFLICT DO NOTHING
            """) == 1
    }

    func find(_ id: MessageID, of account: AccountID) throws -> Row? {
        try transaction.row(
            """
            SELECT conversation_id, channel_id, address, fence, author, status, attempts, external_ids, plugin_state, queued_at,
              overrides_rules, held_until
            FROM channels_outbound WHERE account_id = \(account) AND id = \(id)
            """
        ) { row in
            Row(
                message: OutgoingMessage(
                    id: id, conversation: try row.id("conversation_id"), channel: try row.id("channel_id"),
                    address: SealedAddress(bytes: try row.blob("address")), fence: try row.integer("fence"),
                    author: try row.choice("author"), queuedAt: try row.instant("queued_at"),
                    overridesRules: try row.bool("overrides_rules")),
                status: try row.choice("status"), attempts: try row.int("attempts"),
                externalIDs: Self.ids(try row.text("external_ids")),
                pluginState: try row.optionalText("plugin_state"), heldUntil: try row.optionalInstant("held_until"))
        }
    }

    func set(
        _ status: DeliveryStatus, of id: MessageID, account: AccountID, externalIDs: [String]? = nil, pluginState: String? = nil,
        failureCode: String? = nil, countingAttempt: Bool = false, at now: Instant
    ) throws {
        var sql: SQL =
            "UPDATE channels_outbound SET status = \(status.rawValue), changed_at = \(now), plugin_state = \(pluginState)"
        sql += ", failure_code = \(failureCode), attempts = attempts + \(countingAttempt ? 1 : 0)"
        if let externalIDs {
            sql += ", external_ids = \(String(decoding: try JSONEncoder().encode(externalIDs), as: UTF8.self))"
        }
        try transaction.execute(sql + " WHERE account_id = \(account) AND id = \(id)")
    }

    /// Marks a message as leaving. False when it was taken back meanwhile.
    func begin(_ id: MessageID, account: AccountID, pluginState: String?, at now: Instant) throws -> Bool {
        try transaction.execute(
            """
            UPDATE channels_outbound SET status = 'sending', changed_at = \(now), plugin_state = \(pluginState), failure_code = NULL
            WHERE account_id = \(account) AND id = \(id) AND status IN ('queued', 'sending')
            """) == 1
    }

    /// False when it is no longer in the queue.
    func hold(_ id: MessageID, account: AccountID, _ hold: SendingHold, at now: Instant) throws -> Bool {
        try transaction.execute(
            """
            UPDATE channels_outbound SET status = 'held', held_until = \(hold.until), failure_code = \(hold.reason.rawValue),
              changed_at = \(now)
            WHERE account_id = \(account) AND id = \(id) AND status = 'queued'
            """) == 1
    }

    /// Ends a hold; `overriding` for good.
    func release(_ id: MessageID, account: AccountID, overriding: Bool, at now: Instant) throws {
        var sql: SQL =
            "UPDATE channels_outbound SET status = 'queued', held_until = NULL, failure_code = NULL, changed_at = \(now)"
        if overriding { sql += ", overrides_rules = 1" }
        try transaction.execute(sql + " WHERE account_id = \(account) AND id = \(id) AND status = 'held'")
    }

    /// The oldest of those that a rule keeps back.
    func held(of account: AccountID, limit: Int) throws -> [MessageID] {
        try transaction.rows(
            "SELECT id FROM channels_outbound WHERE account_id = \(account) AND status = 'held' ORDER BY id LIMIT \(limit)"
        ) { try $0.id("id") }
    }

    /// Where the message went that the provider calls `externalID`; nil when it is not among the channel's latest `window` that were
    /// sent.
    func address(ofMessage externalID: String, in channel: ChannelID, account: AccountID, among window: Int) throws
        -> SealedAddress?
    {
        // Letters and figures alone, so that nothing in the id is a pattern or written otherwise in JSON; then the id is compared.
        let pattern = "%" + String(externalID.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "%" }) + "%"
        let found = try transaction.rows(
            """
            SELECT address, external_ids FROM (
              SELECT address, external_ids FROM channels_outbound
              WHERE account_id = \(account) AND channel_id = \(channel) AND status = 'sent'
              ORDER BY queued_at DESC LIMIT \(window)
            ) AS latest WHERE external_ids LIKE \(pattern) LIMIT 100
            """
        ) { (SealedAddress(bytes: try $0.blob("address")), Self.ids(try $0.text("external_ids"))) }
        return found.first { $0.1.contains(externalID) }?.0
    }

    private static func ids(_ json: String) -> [String] {
        (try? JSONDecoder().decode([String].self, from: Data(json.utf8))) ?? []
    }

    /// Removes a message of which nothing has left.
    func withdraw(_ id: MessageID, account: AccountID) throws -> Bool {
        try transaction.execute(
            """
            DELETE FROM channels_outbound
            WHERE account_id = \(account) AND id = \(id) AND status IN ('queued', 'held') AND external_ids = '[]' AND plugin_state IS NULL
            """) == 1
    }

    /// Back into the queue, to go on where it stopped.
    func requeue(_ id: MessageID, account: AccountID, at now: Instant) throws {
        try transaction.execute(
            """
            UPDATE channels_outbound SET status = 'queued', failure_code = NULL, changed_at = \(now)
            WHERE account_id = \(account) AND id = \(id)
            """)
    }

    /// The lowest turn that may still speak in the conversation.
    func fence(of conversation: ConversationID, account: AccountID) throws -> Int64 {
        try transaction.row(
            "SELECT fence FROM channels_lane WHERE account_id = \(account) AND conversation_id = \(conversation)"
        ) { try $0.integer("fence") } ?? 0
    }

    /// Takes the conversation's place for one message: nil, or until when it has to wait for the chat's rate or a pause of the chat.
    ///
    /// Deliveries of a conversation run one at a time, whichever process has them, so nobody else takes a place meanwhile.
    func enter(_ conversation: ConversationID, account: AccountID, rate: RateLimit?, at now: Instant) throws -> Instant? {
        let lane = try transaction.row(
            """
            SELECT next_at, paused_until FROM channels_lane WHERE account_id = \(account) AND conversation_id = \(conversation)
            """
        ) { (next: try $0.instant("next_at"), paused: try $0.instant("paused_until")) }
        if let lane, lane.paused > now { return lane.paused }
        guard let rate, rate.requests > 0 else { return nil }
        var next = lane?.next ?? Instant(microseconds: 0)
        guard SendAllowance.take(&next, of: rate, at: now) != nil else { return SendAllowance.opens(next, rate) }
        try transaction.execute(
            """
            INSERT INTO channels_lane (account_id, conversation_id, fence, next_at) VALUES (\(account), \(conversation), 0, \(next))
            ON CONFLICT (account_id, conversation_id) DO UPDATE SET next_at = excluded.next_at
            """)
        return nil
    }

    /// Nothing more leaves for this conversation before `until`: the provider said so.
    func pause(_ conversation: ConversationID, account: AccountID, until: Instant) throws {
        try transaction.execute(
            """
            INSERT INTO channels_lane (account_id, conversation_id, fence, paused_until)
            VALUES (\(account), \(conversation), 0, \(until))
            ON CONFLICT (account_id, conversation_id) DO UPDATE SET paused_until = excluded.paused_until
              WHERE channels_lane.paused_until < excluded.paused_until
            """)
    }

    func raiseFence(of conversation: ConversationID, account: AccountID, to fence: Int64) throws {
        try transaction.execute(
            """
            INSERT INTO channels_lane (account_id, conversation_id, fence) VALUES (\(account), \(conversation), \(fence))
            ON CONFLICT (account_id, conversation_id) DO UPDATE SET fence = excluded.fence WHERE channels_lane.fence < excluded.fence
            """)
    }
}
