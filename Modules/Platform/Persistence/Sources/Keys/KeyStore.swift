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

    package func find(_ references: [KeyReference]) async throws -> [KeyReference: StoredKey] {
        try await database.readSystem(.keys) { try Self.find(references, in: $0) }
    }

    package func insertIfAbsent(_ wrapped: [KeyReference: [UInt8]]) async throws -> [KeyReference: StoredKey] {
        // In one order, so that two callers with the same references cannot lock each other's rows.
        let keys = wrapped.sorted { $0.key.id < $1.key.id }
        return try await database.writeSystem(.keys) { transaction in
            var stored: [KeyReference: StoredKey] = [:]
            for start in stride(from: 0, to: keys.count, by: Self.most) {
                let part = keys[start..<min(start + Self.most, keys.count)]
                stored.merge(try Self.insertIfAbsent(part, in: transaction)) { first, _ in first }
            }
            return stored
        }
    }

    /// How many keys one statement names.
    private static let most = 64

    private static func insertIfAbsent(
        _ keys: ArraySlice<(key: KeyReference, value: [UInt8])>, in transaction: any SQLTransaction
    ) throws -> [KeyReference: StoredKey] {
        var sql: SQL = "INSERT INTO keys_wrapped (account_id, kind, id, wrapped) VALUES "
        for (offset, (reference, wrapped)) in keys.enumerated() {
            if offset > 0 { sql += ", " }
            sql += "(\(reference.account), \(Int(reference.kind.rawValue)), \(reference.id), \(wrapped))"
        }
        // All of them new, which is the rule: what is stored is known.
        if try transaction.execute(sql + " ON CONFLICT DO NOTHING") == keys.count {
            return Dictionary(keys.map { ($0.key, .wrapped($0.value)) }, uniquingKeysWith: { first, _ in first })
        }
        return try find(keys.map(\.key), in: transaction)
    }

    package func destroy(_ reference: KeyReference) async throws -> Bool {
        try await database.writeSystem(.keys) { transaction in
            let existed = try Self.find([reference], in: transaction)[reference].map { $0 != .destroyed } ?? false
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

    private static func find(
        _ references: [KeyReference], in transaction: any SQLTransaction
    ) throws -> [KeyReference: StoredKey] {
        var found: [KeyReference: StoredKey] = [:]
        // In practice one: the keys of one account's people.
        for (group, members) in Dictionary(grouping: references, by: { Group(account: $0.account, kind: $0.kind) }) {
            for start in stride(from: 0, to: members.count, by: most) {
                let part = members[start..<min(start + most, members.count)]
                let byID = Dictionary(part.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
                let sql: SQL = """
                    SELECT id, wrapped, destroyed FROM keys_wrapped
                    WHERE account_id = \(group.account) AND kind = \(Int(group.kind.rawValue)) AND id IN (\(list: part.map(\.id)))
                    """
                try transaction.each(sql) { row in
                    guard let reference = byID[try row.id("id")] else { return }
                    let wrapped = try row.bool("destroyed") ? nil : row.optionalBlob("wrapped")
                    found[reference] = wrapped.map(StoredKey.wrapped) ?? .destroyed
                }
            }
        }
        return found
    }

    private struct Group: Hashable {
        let account: AccountID
        let kind: KeyReference.Kind
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
