import ChannelsInterface
import Kernel
import Logging
import Persistence
import PluginHost

/// Looks for a message of uncertain outcome in the provider's history.
struct ReconcileJob: JobPayload {
    static let queue = "channels.reconcile"
    let message: MessageID
    /// The attempt whose outcome is looked for: a later one is somebody else's.
    let attempt: Int
    /// 0 for the first look.
    let round: Int

    /// Histories lag behind: the first look is soon, because most messages did arrive, the last late enough to believe a no.
    private static let delays: [Duration] = [.seconds(5), .seconds(30), .seconds(120)]

    /// Nil after the last round.
    var options: JobOptions? {
        guard Self.delays.indices.contains(round) else { return nil }
        return JobOptions(key: "reconcile/\(message)", delay: Self.delays[round], maxAttempts: 5)
    }
    var isLast: Bool { round + 1 >= Self.delays.count }
}

/// Ends the uncertainty about a delivery where the provider can be asked.
///
/// A message that is found is sent. One that is missing in every round goes back to the queue, unless it is old or a part of it is
/// known to have arrived: then a person decides.
struct Reconciliation: Sendable {
    let database: any Database
    let channels: OpenChannels
    let exchange: ProviderExchange
    let contents: OutgoingActions
    let outbox: LiveMessageOutbox
    let time: any TimeSource
    let logger: Logger

    /// A customer has gone on by then: repeating an answer that is older surprises more than it helps.
    private static let longestUseful = Duration.seconds(600)

    /// A message whose file is gone cannot be sent again: it stays uncertain.
    private func action(for row: OutboundStore.Row, _ account: AccountID) async throws -> OutboundAction? {
        do { return try await contents.action(for: row, account) } catch is FileGone { return nil }
    }

    func run(_ job: ReconcileJob, _ context: JobContext) async throws {
        let account = context.job.account
        let row = try await database.read(in: account) { try OutboundStore(transaction: $0).find(job.message, of: account) }
        guard let row, row.status == .uncertain, row.attempts == job.attempt,
            let channel = try await channels.channel(row.message.channel, of: account),
            let action = try await action(for: row, account)
        else { return try await context.complete { _ in } }
        guard channel.row.state == .active else { throw JobDeferred(by: .seconds(60)) }
        let ending: ProviderExchange.Ending
        do {
            ending = try await exchange.run(.reconcile(action, since: row.message.queuedAt), in: channel)
        } catch let error as BlockedAddress {
            logger.warning("an uncertain message cannot be looked up", metadata: ["reason": "\(error)"])
            return try await context.complete { _ in }
        }
        switch ending.result {
        case .sent(let ids):
            let own = try await own(ids, row, account)
            guard !own.isEmpty else { return try await lookAgain(job, context) }
            try await context.complete { transaction in
                for id in own { try outbox.confirm(job.message, externalID: id, isWhole: true, in: transaction) }
            }
        case .notFound where job.isLast && isRepeatable(row): try await sendAgain(job, row, context)
        case .failed(let failure) where failure.resume != nil || !failure.sent.isEmpty:
            try await note(failure, job, row, context)
        default: try await lookAgain(job, context)
        }
    }

    /// Without the ids of other messages: somebody may have written the same words twice.
    private func own(_ ids: [String], _ row: OutboundStore.Row, _ account: AccountID) async throws -> [String] {
        var own: [String] = []
        for id in ids {
            let owner = try await contents.contents
                .message(externalID: id, conversation: row.message.conversation, account: account)
            if owner == nil || owner == row.message.id { own.append(id) }
        }
        return own
    }

    private func sendAgain(_ job: ReconcileJob, _ row: OutboundStore.Row, _ context: JobContext) async throws {
        try await context.complete { transaction in
            guard try isSameAttempt(job, row.message, transaction) else { return }
            try outbox.retry(job.message, in: transaction)
            try transaction.publish(
                MessageDeliveryChanged(
                    message: job.message, conversation: row.message.conversation, status: .queued, occurredAt: time.now()))
        }
    }

    /// The history shows some parts: whoever tries again sends the others only, and at once where the plugin is sure of them.
    private func note(_ failure: OperationFailure, _ job: ReconcileJob, _ row: OutboundStore.Row, _ context: JobContext)
        async throws
    {
        let ids = row.externalIDs + failure.sent.filter { !row.externalIDs.contains($0) }
        let (account, now) = (context.job.account, time.now())
        var canGoOn = false
        if case .retry = failure.kind, failure.resume != nil {
            canGoOn = now.duration(since: row.message.queuedAt) < Self.longestUseful
        }
        let next = ReconcileJob(message: job.message, attempt: job.attempt, round: job.round + 1)
        try await context.complete { [canGoOn] transaction in
            guard try isSameAttempt(job, row.message, transaction) else { return }
            try OutboundStore(transaction: transaction).set(
                .uncertain, of: job.message, account: account, externalIDs: ids,
                pluginState: failure.resume?.text ?? row.pluginState,
                failureCode: failure.reason.code, at: now)
            if canGoOn {
                try outbox.retry(job.message, in: transaction)
                try transaction.publish(
                    MessageDeliveryChanged(
                        message: job.message, conversation: row.message.conversation, status: .queued, externalIDs: ids,
                        occurredAt: now))
            } else if let options = next.options {
                try transaction.enqueue(next, options)
            }
        }
    }

    /// Nobody tried again while the provider was asked.
    private func isSameAttempt(
        _ job: ReconcileJob, _ message: OutgoingMessage, _ transaction: any SQLTransaction
    ) throws -> Bool {
        let row = try OutboundStore(transaction: transaction).find(message.id, of: try transaction.scopedAccount)
        return row?.status == .uncertain && row?.attempts == job.attempt
    }

    private func isRepeatable(_ row: OutboundStore.Row) -> Bool {
        row.externalIDs.isEmpty && time.now().duration(since: row.message.queuedAt) < Self.longestUseful
    }

    private func lookAgain(_ job: ReconcileJob, _ context: JobContext) async throws {
        let next = ReconcileJob(message: job.message, attempt: job.attempt, round: job.round + 1)
        try await context.complete { transaction in
            if let options = next.options { try transaction.enqueue(next, options) }
        }
    }
}
