import Foundation
import Kernel
import Logging
import Persistence
import Synchronization

/// The real queue and the real runner, with jobs that do nothing: what the platform itself costs.
final class JobThroughput: Sendable {
    private struct Nothing: JobPayload {
        static let queue = "bench.nothing"
        let number: Int
    }

    private let place: BenchPlace
    private let handled = Mutex(0)
    private let clock = ContinuousClock()

    init(_ place: BenchPlace) { self.place = place }

    /// Queues `count` jobs, then runs them all. Leases, fences and heartbeats are those of production.
    ///
    /// With `eachInItsTransaction` every job is completed by its handler in a transaction of its own, as those with effects are.
    func measure(_ count: Int, eachInItsTransaction: Bool) async throws -> (enqueued: Double, completed: Double) {
        let (live, signal, time) = (LiveEvents(), WakeSignal(), SystemTime())
        let outbox = Outbox(time: time, live: live, signal: signal)
        let database = try await place.open(sink: outbox)
        let runner = JobRunner(
            database: database, outbox: outbox, signal: signal, owner: "bench", time: time, randomness: .system,
            logger: Logger(label: "bench"))
        runner.handle(Nothing.self) { _, context in
            self.handled.withLock { $0 += 1 }
            if eachInItsTransaction { try await context.complete { _ in } }
        }
        let enqueuing = try await clock.measure { try await enqueue(count, in: database) }
        let start = clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run() }
            while handled.withLock({ $0 }) < count { try await Task.sleep(for: .milliseconds(5)) }
            // Handled is not yet completed: the row's removal must be durable.
            let administration = JobAdministration(database: database)
            while try await administration.counts() != (0, 0, 0) { try await Task.sleep(for: .milliseconds(5)) }
            group.cancelAll()
        }
        let running = clock.now - start
        await database.close()
        return (Double(count) / enqueuing.seconds, Double(count) / running.seconds)
    }

    private func enqueue(_ count: Int, in database: any Database) async throws {
        let account = AccountID()
        for start in stride(from: 0, to: count, by: 500) {
            try await database.write(in: account) { transaction in
                for number in start..<min(start + 500, count) { try transaction.enqueue(Nothing(number: number)) }
            }
        }
    }
}
