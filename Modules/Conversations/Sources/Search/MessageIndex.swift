import Kernel
import Persistence

/// Plain-text index of messages in the `search` store: derived, never backed up, rebuilt from the messages at will.
struct MessageIndex: Sendable {
    let database: any Database

    static let migrations = [
        Migration(
            "conversations.search-1",
            sqlite: [
                """
                CREATE TABLE conversations_indexed (
                  account_id UUID NOT NULL, message_id UUID NOT NULL, conversation_id UUID NOT NULL, contact_id UUID NOT NULL,
                  position INTEGER NOT NULL, occurred_at BIGINT NOT NULL, PRIMARY KEY (account_id, message_id)
                ) WITHOUT ROWID
                """,
                "CREATE UNIQUE INDEX conversations_indexed_position ON conversations_indexed (position)",
                """
                CREATE VIRTUAL TABLE conversations_text USING fts5(scope, text, tokenize = "unicode61 remove_diacritics 2")
                """,
                "CREATE TABLE conversations_index_mark (id SMALLINT PRIMARY KEY, changed_at BIGINT NOT NULL, message_id UUID NOT NULL)",
            ],
            postgres: [
                """
                CREATE UNLOGGED TABLE conversations_indexed (
                  account_id UUID NOT NULL, message_id UUID NOT NULL, conversation_id UUID NOT NULL, contact_id UUID NOT NULL,
                  words tsvector NOT NULL, occurred_at BIGINT NOT NULL, PRIMARY KEY (account_id, message_id)
                )
                """,
                "CREATE INDEX conversations_indexed_words ON conversations_indexed USING gin (words)",
                """
                CREATE UNLOGGED TABLE conversations_index_mark (
                  id SMALLINT PRIMARY KEY, changed_at BIGINT NOT NULL, message_id UUID NOT NULL
                )
                """,
            ])
    ]

    static let dataMap: DataMap = [
        "conversations_indexed": [
            "account_id": .identifier, "message_id": .identifier, "conversation_id": .identifier, "contact_id": .identifier,
            "position": .operational, "words": .personal, "occurred_at": .operational,
        ],
        "conversations_text": ["scope": .identifier, "text": .personal],
        "conversations_index_mark": ["id": .operational, "changed_at": .operational, "message_id": .identifier],
    ]

    struct Document: Sendable {
        let account: AccountID
        let message: MessageID
        let conversation: ConversationID
        let contact: ContactID
        let occurredAt: Instant
        /// Nil removes the message from the index.
        let text: String?
    }

    /// Letters that people use for one another are one: ё and е.
    fileprivate static func fold(_ text: String) -> String {
        let text = text.lowercased()
        // 0xD1 0x91 is ё; most texts have none, and looking for a byte is cheap.
        return text.utf8.contains(0x91) ? text.replacing("ё", with: "е") : text
    }

    func mark() async throws -> (at: Instant, id: MessageID) {
        try await database.readSystem(.jobs) { transaction in
            try transaction.row("SELECT changed_at, message_id FROM conversations_index_mark WHERE id = 1") {
                (try $0.instant("changed_at"), try $0.id("message_id"))
            }
        } ?? (Instant(microseconds: 0), MessageID(high: 0, low: 0))
    }

    /// Replaces what is known of `documents` and moves the mark, in one transaction.
    func apply(_ documents: [Document], mark: (at: Instant, id: MessageID)) async throws {
        try await database.writeSystem(.jobs) { transaction in
            for document in documents.map(\.folded) {
                switch transaction.dialect {
                case .sqlite: try Self.replaceSQLite(document, in: transaction)
                case .postgres: try Self.replacePostgres(document, in: transaction)
                }
            }
            try transaction.execute(
                """
                INSERT INTO conversations_index_mark (id, changed_at, message_id) VALUES (1, \(mark.at), \(mark.id))
                ON CONFLICT (id) DO UPDATE SET changed_at = excluded.changed_at, message_id = excluded.message_id
                """)
        }
    }

