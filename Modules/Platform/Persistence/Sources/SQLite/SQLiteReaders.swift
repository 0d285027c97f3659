import Foundation
import GRDB
import Kernel

/// Threads that each own a reading connection and take reads from one bounded queue. The first is started by the first read.
///
/// GRDB's own pool hands each read through two queues and checks the schema's version each time, which costs more than most reads.
final class SQLiteReaders: @unchecked Sendable {
    typealias Work = (Result<SQLiteConnection, any Error>) -> Void

    private static let waiting = 20_000

    private let file: URL
    private let configuration: Configuration
    private let most: Int
    private let lock = NSCondition()
    private var queue = ArraySlice<Work>()
    private var threads = 0
    private var idle = 0
    private var closed = false

    init(file: URL, configuration: Configuration, most: Int) {
        (self.file, self.configuration, self.most) = (file, configuration, most)
    }

    func submit(_ work: @escaping Work) {
        lock.lock()
        let refused: String? =
            closed ? "the database is closing" : queue.count >= Self.waiting ? "too many reads are waiting" : nil
        if refused == nil {
            queue.append(work)
            if idle >= queue.count || threads == most {
                lock.signal()
            } else {
                startThread()
            }
        }
        lock.unlock()
        if let refused { work(.failure(Problem.unavailable(refused))) }
    }

    /// Finishes what was accepted and ends the threads.
    func close() {
        lock.lock()
        closed = true
        lock.broadcast()
        while threads > 0 { lock.wait() }
        lock.unlock()
    }

    private func startThread() {
        threads += 1
        let thread = Thread { [self] in serve() }
        thread.name = "sqlite-reader-\(threads)"
        thread.stackSize = 1 << 20
        thread.start()
    }

    private func serve() {
        do {
            let database = try DatabaseQueue(path: file.path, configuration: configuration)
            // SQLite closes a connection only when its statements are gone, so they go first.
            try database.inDatabase { opened in
                let connection = try SQLiteConnection(opened)
                while let work = take() { work(.success(connection)) }
            }
            try database.close()
            _ = ended(failing: false)
        } catch {
            // Later reads try again, with a thread of their own.
            for work in ended(failing: true) { work(.failure(Problem.unavailable("the database file cannot be read: \(error)"))) }
        }
    }

    /// The thread ends. One that failed takes a read along, and the last one all of them: nobody else would answer.
    private func ended(failing: Bool) -> [Work] {
        lock.lock()
        defer { lock.unlock() }
        threads -= 1
        lock.broadcast()
        let orphans = failing ? Array(threads == 0 ? queue : queue.prefix(1)) : []
        queue.removeFirst(orphans.count)
        return orphans
    }

    private func take() -> Work? {
        lock.lock()
        defer { lock.unlock() }
        idle += 1
        while queue.isEmpty && !closed { lock.wait() }
        idle -= 1
        let work = queue.popFirst()
        // A slice keeps what was popped until it is made anew.
        if queue.isEmpty { queue = [] }
        return work
    }
}
