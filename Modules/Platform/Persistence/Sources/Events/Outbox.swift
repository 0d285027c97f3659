import Foundation
package import Kernel
import Synchronization
import WireJSON

/// Where a transaction's `publish` and `enqueue` write.
package protocol EventSink: Sendable {
    func record(_ event: some Event, in transaction: any SQLTransaction) throws
    func enqueue(_ payload: some JobPayload, _ options: JobOptions, in transaction: any SQLTransaction) throws -> Bool
}

/// The transactional outbox: an event becomes one delivery for each consumer and, when browsers are told of it, one row of the log, in
/// the publisher's own transaction.
///
/// Deliveries are jobs, so leases, fencing, order within a subject, retries and the dead letter are the same mechanism for both.
package final class Outbox: EventSink, EventBus {
    private let time: any TimeSource
    private let table = Mutex(Table())
    /// Called after each commit that queued something.
    private let signal: WakeSignal
    private let live: LiveEvents
    let handover = JobHandover()

    private struct Table {
        var consumers: [String: [String]] = [:]
        var handlers: [String: JobHandler] = [:]
        var reactions: [String: [@Sendable (any Event, any Transaction) throws -> Void]] = [:]
    }

    package init(time: any TimeSource, live: LiveEvents, signal: WakeSignal) {
        (self.time, self.live, self.signal) = (time, live, signal)
    }

    package static let migrations = [
        Migration(
            "platform.1-events",
            """
            CREATE TABLE platform_event (
              account_id UUID NOT NULL, id UUID NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (account_id, id)
            ) WITHOUT ROWID
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
                let event = try Self.decoder.decode(E.self, from: Data(context.job.payload.utf8))
                try await handler(
                    Delivery(
                        id: context.job.source.map(EventID.init(sameAs:)) ?? EventID(sameAs: context.job.id),
                        account: context.job.account, occurredAt: context.job.createdAt, event: event,
                        attempt: context.job.attempt, commit: { effects in try await context.complete { try effects($0) } }))
            }
        }
    }

    package func react<E: Event>(to type: E.Type, _ reaction: @escaping @Sendable (E, any Transaction) throws -> Void) {
        table.withLock { table in
            table.reactions[E.name, default: []].append { event, transaction in
                if let event = event as? E { try reaction(event, transaction) }
            }
        }
    }

    /// The handlers of all subscriptions, for the job runner.
    func handlers() -> [String: JobHandler] { table.withLock { $0.handlers } }

    private static let encoder = JSONEncoder()
    private static let decoder = JSONDecoder()

    private static func text(_ identifiers: [String: String]) -> String {
        var object = JSON.Object(reserving: identifiers.count)
        for (key, value) in identifiers.sorted(by: { $0.key < $1.key }) { object.add(key, value) }
        return JSON.object(object).text
    }

    private static func queue(_ consumer: String, _ event: String) -> String { "event:\(consumer):\(event)" }

    package func record<E: Event>(_ event: E, in transaction: any SQLTransaction) throws {
        let account = try transaction.scopedAccount
        let id = EventID()
        let now = time.now()
        let subject = event.subject
        let (consumers, reactions) = table.withLock { ($0.consumers[E.name] ?? [], $0.reactions[E.name] ?? []) }
        let payload = consumers.isEmpty ? "" : String(decoding: try Self.encoder.encode(event), as: UTF8.self)
        for consumer in consumers {
            _ = try start(
                NewJob(
                    account: account, queue: Self.queue(consumer, E.name), payload: payload,
                    orderingKey: "\(consumer)/\(account)/\(subject)", uniqueKey: nil, source: id, priority: .normal,
                    runAt: now, maxAttempts: 20, createdAt: now), in: transaction)
        }
        for reaction in reactions { try reaction(event, transaction) }
        if let told = event as? any LiveNoticeEvent {
            let (name, data) = (told.liveName, Self.text(told.liveIdentifiers))
            try transaction.execute(
                "INSERT INTO platform_event (account_id, id, name, data) VALUES (\(account), \(id), \(name), \(data))")
            let (live, signal) = (live, signal)
            transaction.afterCommit {
                live.broadcast(LiveNotice(id: id, account: account, name: name, data: data))
                signal.tellOthers()
            }
        }
    }

    package func enqueue<P: JobPayload>(
        _ payload: P, _ options: JobOptions, in transaction: any SQLTransaction
    ) throws -> Bool {
        let now = time.now()
        let job = NewJob(
            account: transaction.account ?? .system, queue: P.queue,
            payload: String(decoding: try Self.encoder.encode(payload), as: UTF8.self),
            orderingKey: options.key, uniqueKey: options.unique, source: nil, priority: options.priority,
            runAt: now.advanced(by: options.delay), maxAttempts: options.maxAttempts, createdAt: now)
        guard options.delay > .zero else { return try start(job, in: transaction) }
        let inserted = try JobStore(transaction: transaction).insert(job)
        let signal = signal
        transaction.afterCommit { signal.reschedule() }
        return inserted
    }

    /// Hands a due job to this process's runner, or queues it.
    private func start(_ job: NewJob, in transaction: any SQLTransaction) throws -> Bool {
        let store = JobStore(transaction: transaction)
        if let owner = handover.promise(job.queue) {
            let leased: Job?
            do { leased = try store.insertLeased(job, owner: owner) } catch {
                handover.withdraw()
                throw error
            }
            if let leased {
                let handover = handover
                transaction.atEnd { committed in
                    if committed { handover.fulfil(leased) } else { handover.withdraw() }
                }
                return true
            }
            handover.withdraw()
        }
        let inserted = try store.insert(job)
        let (handover, signal) = (handover, signal)
        transaction.afterCommit {
            handover.noteQueued()
            signal.wake()
        }
        return inserted
    }
}

extension AccountID {
    /// Owns jobs that belong to the installation rather than to one account.
    package static let system = AccountID(high: 0, low: 0)
}
