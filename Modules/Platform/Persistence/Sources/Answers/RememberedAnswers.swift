package import Kernel
package import Vault

/// What requests with an `Idempotency-Key` were answered, for a day: the `platform_answer` table.
///
/// A row is written before the work begins and completed after it. One that stays incomplete belongs to a request that was interrupted;
/// whether it took effect is not known, so it is never run again.
package struct RememberedAnswers: Sendable {
    package enum Finding: Hashable, Sendable {
        /// The key is new and now taken.
        case new
        /// The same request is under way or was interrupted.
        case unfinished(since: Instant)
        case answered([UInt8])
        /// The key stands for another request.
        case differs
    }

    /// Longer than any client tries again.
    package static let lifetime = Duration.seconds(86_400)

    private let database: any Database
    private let vault: Vault
    private let time: any TimeSource

    package init(database: any Database, vault: Vault, time: any TimeSource) {
        (self.database, self.vault, self.time) = (database, vault, time)
    }

    static let migration = Migration(
        "platform.4-answers",
        """
        CREATE TABLE platform_answer (
          account_id UUID NOT NULL, id UUID NOT NULL, request_hash BYTEA NOT NULL, answer BYTEA, created_at BIGINT NOT NULL,
          PRIMARY KEY (account_id, id)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX platform_answer_by_age ON platform_answer (created_at)")

    private enum KeySubject {}

    /// Takes the key, or tells what is known of it. `request` is a digest of the whole request.
    package func begin(_ key: String, of actor: String, request: [UInt8], account: AccountID) async throws -> Finding {
        let (id, now) = (try Self.id(key, actor), time.now())
        let found: (hash: [UInt8], answer: [UInt8]?, since: Instant)? = try await database.write(in: account) { transaction in
            try transaction.execute(
                """
                DELETE FROM platform_answer
                WHERE account_id = \(account) AND id = \(id) AND created_at < \(now.advanced(by: .zero - Self.lifetime))
                """)
            let taken = try transaction.execute(
                """
                INSERT INTO platform_answer (account_id, id, request_hash, created_at)
                VALUES (\(account), \(id), \(request), \(now)) ON CONFLICT DO NOTHING
                """)
            guard taken == 0 else { return nil }
            let row: (hash: [UInt8], answer: [UInt8]?, since: Instant)? = try transaction.row(
                "SELECT request_hash, answer, created_at FROM platform_answer WHERE account_id = \(account) AND id = \(id)"
            ) { (try $0.blob("request_hash"), try $0.optionalBlob("answer"), try $0.instant("created_at")) }
            // Freed between the two statements: the whole is run again.
            guard let row else { throw SQLError.serialization("the key was freed meanwhile") }
            return row
        }
        guard let found else { return .new }
        guard found.hash == request else { return .differs }
        guard let sealed = found.answer else { return .unfinished(since: found.since) }
        let vaultKey = try await vault.accountKey(account)
        return .answered(try vaultKey.open(Sealed(stored: sealed), as: Self.context(id, account)))
    }

    /// Keeps the answer for the key's next use.
    package func finish(_ key: String, of actor: String, answer: [UInt8], account: AccountID) async throws {
        let id = try Self.id(key, actor)
        let sealed = try await vault.accountKey(account).seal(answer, as: Self.context(id, account)).stored
        try await database.write(in: account) { transaction in
            try transaction.execute("UPDATE platform_answer SET answer = \(sealed) WHERE account_id = \(account) AND id = \(id)")
        }
    }

    /// Frees the key of a request that had no effect.
    package func forget(_ key: String, of actor: String, account: AccountID) async throws {
        let id = try Self.id(key, actor)
        try await database.write(in: account) { transaction in
            try transaction.execute(
                "DELETE FROM platform_answer WHERE account_id = \(account) AND id = \(id) AND answer IS NULL")
        }
    }

    /// Deletes what is older than `lifetime`, of all accounts.
    package func expire() async throws {
        let limit = time.now().advanced(by: .zero - Self.lifetime)
        try await database.writeSystem(.retention) {
            try $0.execute("DELETE FROM platform_answer WHERE created_at < \(limit)")
        }
    }

    /// Each actor has keys of its own.
    private static func id(_ key: String, _ actor: String) throws -> Identifier<KeySubject> {
        let digest = Array(Digest.sha256(Array("\(actor)\n\(key)".utf8)).prefix(16))
        guard let id = Identifier<KeySubject>(bytes: digest) else { throw VaultError.cryptography("a digest is too short") }
        return id
    }

    private static func context(_ id: Identifier<KeySubject>, _ account: AccountID) -> SealContext {
        SealContext(table: "platform_answer", column: "answer", row: id, account: account)
    }
}
