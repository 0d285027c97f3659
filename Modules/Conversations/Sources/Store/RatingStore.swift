import Kernel
import Persistence
import Vault

/// How a customer found a conversation, once for each time it was closed.
struct RatingRow: Sendable {
    let account: AccountID
    let conversation: ConversationID
    let closedAt: Instant
    /// 1, very bad, to 5, very good.
    let score: Int
    /// Sealed under the contact's key.
    let comment: [UInt8]?
    let ratedAt: Instant

    static func context(_ conversation: ConversationID, _ account: AccountID) -> SealContext {
        SealContext(table: "conversations_rating", column: "comment", row: conversation, account: account)
    }
}

/// The rows of `conversations_rating`.
struct RatingStore {
    let transaction: any SQLTransaction

    /// The customer may think again: the last word counts.
    func put(_ row: RatingRow) throws {
        try transaction.execute(
            """
            INSERT INTO conversations_rating (account_id, conversation_id, closed_at, score, comment, rated_at)
            VALUES (\(row.account), \(row.conversation), \(row.closedAt), \(row.score), \(row.comment), \(row.ratedAt))
            ON CONFLICT (account_id, conversation_id, closed_at) DO UPDATE SET
              score = excluded.score, comment = excluded.comment, rated_at = excluded.rated_at
            """)
    }

    /// The latest of each conversation that has one.
    func latest(of conversations: [ConversationID], account: AccountID) throws -> [ConversationID: RatingRow] {
        guard !conversations.isEmpty else { return [:] }
        let rows = try transaction.rows(
            """
            SELECT * FROM conversations_rating WHERE account_id = \(account) AND conversation_id IN (\(list: conversations))
            ORDER BY closed_at
            """
        ) { row in
            RatingRow(
                account: account, conversation: try row.id("conversation_id"), closedAt: try row.instant("closed_at"),
                score: try row.int("score"), comment: try row.optionalBlob("comment"), ratedAt: try row.instant("rated_at"))
        }
        return Dictionary(rows.map { ($0.conversation, $0) }, uniquingKeysWith: { _, later in later })
    }
}
