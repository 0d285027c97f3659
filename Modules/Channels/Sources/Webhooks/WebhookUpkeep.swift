import Kernel
import Persistence

/// What keeps the tables of webhooks in order.
struct WebhookUpkeep: Sendable {
    /// Of deliveries and their attempts; a shorter one of what was answered.
    private static let (kept, answersKept) = (Duration.seconds(30 * 86_400), Duration.seconds(8 * 86_400))
    let database: any Database
    let time: any TimeSource

    /// Starts pumps for what should have been sent. On PostgreSQL a delivery that is put down in the very moment in which the endpoint's pump
    /// ends may be seen by neither.
    func wakeOverdue() async throws {
        let moment = time.now().advanced(by: .seconds(-30))
        let found = try await database.readSystem(.channelRouting) {
            try WebhookUpkeepStore(transaction: $0).overdue(since: moment)
        }
        for (account, endpoint) in found {
            try await database.write(in: account) { transaction in
                guard try WebhookStore(transaction: transaction).find(endpoint, of: account)?.state == .active else { return }
                try WebhookPumpJob.wake(endpoint, in: transaction)
            }
        }
    }

    func expire() async throws {
        let now = time.now()
        let (rows, answers) = (now.advanced(by: .zero - Self.kept), now.advanced(by: .zero - Self.answersKept))
        try await database.writeSystem(.retention) {
            try WebhookUpkeepStore(transaction: $0).expire(answersBefore: answers, rowsBefore: rows)
        }
    }
}
