import Synchronization

/// Lets concurrent callers who want the same thing share the work of the first.
package final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private typealias Outcome = Result<Value, any Error>
    private let waiting = Mutex<[Key: [CheckedContinuation<Outcome?, Never>]]>([:])

    package init() {}

    /// The result of `work`, run by this caller or by one that is already at it under the same `key`; errors are shared
    /// too.
    ///
    /// The work runs in the first caller's task. If that task is cancelled, one of the others starts again.
    package func run(_ key: Key, _ work: @Sendable () async throws -> Value) async throws -> Value {
        while true {
            guard let outcome = await join(key) else { return try await lead(key, work) }
            if case .failure(let error) = outcome, error is CancellationError {
                try Task.checkCancellation()
                continue
            }
            return try outcome.get()
        }
    }

    /// The outcome of the work under way, or nil when there is none and the caller now has to do it.
    private func join(_ key: Key) async -> Outcome? {
        await withCheckedContinuation { continuation in
            let leads = waiting.withLock { waiting in
                guard waiting[key] != nil else {
                    waiting[key] = []
                    return true
                }
                waiting[key]?.append(continuation)
                return false
            }
            if leads { continuation.resume(returning: nil) }
        }
    }

    private func lead(_ key: Key, _ work: @Sendable () async throws -> Value) async throws -> Value {
        let outcome: Outcome
        do { outcome = .success(try await work()) } catch { outcome = .failure(error) }
        for follower in waiting.withLock({ $0.removeValue(forKey: key) }) ?? [] { follower.resume(returning: outcome) }
        return try outcome.get()
    }
}
