import ConversationsInterface
import Kernel
import Persistence

/// Queues a turn for each customer's message that the bot may answer.
struct TurnIntake: Sendable {
    /// A message that its provider delivered later than this is stored, but nobody expects an answer any more.
    static let answerable = Duration.seconds(24 * 3_600)

    let settings: SettingsCache
    let time: any TimeSource

    func received(_ delivery: Delivery<MessageReceived>) async throws {
        let event = delivery.event
        guard event.owner == .bot, time.now().duration(since: event.occurredAt) <= Self.answerable else { return }
        let settings = try await settings.settings(of: delivery.account)
        guard settings.enabled else { return }
        try await queue(delivery, event.conversation, wait: settings.burstWait)
    }

    func changed(_ delivery: Delivery<ConversationChanged>) async throws {
        guard delivery.event.givenBack else { return }
        guard try await settings.settings(of: delivery.account).enabled else { return }
        try await queue(delivery, delivery.event.conversation, wait: .zero)
    }

    private func queue<E>(_ delivery: Delivery<E>, _ conversation: ConversationID, wait: Duration) async throws {
        let now = time.now()
        try await delivery.complete { transaction in
            let sql = try transaction.sql
            let job = TurnJob(conversation: conversation)
            let isQueued = try sql.enqueue(job, Self.options(job, unique: "\(conversation)", wait))
            // The queued one may be running already and have read the transcript without this message. Its successor
            // finds out; it has nothing to do when the first did see it.
            if !isQueued { try sql.enqueue(job, Self.options(job, unique: "\(conversation)/next", .zero)) }
            // After the jobs: a finishing turn takes its locks in the same order.
            if wait > .zero { try TurnStore(transaction: sql).extend(conversation, at: now, longest: BurstWait.longest) }
        }
    }

    private static func options(_ job: TurnJob, unique: String, _ delay: Duration) -> JobOptions {
        JobOptions(key: job.orderingKey, unique: unique, delay: delay, priority: .urgent)
    }
}

/// How long to wait for the end of a burst of messages.
enum BurstWait {
    /// Since the first message, whatever comes.
    static let longest = Duration.seconds(15)

    /// How much longer to wait; zero or less when the burst is over.
    static func remaining(_ burst: TurnStore.Burst, wait: Duration, at now: Instant) -> Duration {
        min(burst.lastAt.advanced(by: wait), burst.firstAt.advanced(by: longest)).duration(since: now)
    }
}
