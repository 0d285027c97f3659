import AuditInterface
import ChannelsInterface
import ConversationsInterface
import Kernel
import Persistence

/// Messages that wait for their time. Everything happens in the caller's transaction, so a message is released, or taken back, once.
struct WaitingRoom: Sendable {
    let outbox: any MessageOutbox
    let audit: any AuditTrail
    let time: any TimeSource

    /// A schedule further away is a slip of the pen.
    static let furthest = Duration.seconds(366 * 86_400)
    /// What is later than this after a downtime is not sent any more: a person decides.
    static let tolerance = Duration.seconds(1_800)
    /// Nobody plans more in one conversation; it bounds what a customer's message has to look at.
    private static let most = 50

    /// Why a message does not leave; the codes of `failure` in the API.
    enum Reason: String {
        case byPerson = "cancelled_by_person"
        case customerReplied = "customer_replied"
        case overtaken

        var text: String {
            switch self {
            case .byPerson: "It was cancelled."
            case .customerReplied: "The customer wrote before it left."
            case .overtaken: "A person took the conversation over."
            }
        }
    }

    /// Throws `Problem.invalid` for what is no time to come within a year.
    func check(_ at: Instant) throws {
        let delay = at.duration(since: time.now())
        guard delay > .zero else { throw Problem.invalid(field: "send_at", "is in the past; choose a later time") }
        guard delay <= Self.furthest else { throw Problem.invalid(field: "send_at", "is more than a year away") }
    }

    /// Stores a message to leave at a time. False when it is stored already.
    func keep(
        _ row: inout MessageRow, for schedule: SendSchedule, in conversation: inout ConversationRow,
        _ transaction: any SQLTransaction
    ) throws -> Bool {
        let messages = MessageStore(transaction: transaction)
        if conversation.hasWaiting, try messages.waiting(in: conversation.id, account: conversation.account).count >= Self.most {
            throw Problem.conflict("\(Self.most) messages wait in this conversation already")
        }
        (row.status, row.scheduledAt, row.cancelOnReply) = (.scheduled, schedule.at, schedule.cancelOnReply)
        row.occurredAt = schedule.at
        guard try messages.insert(row) else { return false }
        conversation.hasWaiting = true
        try wake(row, at: schedule.at, transaction)
        try transaction.publish(MessageAdded(conversation: row.conversation, message: row.id, author: row.author))
        return true
    }

    /// Queues the moment of release. A message that is moved has a job for each of its times; only the one of its last does anything.
    private func wake(_ row: MessageRow, at: Instant, _ transaction: any SQLTransaction) throws {
        let delay = max(.milliseconds(1), at.duration(since: time.now()))
        try transaction.enqueue(ReleaseJob(message: row.id, at: at), JobOptions(delay: delay))
    }

    /// Throws `Problem.held` when the account's rules do not let a person's message leave at `moment`.
    func admit(_ conversation: ConversationRow, at moment: Instant, _ transaction: any SQLTransaction) throws {
        let occasion = SendingOccasion(
            contact: conversation.contact, channel: conversation.channel, lastInboundAt: conversation.lastInboundAt)
        guard let hold = try outbox.hold(occasion, at: moment, in: transaction) else { return }
        throw Problem.held(until: hold.until, code: hold.reason.rawValue, hold.text)
    }

    /// Gives a message another time. It may be one that was missed.
    func move(
        _ row: inout MessageRow, to schedule: SendSchedule, in conversation: inout ConversationRow,
        _ transaction: any SQLTransaction
    ) throws {
        if row.scheduledAt != schedule.at || row.status == .missed { try wake(row, at: schedule.at, transaction) }
        (row.status, row.scheduledAt, row.cancelOnReply) = (.scheduled, schedule.at, schedule.cancelOnReply)
        (row.occurredAt, row.changedAt) = (schedule.at, time.now())
        try MessageStore(transaction: transaction).reschedule(row)
        conversation.hasWaiting = true
        try transaction.publish(MessageChanged(conversation: row.conversation, message: row.id))
    }

