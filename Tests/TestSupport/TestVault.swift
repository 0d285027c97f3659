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

    package func find(_ reference: KeyReference) async throws -> StoredKey? { rows.withLock { $0[reference] } }

    package func insertIfAbsent(_ wrapped: [UInt8], for reference: KeyReference) async throws -> StoredKey {
        rows.withLock { rows in
            if let winner = rows[reference] { return winner }
            rows[reference] = .wrapped(wrapped)
            return .wrapped(wrapped)
        }
    }

    package func destroy(_ reference: KeyReference) async throws -> Bool {
        rows.withLock { rows in
            if case .wrapped = rows.updateValue(.destroyed, forKey: reference) { true } else { false }
        }
    }
}
