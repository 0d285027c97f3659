import Foundation
import Kernel

/// Writes that arrive while one commit is under way share the next: each keeps its own savepoint, all share one fsync.
///
/// A single thread owns the writing connection. Its queue is bounded, so that a stalled disk turns into `unavailable` answers
/// instead of memory.
final class GroupCommit: @unchecked Sendable {
    /// A caller's transaction and the two halves of its answer.
    struct Write {
        let run: (SQLiteConnection) throws -> [@Sendable () -> Void]
        /// Nil once the commit is durable.
        let finish: ((any Error)?) -> Void
    }

    private static let most = 256
    private static let waiting = 20_000

    private let lock = NSCondition()
    private var queue: [Write] = []
    private var closed = false
    private var ended = false
    /// Runs a body with the writing connection; GRDB serialises it with its own users of the connection.
    private let withConnection: ((SQLiteConnection) throws -> Void) throws -> Void

    init(name: String, withConnection: @escaping ((SQLiteConnection) throws -> Void) throws -> Void) {
        self.withConnection = withConnection
        let thread = Thread { [self] in work() }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    func submit(_ write: Write) {
        lock.lock()
        let refused: String? =
            closed ? "the database is closing" : queue.count >= Self.waiting ? "too many writes are waiting" : nil
        if refused == nil {
            queue.append(write)
            if queue.count == 1 { lock.signal() }
        }
        lock.unlock()
        if let refused { write.finish(Problem.unavailable(refused)) }
    }

    /// Finishes what was accepted and ends the thread.
    func close() {
        lock.lock()
        closed = true
        lock.broadcast()
        while !ended { lock.wait() }
        lock.unlock()
    }

    private func work() {
        while true {
            lock.lock()
            while queue.isEmpty && !closed { lock.wait() }
            let batch = Array(queue.prefix(Self.most))
            queue.removeFirst(batch.count)
            if batch.isEmpty {
                ended = true
                lock.broadcast()
                lock.unlock()
                return
            }
            lock.unlock()
            commit(batch)
        }
    }

    private func commit(_ batch: [Write]) {
        var outcomes: [(write: Write, error: (any Error)?, actions: [@Sendable () -> Void])] = []
        outcomes.reserveCapacity(batch.count)
        do {
            try withConnection { connection in
                try connection.run("BEGIN IMMEDIATE")
                do {
                    for write in batch {
                        do {
                            try connection.run("SAVEPOINT one")
                            let actions = try write.run(connection)
                            try connection.run("RELEASE one")
                            outcomes.append((write, nil, actions))
                        } catch {
                            // A full disk makes SQLite roll everything back; then there is no savepoint to return to.
                            guard connection.isInTransaction else { throw error }
                            try connection.run("ROLLBACK TO one")
                            try connection.run("RELEASE one")
                            outcomes.append((write, error, []))
                        }
                    }
                    failpoint("sqlite.group.before_commit")
                    try connection.run("COMMIT")
                    failpoint("sqlite.group.after_commit")
                } catch {
                    try? connection.run("ROLLBACK")
                    throw error
                }
            }
        } catch {
            if SQLiteConnection.isStorageFailure(error) {
                // What was written before may or may not be on disk; only a restart, which replays the log, can tell.
                FileHandle.standardError.write(Data("the disk failed to store data (\(error)); stopping\n".utf8))
                exit(74)
            }
            for write in batch { write.finish(error) }
            return
        }
        for outcome in outcomes {
            // Before the caller goes on, as on PostgreSQL: whoever awaits a write finds its wake-ups done.
            if outcome.error == nil { for action in outcome.actions { action() } }
            outcome.write.finish(outcome.error)
        }
    }
}
