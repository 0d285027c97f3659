import Synchronization
package import Vault

extension Vault {
    /// A vault with a fresh master key, whose wrapped keys live in memory.
    package static func forTests(store: any WrappedKeyStore = InMemoryWrappedKeys()) throws -> Vault {
        try Vault(master: MasterKey(), store: store, cachedKeys: 1_000)
    }
}

/// The key store's contract, kept in a dictionary.
package final class InMemoryWrappedKeys: WrappedKeyStore {
    private let rows = Mutex<[KeyReference: StoredKey]>([:])

    package init() {}

    package func find(_ references: [KeyReference]) async throws -> [KeyReference: StoredKey] {
        rows.withLock { rows in rows.filter { references.contains($0.key) } }
    }

    package func insertIfAbsent(_ wrapped: [KeyReference: [UInt8]]) async throws -> [KeyReference: StoredKey] {
        rows.withLock { rows in
            rows.merge(wrapped.mapValues(StoredKey.wrapped)) { winner, _ in winner }
            return rows.filter { wrapped[$0.key] != nil }
        }
    }

    package func destroy(_ reference: KeyReference) async throws -> Bool {
        rows.withLock { rows in
            if case .wrapped = rows.updateValue(.destroyed, forKey: reference) { true } else { false }
        }
    }
}
