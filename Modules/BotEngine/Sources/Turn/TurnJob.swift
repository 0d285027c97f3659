import ConversationsInterface
import Kernel
import Persistence

/// One turn of the bot in one conversation: answers everything that stands open when it runs.
struct TurnJob: JobPayload {
    static let queue = "botengine.turn"
    let conversation: ConversationID

    /// One at a time in a conversation, in the order of the messages.
    var orderingKey: String { "bot/\(conversation)" }
}

/// The `bot_turn` table: bursts of messages that the bot still waits out.
struct TurnStore {
    let transaction: any SQLTransaction

    static let migration = Migration(
        "bot.3-turns",
        """
        CREATE TABLE bot_turn (
          account_id UUID NOT NULL, conversation_id UUID NOT NULL, first_at BIGINT NOT NULL, last_at BIGINT NOT NULL,
          PRIMARY KEY (account_id, conversation_id)
        )
        """)

    static let dataMap: [String: DataClass] = [
        "account_id": .identifier, "conversation_id": .identifier, "first_at": .operational, "last_at": .operational,
    ]

    struct Burst: Hashable, Sendable {
        let firstAt: Instant
        let lastAt: Instant
    }

    func burst(_ conversation: ConversationID) throws -> Burst? {
        try transaction.row(
            """
            SELECT first_at, last_at FROM bot_turn
            WHERE account_id = \(try transaction.scopedAccount) AND conversation_id = \(conversation)
            """
        ) { Burst(firstAt: try $0.instant("first_at"), lastAt: try $0.instant("last_at")) }
    }

    /// A message came. What was left of a burst that ended long ago does not shorten the wait.
    func extend(_ conversation: ConversationID, at now: Instant, longest: Duration) throws {
        let old = now.advanced(by: .zero - longest)
        try transaction.execute(
            """
            INSERT INTO bot_turn (account_id, conversation_id, first_at, last_at)
            VALUES (\(try transaction.scopedAccount), \(conversation), \(now), \(now))
            ON CONFLICT (account_id, conversation_id) DO UPDATE SET last_at = excluded.last_at,
              first_at = CASE WHEN bot_turn.last_at < \(old) THEN excluded.first_at ELSE bot_turn.first_at END
            """)
    }

    /// Forgets the burst, unless a message came after the `last` that the turn has seen.
    func end(_ conversation: ConversationID, upTo last: Instant) throws {
        try transaction.execute(
            """
            DELETE FROM bot_turn WHERE account_id = \(try transaction.scopedAccount) AND conversation_id = \(conversation)
              AND last_at <= \(last)
            """)
    }
}
