import ChannelsInterface
import Kernel
import Logging
import Persistence
import PluginHost

/// Looks for a message of uncertain outcome in the provider's history.
struct ReconcileJob: JobPayload {
    static let queue = "channels.reconcile"
    let message: MessageID
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

    func run(_ job: ReconcileJob, _ context: JobContext) async throws {
        let account = context.job.account
        let row = try await database.read(in: account) { try OutboundStore(transaction: $0).find(job.message, of: account) }
        guard let row, row.status == .uncertain, let channel = try await channels.channel(row.message.channel, of: account),
            let action = try await contents.action(for: row, account)
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
        case .sent(let ids) where !ids.isEmpty:
            try await context.complete { transaction in
                for id in ids { try outbox.confirm(job.message, externalID: id, in: transaction) }
            }
        case .notFound where job.isLast && isRepeatable(row):
            try await context.complete { transaction in
                try outbox.retry(job.message, in: transaction)
                try transaction.publish(
                    MessageDeliveryChanged(
                        message: job.message, conversation: row.message.conversation, status: .queued, occurredAt: time.now()))
            }
        default: try await lookAgain(job, context)
        }
    }

    private func isRepeatable(_ row: OutboundStore.Row) -> Bool {
        row.externalIDs.isEmpty && time.now().duration(since: row.message.queuedAt) < Self.longestUseful
    }

    private func lookAgain(_ job: ReconcileJob, _ context: JobContext) async throws {
        let next = ReconcileJob(message: job.message, round: job.round + 1)
        try await context.complete { transaction in
            if let options = next.options { try transaction.enqueue(next, options) }
        }
    }
}
