import Foundation
import Kernel

/// Threads that each own a connection and take transactions from one bounded queue.
///
/// While the server is away, callers get `unavailable` at once instead of a place in the queue: a failed connect is not
/// tried again for half a second.
final class ConnectionWorkers: @unchecked Sendable {
    typealias Work = (Result<PostgresConnection, any Error>) -> Void

    private static let waiting = 20_000

    private let lock = NSCondition()
    private var queue: [Work] = []
    private var head = 0
    private var closed = false
    private var running: Int
    /// Not the wall clock, which may be set back by a year.
    private var downUntil = ContinuousClock.now
    private var reason: any Error = Problem.unavailable("PostgreSQL does not answer")

    init(count: Int, connect: @escaping @Sendable () -> PostgresConnection) {
        running = count
        for number in 0..<count {
            let thread = Thread { [self] in work(connect()) }
            thread.name = "postgres-\(number)"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    func submit(_ work: @escaping Work) {
        lock.lock()
        let refused: (any Error)? =
            closed
            ? Problem.unavailable("the database is closing")
            : queue.count - head >= Self.waiting ? Problem.unavailable("too many transactions are waiting") : nil
        if refused == nil {
            queue.append(work)
            lock.signal()
        }
        lock.unlock()
        if let refused { work(.failure(refused)) }
    }

    /// Finishes what was accepted and ends the threads.
    func close() {
        lock.lock()
        closed = true
        lock.broadcast()
        while running > 0 { lock.wait() }
        lock.unlock()
    }

    private func work(_ connection: PostgresConnection) {
        while let next = take() {
            next(Result { try connected(connection) })
        }
        connection.disconnect()
        lock.lock()
        running -= 1
        lock.broadcast()
        lock.unlock()
    }

    private func take() -> Work? {
        lock.lock()
        defer { lock.unlock() }
        while head == queue.count && !closed { lock.wait() }
        guard head < queue.count else { return nil }
        let next = queue[head]
        head += 1
        if head > 1_024 || head == queue.count {
            queue.removeFirst(head)
            head = 0
        }
        return next
    }

    private func connected(_ connection: PostgresConnection) throws -> PostgresConnection {
        if connection.isConnected { return connection }
        lock.lock()
        let (down, known) = (downUntil > .now, reason)
        lock.unlock()
        if down { throw known }
        do { try connection.ensureConnected() } catch {
            lock.lock()
            (downUntil, reason) = (.now + .milliseconds(500), error)
            lock.unlock()
            throw error
        }
        return connection
    }
}
