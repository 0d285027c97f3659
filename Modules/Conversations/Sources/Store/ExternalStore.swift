import Kernel
import Persistence

/// What is known of a provider's message id. News may come before the message: then the row waits for it.
struct ExternalStore {
    let transaction: any SQLTransaction
    let account: AccountID
    let conversation: ConversationID

    struct Row: Sendable {
        let message: MessageID?
        let status: DeliveryStatus?
        /// Sealed under the contact's key.
        let editText: [UInt8]?
        let deleted: Bool
    }

    func find(_ externalID: String) throws -> Row? {
        try transaction.row(
            """
            SELECT message_id, status, edit_text, deleted FROM conversations_external
            WHERE account_id = \(account) AND conversation_id = \(conversation) AND external_id = \(externalID)
            """
        ) { row in
            Row(
                message: try row.optionalID("message_id"),
                status: try row.optionalText("status").flatMap(DeliveryStatus.init(rawValue:)),
                editText: try row.optionalBlob("edit_text"), deleted: try row.bool("deleted"))
        }
    }

    /// Ties the id to the message and returns what was said of it before.
    func bind(_ externalID: String, to message: MessageID) throws -> Row? {
        let known = try find(externalID)
        try transaction.execute(
            """
            INSERT INTO conversations_external (account_id, conversation_id, external_id, message_id)
            VALUES (\(account), \(conversation), \(externalID), \(message))
            ON CONFLICT (account_id, conversation_id, external_id) DO UPDATE SET message_id = excluded.message_id
            """)
        return known
    }

    /// Keeps the newest edit, by the provider's time. False when a newer one is known.
    func noteEdit(_ externalID: String, text: [UInt8], at date: Instant) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO conversations_external (account_id, conversation_id, external_id, edit_text, edit_at)
            VALUES (\(account), \(conversation), \(externalID), \(text), \(date))
            ON CONFLICT (account_id, conversation_id, external_id) DO UPDATE SET edit_text = excluded.edit_text, edit_at = excluded.edit_at
              WHERE conversations_external.edit_at IS NULL OR conversations_external.edit_at < excluded.edit_at
            """) == 1
    }

    func noteDeleted(_ externalID: String) throws {
        try transaction.execute(
            """
            INSERT INTO conversations_external (account_id, conversation_id, external_id, deleted)
            VALUES (\(account), \(conversation), \(externalID), 1)
            ON CONFLICT (account_id, conversation_id, external_id) DO UPDATE SET deleted = 1
            """)
    }

    func noteStatus(_ externalID: String, _ status: DeliveryStatus) throws {
        if let known = try find(externalID)?.status, known.rank >= status.rank { return }
        try transaction.execute(
            """
            INSERT INTO conversations_external (account_id, conversation_id, external_id, status)
            VALUES (\(account), \(conversation), \(externalID), \(status.rawValue))
            ON CONFLICT (account_id, conversation_id, external_id) DO UPDATE SET status = excluded.status
            """)
    }
}
