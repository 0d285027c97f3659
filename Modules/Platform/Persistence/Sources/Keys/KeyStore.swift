import Kernel
package import Vault

/// Wrapped keys in the `keys` store: its own file or schema, so that a backup of the data cannot undo an erasure.
package struct KeyStore: WrappedKeyStore {
    private let database: any Database

    package init(database: any Database) { self.database = database }

    package static let migrations = [
        Migration(
            "keys.1-wrapped",
            """
            CREATE TABLE keys_wrapped (
              account_id UUID NOT NULL, kind SMALLINT NOT NULL, id UUID NOT NULL, wrapped BYTEA, destroyed SMALLINT NOT NULL DEFAULT 0,
              PRIMARY KEY (account_id, kind, id)
            )
            """,
            "CREATE TABLE keys_master (id SMALLINT PRIMARY KEY, verifier BYTEA NOT NULL)")
    ]

    package func find(_ reference: KeyReference) async throws -> StoredKey? {
        try await database.readSystem(.keys) { try Self.find(reference, in: $0) }
    }

    package func insertIfAbsent(_ wrapped: [UInt8], for reference: KeyReference) async throws -> StoredKey {
        try await database.writeSystem(.keys) { transaction in
            try transaction.execute(
                """
                INSERT INTO keys_wrapped (account_id, kind, id, wrapped)
                VALUES (\(reference.account), \(Int(reference.kind.rawValue)), \(reference.id), \(wrapped))
                ON CONFLICT DO NOTHING
                """)
            return try Self.find(reference, in: transaction) ?? .wrapped(wrapped)
        }
    }

    package func destroy(_ reference: KeyReference) async throws -> Bool {
        try await database.writeSystem(.keys) { transaction in
            let existed = try Self.find(reference, in: transaction).map { $0 != .destroyed } ?? false
            let none: [UInt8]? = nil
            try transaction.execute(
                """
                INSERT INTO keys_wrapped (account_id, kind, id, wrapped, destroyed)
                VALUES (\(reference.account), \(Int(reference.kind.rawValue)), \(reference.id), \(none), 1)
                ON CONFLICT (account_id, kind, id) DO UPDATE SET wrapped = NULL, destroyed = 1
                """)
            return existed
        }
    }

    private static func find(_ reference: KeyReference, in transaction: any SQLTransaction) throws -> StoredKey? {
        try transaction.row(
            """
            SELECT wrapped, destroyed FROM keys_wrapped
            WHERE account_id = \(reference.account) AND kind = \(Int(reference.kind.rawValue)) AND id = \(reference.id)
            """
        ) { row in
            guard try !row.bool("destroyed"), let wrapped = try row.optionalBlob("wrapped") else { return .destroyed }
            return .wrapped(wrapped)
        }
    }

    /// Remembers which master key these keys are wrapped under, the first time; afterwards throws `VaultError.wrongMasterKey` for
    /// any other.
    package func bind(to master: MasterKey) async throws {
        let verifier = try master.verifier
        let stored = try await database.writeSystem(.keys) { transaction in
            try transaction.execute("INSERT INTO keys_master (id, verifier) VALUES (1, \(verifier)) ON CONFLICT DO NOTHING")
            return try transaction.row("SELECT verifier FROM keys_master WHERE id = 1") { try $0.blob("verifier") }
        }
        if let stored { try master.requireMatch(stored) }
    }
}