    private static func replaceSQLite(_ document: Document, in transaction: any SQLTransaction) throws {
        let known = try transaction.row(
            """
            SELECT position FROM conversations_indexed
            WHERE account_id = \(document.account) AND message_id = \(document.message)
            """
        ) { try $0.integer("position") }
        if let known {
            try transaction.execute("DELETE FROM conversations_text WHERE rowid = \(known)")
            try transaction.execute(
                "DELETE FROM conversations_indexed WHERE account_id = \(document.account) AND message_id = \(document.message)")
        }
        guard let text = document.text, !text.isEmpty else { return }
        let position = try transaction.row("SELECT coalesce(max(position), 0) + 1 AS next FROM conversations_indexed") {
            try $0.integer("next")
        }
        try transaction.execute(
            "INSERT INTO conversations_text (rowid, scope, text) VALUES (\(position), \(scope(document.account)), \(text))")
        try transaction.execute(
            """
            INSERT INTO conversations_indexed (account_id, message_id, conversation_id, contact_id, position, occurred_at)
            VALUES (\(document.account), \(document.message), \(document.conversation), \(document.contact), \(position),
              \(document.occurredAt))
            """)
    }

    private static func replacePostgres(_ document: Document, in transaction: any SQLTransaction) throws {
        guard let text = document.text, !text.isEmpty else {
            try transaction.execute(
                "DELETE FROM conversations_indexed WHERE account_id = \(document.account) AND message_id = \(document.message)")
            return
        }
        try transaction.execute(
            """
            INSERT INTO conversations_indexed (account_id, message_id, conversation_id, contact_id, words, occurred_at)
            VALUES (\(document.account), \(document.message), \(document.conversation), \(document.contact),
              to_tsvector('simple', \(text)), \(document.occurredAt))
            ON CONFLICT (account_id, message_id) DO UPDATE SET words = excluded.words
            """)
    }

    /// One word that stands for the account: the full-text engine then reads only that account's postings.
    private static func scope(_ account: AccountID) -> String { "a" + account.description.filter { $0 != "-" } }

    /// The newest messages with all words of `query`, the last one as a beginning. Words only: no query syntax reaches the engine.
    func search(_ query: String, account: AccountID, limit: Int) async throws -> [MessageID] {
        let words = Self.fold(query).split { !($0.isLetter || $0.isNumber) }.prefix(12).map { $0.lowercased().prefix(64) }
        guard let last = words.last else { return [] }
        return try await database.read(in: account) { transaction in
            switch transaction.dialect {
            case .sqlite:
                let text = (words.dropLast().map { "\"\($0)\"" } + ["\"\(last)\"*"]).joined(separator: " AND ")
                let match = "scope:\(Self.scope(account)) AND text:(\(text))"
                return try transaction.rows(
                    """
                    SELECT i.message_id FROM conversations_text t JOIN conversations_indexed i ON i.position = t.rowid
                    WHERE conversations_text MATCH \(match) AND i.account_id = \(account) ORDER BY t.rowid DESC LIMIT \(limit)
                    """
                ) { try $0.id("message_id") }
            case .postgres:
                let match = (words.dropLast().map { "'\($0)'" } + ["'\(last)':*"]).joined(separator: " & ")
                return try transaction.rows(
                    """
                    SELECT message_id FROM conversations_indexed
                    WHERE account_id = \(account) AND words @@ to_tsquery('simple', \(match)) ORDER BY occurred_at DESC LIMIT \(limit)
                    """
                ) { try $0.id("message_id") }
            }
        }
    }
}

extension MessageIndex.Document {
    fileprivate var folded: Self {
        Self(
            account: account, message: message, conversation: conversation, contact: contact, occurredAt: occurredAt,
            text: text.map(MessageIndex.fold))
    }
}
