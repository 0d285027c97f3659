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

    func find(_ references: [KeyReference]) async throws -> [KeyReference: StoredKey] {
        let rows = state.withLock { state in
            state.finds += 1
            return state.rows.filter { references.contains($0.key) }
        }
        for reference in references { try await afterFind(reference) }
        return rows
    }

    func insertIfAbsent(_ wrapped: [KeyReference: [UInt8]]) async throws -> [KeyReference: StoredKey] {
        state.withLock { state in
            state.inserts += 1
            state.rows.merge(wrapped.mapValues(StoredKey.wrapped)) { winner, _ in winner }
            return state.rows.filter { wrapped[$0.key] != nil }
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
