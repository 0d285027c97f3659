import AuditInterface
import Kernel
import Persistence

/// Sends a message whose time has come.
struct ReleaseJob: JobPayload {
    static let queue = "conversations.release"
    let message: MessageID
    /// The time this job was made for; a message that was moved has another.
    let at: Instant
}

/// Releases scheduled messages at their time, once each: the message leaves the schedule in the transaction that queues it.
struct Release: Sendable {
    let database: any Database
    let room: WaitingRoom
    let audit: any AuditTrail

    func run(_ job: ReleaseJob, _ context: JobContext) async throws {
        let (account, time) = (context.job.account, room.time)
        let found = try await database.read(in: account) { try MessageStore(transaction: $0).find(job.message, of: account) }
        guard let found, found.isDue(at: job.at) else { return try await context.complete { _ in } }
        // The wall clock was set back.
        let early = job.at.duration(since: time.now())
        guard early <= .zero else { throw JobDeferred(by: early) }
        let (room, audit) = (room, audit)
        try await context.complete { transaction in
            let (messages, conversations) = (
                MessageStore(transaction: transaction), ConversationStore(transaction: transaction)
            )
            // The message is read under the lock: it may be taken back at this moment.
            guard var conversation = try conversations.locked(found.conversation, of: account),
                var row = try messages.find(job.message, of: account), row.isDue(at: job.at)
            else { return }
            let now = time.now()
            guard now.duration(since: job.at) <= WaitingRoom.tolerance else { return try room.miss(&row, transaction) }
            failpoint("schedule.release.before_commit")
            try room.release(&row, in: &conversation, transaction)
            try conversations.update(conversation)
            try audit.append(
                Conversations.entry("message.released", conversation.id, .system, now, "message/\(row.id)"), in: transaction)
        }
    }
}

extension MessageRow {
    fileprivate func isDue(at moment: Instant) -> Bool { status == .scheduled && scheduledAt == moment && !deleted }
}
