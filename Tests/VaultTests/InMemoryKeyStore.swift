import Synchronization
import Vault

/// The key store's contract, kept in a dictionary. Counts its calls, and can hold them up to force a race.
final class InMemoryKeyStore: WrappedKeyStore {
    private struct State {
        var rows: [KeyReference: StoredKey] = [:]
        var finds = 0
        var inserts = 0
    }

    private let state = Mutex(State())
    /// Runs after a row was read and before it is handed over.
    private let afterFind: @Sendable (KeyReference) async throws -> Void

    init(afterFind: @escaping @Sendable (KeyReference) async throws -> Void = { _ in }) { self.afterFind = afterFind }

    var finds: Int { state.withLock { $0.finds } }
    var inserts: Int { state.withLock { $0.inserts } }
    var rows: [KeyReference: StoredKey] { state.withLock { $0.rows } }

    func find(_ reference: KeyReference) async throws -> StoredKey? {
        let row = state.withLock { state in
            state.finds += 1
            return state.rows[reference]
        }
        try await afterFind(reference)
        return row
    }

    func insertIfAbsent(_ wrapped: [UInt8], for reference: KeyReference) async throws -> StoredKey {
        state.withLock { state in
            state.inserts += 1
            if let winner = state.rows[reference] { return winner }
            state.rows[reference] = .wrapped(wrapped)
            return .wrapped(wrapped)
        }
    }

    func destroy(_ reference: KeyReference) async throws -> Bool {
        state.withLock { state in
            if case .wrapped = state.rows.updateValue(.destroyed, forKey: reference) { true } else { false }
        }
    }

    /// What no program does: puts a row there by hand, as a restored backup or a damaged disk would.
    func overwrite(_ reference: KeyReference, with row: StoredKey?) { state.withLock { $0.rows[reference] = row } }
}
