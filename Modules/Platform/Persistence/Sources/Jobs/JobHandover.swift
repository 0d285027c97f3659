import Kernel
import Synchronization

/// Gives jobs to this process's runner in the very commit that makes them, while the runner keeps up.
///
/// A job that a transaction queues is written as already leased here and starts as soon as the commit is durable: no second write to
/// claim it, no look at the queue. When the runner is behind, when an earlier job of the same key is unfinished, or when no runner works in
/// this process, jobs go through the queue.
final class JobHandover: Sendable {
    private struct State {
        var owner: String?
        var queues: Set<String> = []
        var start: (@Sendable (Job) -> Void)?
        /// How many more jobs the runner takes at once.
        var free = 0
        /// Handed over by transactions that have not ended.
        var promised = 0
        /// A due job may lie in the queue; new ones must not overtake it.
        var isBehind = true
        /// Counts what was queued, so that a look at the queue cannot overlook what came meanwhile.
        var queued: UInt64 = 0
    }

    private let state = Mutex(State())

    // ---- the runner's side ----

    func attach(owner: String, queues: Set<String>, capacity: Int, start: @escaping @Sendable (Job) -> Void) {
        state.withLock { state in
            (state.owner, state.queues, state.free, state.start) = (owner, queues, capacity, start)
        }
    }

    /// No further job is promised; those promised still start.
    func detach() { state.withLock { $0.owner = nil } }

    var hasPromises: Bool { state.withLock { $0.promised > 0 } }
    var isBehind: Bool { state.withLock { $0.isBehind } }

    /// Takes up to `most` of the runner's places.
    func take(_ most: Int) -> Int {
        state.withLock { state in
            let taken = min(most, state.free)
            state.free -= taken
            return taken
        }
    }

    func giveBack(_ places: Int) { state.withLock { $0.free += places } }

    /// What to pass to `looked` after a look at the queue that begins now.
    func beginLook() -> UInt64 { state.withLock { $0.queued } }

    /// `isEmpty` when the look found nothing due that it did not take.
    func looked(_ mark: UInt64, isEmpty: Bool) {
        state.withLock { state in
            if state.queued == mark { state.isBehind = !isEmpty }
        }
    }

    // ---- the transactions' side ----

    /// The lease owner when a new job of `queue` may start with its commit; its place is taken then.
    func promise(_ queue: String) -> String? {
        state.withLock { state in
            guard let owner = state.owner, !state.isBehind, state.free > 0, state.queues.contains(queue) else { return nil }
            state.free -= 1
            state.promised += 1
            return owner
        }
    }

    func withdraw() {
        state.withLock { state in
            state.free += 1
            state.promised -= 1
        }
    }

    func fulfil(_ job: Job) {
        // The promise ends after the start: a runner that stops waits for it.
        state.withLock { $0.start }?(job)
        state.withLock { $0.promised -= 1 }
    }

    /// A due job was put into the queue.
    func noteQueued() {
        state.withLock { state in
            state.isBehind = true
            state.queued &+= 1
        }
    }
}
