import Kernel
import Synchronization

/// Removes finished jobs many at a time: while one removal is being written, the next batch gathers.
final class FinishedJobs: Sendable {
    private struct State {
        var waiting: [(job: Job, done: CheckedContinuation<Void, any Error>)] = []
        var writing = false
    }

    private let database: any Database
    private let state = Mutex(State())

    init(database: any Database) { self.database = database }

    /// Returns when the job's removal is durable.
    func remove(_ job: Job) async throws {
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            let start = state.withLock { state -> Bool in
                state.waiting.append((job, done))
                defer { state.writing = true }
                return !state.writing
            }
            if start { Task.detached { await self.write() } }
        }
    }

    /// Waits until nothing is left to write.
    func flush() async {
        while state.withLock({ $0.writing }) { await Task.yield() }
    }

    private func write() async {
        while true {
            let batch = state.withLock { state in
                let batch = Array(state.waiting.prefix(200))
                state.waiting.removeFirst(batch.count)
                if batch.isEmpty { state.writing = false }
                return batch
            }
            guard !batch.isEmpty else { return }
            let jobs = batch.map(\.job)
            let result: Result<Void, any Error>
            do {
                _ = try await database.writeSystem(.jobs) { try JobStore(transaction: $0).remove(jobs) }
                result = .success(())
            } catch { result = .failure(error) }
            for entry in batch { entry.done.resume(with: result) }
        }
    }
}
