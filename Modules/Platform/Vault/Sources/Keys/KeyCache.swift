import Synchronization

/// Unwrapped keys, by recency of use: never more than `capacity`, and at least the `capacity / 2` last used.
///
/// Two generations instead of a linked list: when the young one is full it becomes the old one, and what was not used
/// since is dropped. A hit costs one or two dictionary look-ups under a lock.
final class KeyCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// A moment in the cache's history of removals.
    struct Epoch: Hashable, Sendable { fileprivate var removals: UInt64 = 0 }

    private struct State {
        var epoch = Epoch()
        var young: [Key: Value] = [:]
        var old: [Key: Value] = [:]
    }

    private let state = Mutex(State())
    private let generation: Int

    init(capacity: Int) { generation = max(1, capacity / 2) }

    /// Read it before loading a value that `insert` is to take.
    var epoch: Epoch { state.withLock { $0.epoch } }

    var count: Int { state.withLock { $0.young.count + $0.old.count } }

    func value(for key: Key) -> Value? {
        let (found, _) = state.withLock { state -> (Value?, [Key: Value]) in
            if let value = state.young[key] { return (value, [:]) }
            guard let value = state.old.removeValue(forKey: key) else { return (nil, [:]) }
            return (value, add(value, for: key, to: &state))
        }
        return found
    }

    /// Keeps `value`, unless anything was removed since `epoch`: a key that was read before it was destroyed must not
    /// come back. Skipping one insertion too many only costs another look-up.
    func insert(_ value: Value, for key: Key, loadedIn epoch: Epoch) {
        _ = state.withLock { state -> [Key: Value] in
            guard state.epoch == epoch else { return [:] }
            return add(value, for: key, to: &state)
        }
    }

    /// Takes time in proportion to the size of the cache.
    func removeAll(where matches: (Key) -> Bool) {
        _ = state.withLock { state -> State in
            let before = state
            state.epoch.removals &+= 1
            state.young = state.young.filter { !matches($0.key) }
            state.old = state.old.filter { !matches($0.key) }
            return before
        }
    }

    func remove(_ key: Key) {
        state.withLock { state in
            state.epoch.removals &+= 1
            state.young[key] = nil
            state.old[key] = nil
        }
    }

    /// Returns the generation it dropped, so that the caller frees those keys outside the lock.
    private func add(_ value: Value, for key: Key, to state: inout State) -> [Key: Value] {
        var dropped: [Key: Value] = [:]
        state.old[key] = nil
        state.young[key] = value
        if state.young.count >= generation {
            dropped = state.old
            (state.old, state.young) = (state.young, [:])
        }
        return dropped
    }
}
