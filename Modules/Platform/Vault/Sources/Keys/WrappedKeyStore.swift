/// What a key store knows under one reference.
package enum StoredKey: Hashable, Sendable {
    /// A key, wrapped by the key above it.
    case wrapped([UInt8])
    /// A tombstone: there was a key, or there must never be one.
    case destroyed
}

/// The rows of the separate `keys` store. It sees wrapped keys only, and has short-lived backups of its own: a wrapped
/// key inside a long-lived backup would undo an erasure.
///
/// Every method is atomic and durable when it returns.
package protocol WrappedKeyStore: Sendable {
    /// The keys and tombstones under `references`, without those that never had either.
    func find(_ references: [KeyReference]) async throws -> [KeyReference: StoredKey]

    /// Stores each key unless its reference has a key or a tombstone, and returns what is stored afterwards for all of
    /// them: of concurrent callers, in any process, one wins each reference and all see the winner's row.
    func insertIfAbsent(_ wrapped: [KeyReference: [UInt8]]) async throws -> [KeyReference: StoredKey]

    /// Erases the bytes of the key (overwriting them where the engine can) and leaves a tombstone, also when there was
    /// no key. Returns whether there was one. Idempotent.
    func destroy(_ reference: KeyReference) async throws -> Bool
}

extension WrappedKeyStore {
    /// The key or tombstone under `reference`; nil when there was never either.
    func find(_ reference: KeyReference) async throws -> StoredKey? { try await find([reference])[reference] }
}
