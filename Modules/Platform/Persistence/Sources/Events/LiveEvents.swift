package import Kernel
import Synchronization

/// One live notice of one account.
package struct LiveNotice: Sendable {
    /// Nil for a passing signal, such as typing, that no row of the log stands behind.
    package let id: EventID?
    package let account: AccountID
    package let name: String
    package let data: String

    package init(transient name: String, account: AccountID, data: String) {
        (id, self.account, self.name, self.data) = (nil, account, name, data)
    }

    package init(id: EventID, account: AccountID, name: String, data: String) {
        (self.id, self.account, self.name, self.data) = (id, account, name, data)
    }
}

/// Tells live views what was committed, as soon as it was. Lossy by design: a slow reader misses notices and is told so.
package final class LiveEvents: Sendable {
    /// What a subscriber receives.
    package enum Item: Sendable {
        case notice(LiveNotice)
        /// Notices were dropped: reload instead.
        case gap
    }

    private struct Subscriber {
        let account: AccountID
        let continuation: AsyncStream<Item>.Continuation
    }

    private let subscribers = Mutex<[Int: Subscriber]>([:])
    private let serial = Mutex(0)
    private let finished = Mutex(false)
    private let recent = Mutex(RecentEvents())

    /// The last events told, so that the relay does not tell this process's own again.
    private struct RecentEvents {
        private static let capacity = 50_000
        private var known: Set<EventID> = []
        private var order: [EventID] = []
        private var oldest = 0

        mutating func insert(_ id: EventID) -> Bool {
            guard known.insert(id).inserted else { return false }
            if order.count < Self.capacity {
                order.append(id)
            } else {
                known.remove(order[oldest])
                order[oldest] = id
                oldest = (oldest + 1) % Self.capacity
            }
            return true
        }
    }
    /// Transient signals that no database row stands behind, such as typing.
    package static let queueLength = 512

    package init() {}

    /// The notices of `account` from now on. Ending the iteration ends the subscription.
    package func subscribe(to account: AccountID) -> AsyncStream<Item> {
        let key = serial.withLock { serial in
            serial += 1
            return serial
        }
        let (stream, continuation) = AsyncStream.makeStream(of: Item.self, bufferingPolicy: .bufferingOldest(Self.queueLength))
        subscribers.withLock { $0[key] = Subscriber(account: account, continuation: continuation) }
        continuation.onTermination = { [weak self] _ in
            _ = self?.subscribers.withLock { $0.removeValue(forKey: key) }
        }
        if finished.withLock({ $0 }) { continuation.finish() }
        return stream
    }

    package func broadcast(_ notice: LiveNotice) {
        if let id = notice.id { _ = recent.withLock { $0.insert(id) } }
        deliver(notice)
    }

    /// Broadcasts what another process committed, unless it was told already; says whether it was new.
    func broadcastOnce(_ notice: LiveNotice) -> Bool {
        guard let id = notice.id, recent.withLock({ $0.insert(id) }) else { return false }
        deliver(notice)
        return true
    }

    private func deliver(_ notice: LiveNotice) {
        let matching = subscribers.withLock { subscribers in
            subscribers.filter { $0.value.account == notice.account }
        }
        for (key, subscriber) in matching {
            if case .dropped = subscriber.continuation.yield(.notice(notice)) {
                // The queue is full: end this stream; the browser reconnects and resumes from the log.
                subscriber.continuation.finish()
                _ = subscribers.withLock { $0.removeValue(forKey: key) }
            }
        }
    }

    /// Ends every subscription, so that a stopping server does not wait for open streams.
    package func finish() {
        finished.withLock { $0 = true }
        let all = subscribers.withLock { subscribers in
            defer { subscribers.removeAll() }
            return Array(subscribers.values)
        }
        for subscriber in all { subscriber.continuation.finish() }
    }
}

/// Reads the log behind the live stream.
package struct EventLog: Sendable {
    private let database: any Database

    package init(database: any Database) { self.database = database }

    /// The live notices of `account` after `last`, oldest first; nil when there are more than `limit` or the log does not
    /// reach back that far, so that the reader must reload.
    ///
    /// Reads from a little before `last`: on PostgreSQL transactions may commit in another order than their events' ids. A
    /// notice may therefore come twice.
    package func notices(of account: AccountID, after last: EventID, limit: Int = 500) async throws -> [LiveNotice]? {
        let margin: UInt64 = database.dialect == .postgres ? 5_000 << 16 : 0
        let from = margin == 0 ? last : EventID(high: last.high > margin ? last.high - margin : 0, low: 0)
        return try await database.read(in: account) { transaction in
            let known = try transaction.count(
                "SELECT count(*) AS count FROM platform_event WHERE account_id = \(account) AND id = \(last)")
            guard known == 1 else { return nil }
            let found = try transaction.rows(
                """
                SELECT id, name, data FROM platform_event
                WHERE account_id = \(account) AND id > \(from) ORDER BY id LIMIT \(limit + 1)
                """
            ) { row in
                LiveNotice(
                    id: try row.id("id"), account: account, name: try row.text("name"), data: try row.text("data"))
            }
            return found.count > limit ? nil : found.filter { $0.id != last }
        }
    }

    /// The newest event of `account`, where a reader that has just loaded everything starts.
    package func newest(of account: AccountID) async throws -> EventID? {
        try await database.read(in: account) { transaction in
            try transaction.row("SELECT id FROM platform_event WHERE account_id = \(account) ORDER BY id DESC LIMIT 1") {
                try $0.id("id")
            }
        }
    }

    /// The live notices of all accounts after `last`, for a process that must tell its browsers what another one wrote.
    package func noticesOfAll(after last: EventID, limit: Int = 1_000) async throws -> [LiveNotice] {
        try await database.readSystem(.jobs) { transaction in
            try transaction.rows(
                """
                SELECT account_id, id, name, data FROM platform_event
                WHERE id > \(last) ORDER BY id LIMIT \(limit)
                """
            ) { row in
                LiveNotice(
                    id: try row.id("id"), account: try row.id("account_id"), name: try row.text("name"),
                    data: try row.text("data"))
            }
        }
    }

    /// Deletes what is older than `age`; returns how many rows.
    package func expire(before limit: Instant) async throws -> Int {
        // UUIDv7: the first 48 bits are milliseconds.
        let bound = EventID(high: UInt64(max(0, limit.microseconds / 1_000)) << 16, low: 0)
        return try await database.writeSystem(.retention) { try $0.execute("DELETE FROM platform_event WHERE id < \(bound)") }
    }
}
