package import Kernel

/// Work to be done later, at least once, with its effects exactly once.
package protocol JobPayload: Codable, Sendable {
    /// Stable for ever: rows outlive versions. `botengine.turn`.
    static var queue: String { get }
}

/// When and beside what a job runs.
package struct JobOptions: Sendable {
    /// Jobs with the same key run one at a time, in the order they were queued.
    package var key: String?
    /// At most one unfinished job of a queue and account has this.
    package var unique: String?
    package var delay: Duration
    package var priority: JobPriority
    /// After so many failures the job is parked as dead until somebody retries it.
    package var maxAttempts: Int

    package init(
        key: String? = nil, unique: String? = nil, delay: Duration = .zero, priority: JobPriority = .normal,
        maxAttempts: Int = 20
    ) {
        (self.key, self.unique, self.delay) = (key, unique, delay)
        (self.priority, self.maxAttempts) = (priority, maxAttempts)
    }
}

package enum JobPriority: Int, CaseIterable, Sendable, SQLBindable {
    case urgent = 0
    case normal = 1
    case background = 2
}

package enum JobSubject {}
package typealias JobID = Identifier<JobSubject>

/// A job that this process holds a lease on.
package struct Job: Sendable {
    package let account: AccountID
    package let id: JobID
    package let queue: String
    package let payload: String
    /// 1 on the first run.
    package let attempt: Int
    package let maxAttempts: Int
    /// Rises with each lease; every effect checks it, so that a worker that was thought dead cannot write.
    package let fence: Int64
    /// The event that this job delivers.
    package let source: Identifier<EventSubject>?
    package let createdAt: Instant
}

package typealias JobHandler = @Sendable (JobContext) async throws -> Void

/// What a handler has in hand while it runs a job.
package struct JobContext: Sendable {
    package let job: Job
    let finish: @Sendable (Job, @escaping @Sendable (any SQLTransaction) throws -> Void) async throws -> Void

    /// Runs `effects` and removes the job, in one transaction of the job's account.
    ///
    /// Throws `DeliveryLost`, changing nothing, when another worker has taken the job over.
    package func complete(_ effects: @escaping @Sendable (any SQLTransaction) throws -> Void) async throws {
        try await finish(job, effects)
    }
}

/// Thrown by a handler to run again later without counting as a failure: a burst is still going on, a limit is reached.
package struct JobDeferred: Error {
    package let delay: Duration
    package init(by delay: Duration) { self.delay = delay }
}

/// A job row about to be written.
struct NewJob {
    let id = JobID()
    let account: AccountID
    let queue: String
    let payload: String
    let orderingKey: String?
    let uniqueKey: String?
    let source: EventID?
    let priority: JobPriority
    let runAt: Instant
    let maxAttempts: Int
    let createdAt: Instant
}
