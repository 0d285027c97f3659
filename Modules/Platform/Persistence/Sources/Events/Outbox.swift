import Foundation
package import Kernel
import Synchronization

/// Where a transaction's `publish` and `enqueue` write.
package protocol EventSink: Sendable {
    func record(_ event: some Event, in transaction: any SQLTransaction) throws
    func enqueue(_ payload: some JobPayload, _ options: JobOptions, in transaction: any SQLTransaction) throws -> Bool
}

/// The transactional outbox: an event becomes one row of the log and one queued delivery for each consumer, in the
/// publisher's own transaction.
///
/// Deliveries are jobs, so leases, fencing, order within a subject, retries and the dead letter are the same mechanism for both.
package final class Outbox: EventSink, EventBus {
    private let time: any TimeSource
    private let table = Mutex(Table())
    /// Called after each commit that queued something.
    private let signal: WakeSignal
    private let live: LiveEvents

    private struct Table {
        var consumers: [String: [String]] = [:]
        var handlers: [String: JobHandler] = [:]
    }

    package init(time: any TimeSource, live: LiveEvents, signal: WakeSignal) {
        (self.time, self.live, self.signal) = (time, live, signal)
    }

    package static let migrations = [
        Migration(
            "platform.1-events",
            """
            CREATE TABLE platform_event (
              account_id UUID NOT NULL, id UUID NOT NULL, name TEXT NOT NULL, subject TEXT NOT NULL,
              payload TEXT NOT NULL, live_name TEXT, live_data TEXT, occurred_at BIGINT NOT NULL,
              PRIMARY KEY (account_id, id)
            )
            """,
            "CREATE INDEX platform_event_by_id ON platform_event (id)")
    ]

    package func subscribe<E: Event>(
        _ consumer: String, to type: E.Type, _ handler: @escaping @Sendable (Delivery<E>) async throws -> Void
    ) {
        let queue = Self.queue(consumer, E.name)
        table.withLock { table in
            precondition(table.handlers[queue] == nil, "two subscriptions are called \(queue)")
            table.consumers[E.name, default: []].append(consumer)
            table.handlers[queue] = { context in
                let event = try JSONDecoder().decode(E.self, from: Data(context.job.payload.utf8))
                try await handler(
                    Delivery(
                        id: context.job.source.map(EventID.init(sameAs:)) ?? EventID(sameAs: context.job.id),
                        account: context.job.account, occurredAt: context.job.createdAt, event: event,
                        attempt: context.job.attempt, commit: { effects in try await context.complete { try effects($0) } }))
            }
        }
    }

    /// The handlers of all subscriptions, for the job runner.
    func handlers() -> [String: JobHandler] { table.withLock { $0.handlers } }

    private static func encode(_ identifiers: [String: String]) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try encoder.encode(identifiers)
    }

    private static func queue(_ consumer: String, _ event: String) -> String { "event:\(consumer):\(event)" }

    package func record<E: Event>(_ event: E, in transaction: any SQLTransaction) throws {
        let account = try transaction.scopedAccount
        let id = EventID()
        let now = time.now()
        let subject = event.subject
        let payload = String(decoding: try JSONEncoder().encode(event), as: UTF8.self)
        let notice = try (event as? any LiveNoticeEvent).map { live in
            (name: live.liveName, data: String(decoding: try Self.encode(live.liveIdentifiers), as: UTF8.self))
        }
        try transaction.execute(
            """
            INSERT INTO platform_event (account_id, id, name, subject, payload, live_name, live_data, occurred_at)
            VALUES (\(account), \(id), \(E.name), \(subject), \(payload), \(notice?.name), \(notice?.data), \(now))
            """)
        for consumer in table.withLock({ $0.consumers[E.name] ?? [] }) {
            try JobStore(transaction: transaction).insert(
                NewJob(
                    account: account, queue: Self.queue(consumer, E.name), payload: payload,
                    orderingKey: "\(consumer)/\(account)/\(subject)", uniqueKey: nil, source: id, priority: .normal,
                    runAt: now, maxAttempts: 20, createdAt: now))
        }
        let signal = signal
        transaction.afterCommit { signal.wake() }
        if let notice {
            let live = live
            transaction.afterCommit { live.broadcast(LiveNotice(id: id, account: account, name: notice.name, data: notice.data)) }
        }
    }

    package func enqueue<P: JobPayload>(
        _ payload: P, _ options: JobOptions, in transaction: any SQLTransaction
    ) throws -> Bool {
        let now = time.now()
        let inserted = try JobStore(transaction: transaction).insert(
            NewJob(
                account: transaction.account ?? .system, queue: P.queue,
                payload: String(decoding: try JSONEncoder().encode(payload), as: UTF8.self),
                orderingKey: options.key, uniqueKey: options.unique, source: nil, priority: options.priority,
                runAt: now.advanced(by: options.delay), maxAttempts: options.maxAttempts, createdAt: now))
        let signal = signal
        if options.delay <= .zero {
            transaction.afterCommit { signal.wake() }
        } else {
            transaction.afterCommit { signal.reschedule() }
        }
        return inserted
    }
}

extension AccountID {
    /// Owns jobs that belong to the installation rather than to one account.
    package static let system = AccountID(high: 0, low: 0)
}
