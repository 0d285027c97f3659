import Foundation
package import Kernel
package import Logging
import ServiceLifecycle
import Synchronization

/// Tells this process's browsers, and its job runner, what other processes of the installation committed.
///
/// On PostgreSQL a LISTEN connection wakes it at once; on SQLite, where a worker or the command line may write the same file, it looks
/// four times a second.
package struct LiveRelay: Service {
    private let log: EventLog
    private let live: LiveEvents
    private let signal: WakeSignal
    private let listener: PostgresListener?
    private let time: any TimeSource
    private let logger: Logger

    /// `listener` is nil on SQLite.
    package init(
        database: any Database, live: LiveEvents, signal: WakeSignal, listener: PostgresListener?, time: any TimeSource,
        logger: Logger
    ) {
        log = EventLog(database: database)
        (self.live, self.signal, self.listener, self.time, self.logger) = (live, signal, listener, time, logger)
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown { await relay() }
        listener?.stop()
    }

    private func relay() async {
        let woken = WakeSignal()
        listener?.start(onNotice: { woken.wake() })
        if let listener { signal.observe { listener.announce() } }
        // A little before now: another process's clock may be behind.
        var cursor = Self.cursor(at: time.now().advanced(by: .seconds(-5)))
        while !Task.isCancelled {
            await woken.waitOrSleep(listener == nil ? .milliseconds(250) : .seconds(1), time)
            guard !Task.isCancelled else { return }
            guard let notices = try? await log.noticesOfAll(after: cursor) else { continue }
            var foreign = false
            for notice in notices where live.broadcastOnce(notice) { foreign = true }
            if foreign || listener != nil { signal.wakeHere() }
            // Commits may arrive out of the order of their ids: look back two seconds each time; what was told once is not told again.
            let horizon = Self.cursor(at: time.now().advanced(by: .seconds(-2)))
            if let last = notices.last?.id, notices.count >= 1_000 { cursor = last } else { cursor = max(cursor, horizon) }
        }
    }

    private static func cursor(at now: Instant) -> EventID {
        EventID(high: UInt64(max(0, now.microseconds / 1_000)) << 16, low: 0)
    }
}

/// A connection that hears `NOTIFY sevensales` and, at most every few milliseconds, sends it.
package final class PostgresListener: @unchecked Sendable {
    private let listening: PostgresConnection
    private let announcing: PostgresConnection
    private let condition = NSCondition()
    private var stopped = false
    private var pending = false
    private let name = "\(UInt64.random(in: .min ... .max))"

    package init(_ url: PostgresURL, schema: String) {
        listening = PostgresConnection(url, schema: schema)
        announcing = PostgresConnection(url, schema: schema)
    }

    /// Calls `onNotice` for each notice of another process.
    package func start(onNotice: @escaping @Sendable () -> Void) {
        let listen = Thread { [self] in
            while !isStopped {
                do {
                    try listening.ensureConnected()
                    try listening.run("LISTEN sevensales")
                    // What was announced while there was no connection is found by looking.
                    onNotice()
                    while !isStopped {
                        if try listening.notifications(waiting: 200).contains(where: { $0 != name }) { onNotice() }
                    }
                } catch { Thread.sleep(forTimeInterval: 0.5) }
            }
            listening.disconnect()
        }
        let announce = Thread { [self] in
            while waitForAnnouncement() {
                do {
                    try announcing.ensureConnected()
                    try announcing.run("NOTIFY sevensales, '\(name)'")
                } catch { announcing.disconnect() }
                // What comes meanwhile is one more notice, not hundreds.
                Thread.sleep(forTimeInterval: 0.003)
            }
            announcing.disconnect()
        }
        for (thread, name) in [(listen, "postgres-listen"), (announce, "postgres-notify")] {
            thread.name = name
            thread.stackSize = 1 << 19
            thread.start()
        }
    }

    /// Something was committed here that other processes want to know of.
    func announce() {
        condition.lock()
        pending = true
        condition.signal()
        condition.unlock()
    }

    package func stop() {
        condition.lock()
        stopped = true
        condition.broadcast()
        condition.unlock()
    }

    private var isStopped: Bool {
        condition.lock()
        defer { condition.unlock() }
        return stopped
    }

    private func waitForAnnouncement() -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while !pending && !stopped { condition.wait() }
        pending = false
        return !stopped
    }
}
