import Foundation
import Kernel

/// Writes that arrive while one commit is under way share the next, and its one fsync.
///
/// A group is first run as if all would succeed. When one of its writes throws, the group is rolled back and run again with a savepoint
/// around each write, so that only the failing ones lose their effects: savepoints cost a copy of every page that is touched.
///
/// A single thread owns the writing connection. Its queue is bounded, so that a stalled disk turns into `unavailable` answers
/// instead of memory.
final class GroupCommit: @unchecked Sendable {
    private static let most = 256
    private static let mostBackground = 32
    private static let waiting = 20_000

    private let lock = NSCondition()
    private var queue: [any GroupedWrite] = []
    /// What jobs write. It waits its turn while somebody waits for an answer, and never stands still.
    private var background: [any GroupedWrite] = []
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

    func submit(_ write: any GroupedWrite) {
        lock.lock()
        let refused: String? =
            closed
            ? "the database is closing"
            : queue.count + background.count >= Self.waiting ? "too many writes are waiting" : nil
        if refused == nil {
            if write.isBackground { background.append(write) } else { queue.append(write) }
            if queue.count + background.count == 1 { lock.signal() }
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
            while queue.isEmpty && background.isEmpty && !closed { lock.wait() }
            let batch = next()
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

    private func next() -> [any GroupedWrite] {
        var batch = Array(queue.prefix(Self.most))
        queue.removeFirst(batch.count)
        let others = background.prefix(batch.isEmpty ? Self.most : Self.mostBackground)
        batch += others
        background.removeFirst(others.count)
        return batch
    }

    private func commit(_ batch: [any GroupedWrite]) {
        var outcomes: [(any Error)?] = []
        do {
            try withConnection { connection in
                if try together(batch, connection) {
                    outcomes = Array(repeating: nil, count: batch.count)
                } else {
                    outcomes = try apart(batch, connection)
                }
            }
        } catch {
            if SQLiteConnection.isStorageFailure(error) {
                // What was written before may or may not be on disk; only a restart, which replays the log, can tell.
                FileHandle.standardError.write(Data("the disk failed to store data (\(error)); stopping\n".utf8))
                exit(74)
            }
            outcomes = Array(repeating: error, count: batch.count)
        }
        for (write, error) in zip(batch, outcomes) { write.finish(error) }
    }

    /// False when a write threw; nothing is changed then.
    private func together(_ batch: [any GroupedWrite], _ connection: SQLiteConnection) throws -> Bool {
        try connection.run("BEGIN IMMEDIATE")
        for write in batch {
            do { try write.run(connection) } catch {
                try rollBack(connection)
                return false
            }
        }
        try commit(connection)
        return true
    }

    /// Each write's error, in their order.
    private func apart(_ batch: [any GroupedWrite], _ connection: SQLiteConnection) throws -> [(any Error)?] {
        try connection.run("BEGIN IMMEDIATE")
        var outcomes: [(any Error)?] = []
        outcomes.reserveCapacity(batch.count)
        do {
            for write in batch {
                try connection.run("SAVEPOINT one")
                do {
                    try write.run(connection)
                    outcomes.append(nil)
                } catch {
                    // A full disk makes SQLite roll everything back; then there is no savepoint to return to.
                    guard connection.isInTransaction else { throw error }
                    try connection.run("ROLLBACK TO one")
                    outcomes.append(error)
                }
                try connection.run("RELEASE one")
            }
        } catch {
            try rollBack(connection)
            throw error
        }
        try commit(connection)
        return outcomes
    }

    private func commit(_ connection: SQLiteConnection) throws {
        failpoint("sqlite.group.before_commit")
        do { try connection.run("COMMIT") } catch {
            try? rollBack(connection)
            throw error
        }
        failpoint("sqlite.group.after_commit")
    }

    private func rollBack(_ connection: SQLiteConnection) throws {
        if connection.isInTransaction { try connection.run("ROLLBACK") }
    }
}

/// A caller's transaction on its way through a group.
protocol GroupedWrite: AnyObject {
    var isBackground: Bool { get }
    /// Runs the caller's body. Called a second time when the group had to be rolled back.
    func run(_ connection: SQLiteConnection) throws
    /// Answers the caller: nil once the commit is durable. Called once.
    func finish(_ error: (any Error)?)
}
