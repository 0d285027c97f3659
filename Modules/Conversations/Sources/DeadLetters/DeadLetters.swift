import AuditInterface
import ChannelsInterface
import ConversationsInterface
import Kernel
import Persistence

/// What did not get through and is tried no more: messages that failed or whose end is unknown, and work that was given up.
struct DeadLetters: Sendable {
    let database: any Database
    let conversations: Conversations
    let audit: any AuditTrail
    let time: any TimeSource

    private var jobs: AccountJobs { AccountJobs(database: database) }

    /// How many are looked at, and sent again, at once.
    static let most = 200

    /// The latest messages, and the oldest jobs.
    func list(_ account: AccountID) async throws -> (messages: [MessageRow], jobs: [AccountJobs.Entry]) {
        let messages = try await database.read(in: account) {
            try MessageStore(transaction: $0).troubled(of: account, limit: Self.most)
        }
        return (messages, try await jobs.dead(of: account, limit: Self.most))
    }

    /// Gives every message that surely did not arrive, and every job, another try; says how many got one.
    ///
    /// A message of unknown end may have arrived: only a person can decide to send it again, one by one.
    func resendAll(by caller: Principal) async throws -> Int {
        let (messages, dead) = try await list(caller.account)
        var count = 0
        for row in messages where row.status == .failed {
            if try await unlessGone({ _ = try await conversations.retry(row.id, by: caller) }) { count += 1 }
        }
        for job in dead {
            if try await unlessGone({ try await retry(job.id, by: caller) }) { count += 1 }
        }
        return count
    }

    /// Somebody else was faster, or there is nothing to send any more.
    private func unlessGone(_ work: () async throws -> Void) async throws -> Bool {
        do { try await work() } catch Problem.notFound { return false } catch Problem.conflict { return false }
        return true
    }

    func retry(_ job: JobID, by caller: Principal) async throws {
        try await jobs.retry(job, of: caller.account, at: time.now())
        try await audit.append(entry("job.retried", "job/\(job)", caller), account: caller.account)
    }

    func dismiss(job: JobID, by caller: Principal) async throws {
        try await jobs.dismiss(job, of: caller.account)
        try await audit.append(entry("job.dismissed", "job/\(job)", caller), account: caller.account)
    }

    /// Takes a message off the list; in its conversation it stays as it is. A second time changes nothing.
    func dismiss(message: MessageID, by caller: Principal) async throws {
        let (account, audit, now) = (caller.account, audit, time.now())
        try await database.write(in: account) { transaction in
            let store = MessageStore(transaction: transaction)
            guard let row = try store.find(message, of: account), row.direction == .outgoing else { throw Problem.notFound }
            guard try store.dismiss(message, account: account, at: now) else { return }
            try audit.append(
                Conversations.entry("message.dismissed", row.conversation, caller.actor, now, "message/\(message)"),
                in: transaction)
        }
    }

    private func entry(_ action: String, _ object: String, _ caller: Principal) -> AuditEntry {
        AuditEntry(occurredAt: time.now(), actor: caller.actor, action: action, object: object, detail: "")
    }
}