    /// The time has come, or somebody sends it now: into the outbox under the conversation's fence of this moment.
    func release(
        _ row: inout MessageRow, overriding: Bool = false, in conversation: inout ConversationRow,
        _ transaction: any SQLTransaction
    ) throws {
        let now = time.now()
        row.status = .queued
        // As long as it has not left, the customer's answer may still stop it.
        if !row.cancelOnReply { row.scheduledAt = nil }
        (row.occurredAt, row.changedAt) = (now, now)
        (row.failureCode, row.failureReason) = (nil, nil)
        try MessageStore(transaction: transaction).reschedule(row)
        try outbox.enqueue(
            OutgoingMessage(
                id: row.id, conversation: conversation.id, channel: conversation.channel, address: conversation.address,
                fence: conversation.fence, author: row.author, queuedAt: now, overridesRules: overriding), in: transaction)
        if row.author == .bot { conversation.botReplies += 1 }
        if conversation.state == .closed { conversation.state = .open }
        (conversation.lastMessage, conversation.activityAt) = (row.id, max(now, conversation.activityAt))
        // To those who could not see it, it is new.
        try transaction.publish(MessageAdded(conversation: row.conversation, message: row.id, author: row.author))
        try transaction.publish(ConversationChanged(conversation: row.conversation))
    }

    /// Nothing ran when its time came.
    func miss(_ row: inout MessageRow, _ transaction: any SQLTransaction) throws {
        row.status = .missed
        row.changedAt = time.now()
        try MessageStore(transaction: transaction).reschedule(row)
        try transaction.publish(MessageChanged(conversation: row.conversation, message: row.id))
    }

    /// False when it is leaving or gone.
    func cancel(_ row: inout MessageRow, _ reason: Reason, _ transaction: any SQLTransaction) throws -> Bool {
        switch row.status {
        case .scheduled, .missed: break
        case .queued, .held: guard try outbox.withdraw(row.id, in: transaction) else { return false }
        default: return false
        }
        let now = time.now()
        (row.status, row.scheduledAt, row.cancelOnReply) = (.cancelled, nil, false)
        (row.failureCode, row.failureReason) = (reason.rawValue, reason.text)
        (row.occurredAt, row.changedAt) = (min(now, row.occurredAt), now)
        try MessageStore(transaction: transaction).reschedule(row)
        try transaction.publish(MessageChanged(conversation: row.conversation, message: row.id))
        return true
    }

    /// The customer wrote: what was to leave only if they did not is taken back.
    func customerWrote(in conversation: inout ConversationRow, _ transaction: any SQLTransaction) throws {
        try sweep(&conversation, .customerReplied, transaction) { $0.cancelOnReply }
    }

    /// The turn changes hands: nothing that the bot said before may leave, and nothing that it meant to say later.
    func raiseFence(of conversation: inout ConversationRow, in transaction: any SQLTransaction) throws {
        conversation.fence += 1
        try outbox.raiseFence(of: conversation.id, to: conversation.fence, in: transaction)
        // What is in the outbox meets the fence there.
        try sweep(&conversation, .overtaken, transaction) { $0.author == .bot && $0.status != .queued }
    }

    private func sweep(
        _ conversation: inout ConversationRow, _ reason: Reason, _ transaction: any SQLTransaction,
        _ isMeant: (MessageRow) -> Bool
    ) throws {
        guard conversation.hasWaiting else { return }
        let rows = try MessageStore(transaction: transaction).waiting(in: conversation.id, account: conversation.account)
        var left = rows.count
        for var row in rows where isMeant(row) {
            guard try cancel(&row, reason, transaction) else { continue }
            left -= 1
            try audit.append(
                Conversations.entry(
                    "message.cancelled", conversation.id, .system, time.now(), "message/\(row.id): \(reason.rawValue)"),
                in: transaction)
        }
        conversation.hasWaiting = left > 0
    }
}
