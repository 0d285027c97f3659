import Foundation
import Synchronization

/// Runs long computations on threads of their own, a few at a time, in the order they were asked for.
///
/// Not the cooperative pool, nor a concurrent dispatch queue: their threads are bounded by the cores, and two hashes would
/// stop all other work of a small machine. A lane's thread starts when there is work and ends when there is none.
final class HashingLanes: Sendable {
    private struct Job: Sendable {
        let run: @Sendable () -> Void
    }

    private struct State {
        var lanes = 0
        var waiting: [Job] = []
    }

    private let state = Mutex(State())
    private let width: Int
    private let limit: Int

    /// At most `width` computations run and at most `limit` wait.
    init(width: Int, limit: Int) { (self.width, self.limit) = (width, limit) }

    /// The result of `compute`. Throws `busy` at once when too many wait, and `CancellationError` without computing
    /// anything when the task is cancelled before its turn.
    func run<Value: Sendable>(_ compute: @escaping @Sendable () throws -> Value) async throws -> Value {
        let abandoned = Flag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
                let job = Job {
                    continuation.resume(
                        with: Result { if abandoned.isSet { throw CancellationError() } else { try compute() } })
                }
                if !admit(job) { continuation.resume(throwing: VaultError.busy) }
            }
        } onCancel: {
            abandoned.set()
        }
    }

    private func admit(_ job: Job) -> Bool {
        let (admitted, opensLane) = state.withLock { state -> (Bool, Bool) in
            if state.lanes < width {
                state.lanes += 1
                return (true, true)
            }
            guard state.waiting.count < limit else { return (false, false) }
            state.waiting.append(job)
            return (true, false)
        }
        if opensLane { Thread.detachNewThread { [self] in work(from: job) } }
        return admitted
    }

    /// Runs `first` and then whatever waits; closes the lane when nothing does.
    private func work(from first: Job) {
        var job: Job? = first
        while let current = job {
            current.run()
            job = state.withLock { state in
                guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
                state.lanes -= 1
                return nil
            }
        }
    }

    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }
}
