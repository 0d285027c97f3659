import ChannelsInterface
import Kernel
import Persistence

/// Puts a message back into the queue once the rule that held it allows it.
struct HeldMessageJob: JobPayload {
    static let queue = "channels.held"
    let message: MessageID
    /// The time it is held until; one that is held again has another.
    let until: Instant
}

/// Messages that wait for the end of quiet hours, or for tomorrow. They leave the conversation's lane, so that answers pass them.
struct HeldMessages: Sendable {
    let database: any Database
    let time: any TimeSource

    /// Within the transaction that ends the delivery's job.
    func hold(_ row: OutboundStore.Row, _ hold: SendingHold, in transaction: any SQLTransaction) throws {
        let (message, account, now) = (row.message, try transaction.scopedAccount, time.now())
        guard try OutboundStore(transaction: transaction).hold(message.id, account: account, hold, at: now) else { return }
        try transaction.publish(
            MessageDeliveryChanged(
                message: message.id, conversation: message.conversation, status: .held, failureCode: hold.reason.rawValue,
                failureReason: hold.text, heldUntil: hold.until, occurredAt: now))
        let delay = max(.milliseconds(1), hold.until.duration(since: now))
        try transaction.enqueue(HeldMessageJob(message: message.id, until: hold.until), JobOptions(delay: delay))
    }

    func run(_ job: HeldMessageJob, _ context: JobContext) async throws {
        let early = job.until.duration(since: time.now())
        guard early <= .zero else { throw JobDeferred(by: early) }
        let (account, now) = (context.job.account, time.now())
        try await context.complete { transaction in
            let store = OutboundStore(transaction: transaction)
            guard let row = try store.find(job.message, of: account), row.status == .held, row.heldUntil == job.until else {
                return
            }
            try Self.release(row, overriding: false, in: transaction, at: now)
        }
    }

    static func release(
        _ row: OutboundStore.Row, overriding: Bool, in transaction: any SQLTransaction, at now: Instant
    ) throws {
        let (message, account) = (row.message, try transaction.scopedAccount)
        try OutboundStore(transaction: transaction).release(message.id, account: account, overriding: overriding, at: now)
        try transaction.enqueue(DeliverJob(message: message.id), LiveMessageOutbox.options(message.conversation))
        try transaction.publish(
            MessageDeliveryChanged(message: message.id, conversation: message.conversation, status: .queued, occurredAt: now))
    }
}
