package import Kernel
package import Persistence
import Synchronization

/// Keeps what committed transactions published and queued, and delivers nothing.
package final class RecordingSink: EventSink {
    package struct Published: Sendable {
        package let account: AccountID?
        package let event: any Event
    }

    package struct Queued: Sendable {
        package let account: AccountID?
        package let payload: any JobPayload
        package let options: JobOptions
    }

    private struct State {
        var published: [Published] = []
        var queued: [Queued] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// In the order of their commits.
    package var published: [Published] { state.withLock { $0.published } }
    package var queued: [Queued] { state.withLock { $0.queued } }
    package var events: [any Event] { published.map(\.event) }
    package var jobs: [any JobPayload] { queued.map(\.payload) }

    package func events<E: Event>(of type: E.Type) -> [E] { published.compactMap { $0.event as? E } }
    package func jobs<P: JobPayload>(of type: P.Type) -> [P] { queued.compactMap { $0.payload as? P } }

    /// Forgets everything, as if all had been delivered and run.
    package func clear() { state.withLock { $0 = State() } }

    package func record(_ event: some Event, in transaction: any SQLTransaction) throws {
        let published = Published(account: try transaction.scopedAccount, event: event)
        transaction.afterCommit { [self] in state.withLock { $0.published.append(published) } }
    }

    /// False when a recorded job of the same queue and account has the same unique key, as the real queue answers.
    package func enqueue<P: JobPayload>(
        _ payload: P, _ options: JobOptions, in transaction: any SQLTransaction
    ) throws -> Bool {
        let queued = Queued(account: transaction.account, payload: payload, options: options)
        if let unique = options.unique,
            self.queued.contains(where: {
                $0.options.unique == unique && $0.account == queued.account && type(of: $0.payload).queue == P.queue
            })
        {
            return false
        }
        transaction.afterCommit { [self] in state.withLock { $0.queued.append(queued) } }
        return true
    }
}
