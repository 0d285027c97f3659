import ConversationsInterface
import Kernel
import Persistence

/// Queues a turn for each customer's message that the bot may answer.
struct TurnIntake: Sendable {
    /// A message that its provider delivered later than this is stored, but nobody expects an answer any more.
    static let answerable = Duration.seconds(24 * 3_600)

    let time: any TimeSource

    func received(_ event: MessageReceived, in transaction: any Transaction) throws {
        guard event.owner == .bot, time.now().duration(since: event.occurredAt) <= Self.answerable else { return }
        let sql = try transaction.sql
        guard let wait = try BotSettingsStore(transaction: sql).burstWait(try sql.scopedAccount) else { return }
        try queue(event.conversation, wait: wait, in: sql)
    }

    func changed(_ event: ConversationChanged, in transaction: any Transaction) throws {
        guard event.givenBack else { return }
        let sql = try transaction.sql
        guard try BotSettingsStore(transaction: sql).burstWait(try sql.scopedAccount) != nil else { return }
        try queue(event.conversation, wait: .zero, in: sql)
    }

    private func queue(_ conversation: ConversationID, wait: Duration, in sql: any SQLTransaction) throws {
        let job = TurnJob(conversation: conversation)
        let isQueued = try sql.enqueue(job, Self.options(job, unique: "\(conversation)", wait))
        // The queued one may be running already and have read the transcript without this message. Its successor
        // finds out; it has nothing to do when the first did see it.
        if !isQueued { try sql.enqueue(job, Self.options(job, unique: "\(conversation)/next", .zero)) }
        // After the jobs: a finishing turn takes its locks in the same order.
        if wait > .zero { try TurnStore(transaction: sql).extend(conversation, at: time.now(), longest: BurstWait.longest) }
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
