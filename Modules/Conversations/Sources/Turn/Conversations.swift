import AuditInterface
import ChannelsInterface
import ConversationsInterface
import Kernel
import Persistence
import Vault

/// What people do in conversations: answer, take over, give back, close.
struct Conversations: Sendable {
    let database: any Database
    let vault: Vault
    let outbox: any MessageOutbox
    let media: any MediaLibrary
    let audit: any AuditTrail
    let time: any TimeSource

    /// A person's answer. It takes the turn at once: the bot cannot speak after it. The same id again returns the stored message.
    ///
    /// With a `schedule` it waits for its time and the turn stays where it is. Throws `Problem.notFound`, `.conflict` when the id belongs to
    /// a message of another conversation, `.invalid` for a time that is no time to come, and `.held` when quiet hours or a cap do not let it
    /// leave; `overriding` is for callers who may send it in spite of them.
    func reply(
        _ text: String, file: FileID? = nil, id: MessageID, schedule: SendSchedule? = nil, overriding: Bool = false,
        in conversation: ConversationID, by caller: Principal
    ) async throws -> (MessageRow, isNew: Bool) {
        if overriding, !caller.permissions.contains(.overrideSendingRules) { throw Problem.forbidden }
        return try await write(
            text, file: file, id: id, kind: file == nil ? .text : .media, schedule: schedule, overriding: overriding,
            in: conversation, by: caller)
    }

    var waitingRoom: WaitingRoom { WaitingRoom(outbox: outbox, audit: audit, time: time) }

    /// Keeps a file for an answer in this conversation.
    func upload(_ upload: MediaUpload, to conversation: ConversationID, by caller: Principal) async throws -> MediaFile {
        guard let row = try await find(conversation, caller.account) else { throw Problem.notFound }
        return try await media.add(upload, for: row.address, in: row.channel, account: caller.account)
    }

    /// A line for colleagues only.
    func note(_ text: String, id: MessageID, in conversation: ConversationID, by caller: Principal) async throws -> (
        MessageRow, isNew: Bool
    ) {
        try await write(text, id: id, kind: .note, in: conversation, by: caller)
    }

    private func write(
        _ text: String, file: FileID? = nil, id: MessageID, kind: MessageRow.Kind, schedule: SendSchedule? = nil,
        overriding: Bool = false, in conversation: ConversationID, by caller: Principal
    ) async throws -> (MessageRow, isNew: Bool) {
        let account = caller.account
        let found = try await database.read(in: account) { transaction in
            (
                try ConversationStore(transaction: transaction).find(conversation, of: account),
                try MessageStore(transaction: transaction).find(id, of: account)
            )
        }
        guard let contact = found.0?.contact else { throw Problem.notFound }
        if let stored = found.1 {
            guard stored.conversation == conversation else { throw Problem.conflict("this id is taken") }
            return (stored, false)
        }
        if let schedule { try waitingRoom.check(schedule.at) }
        guard let seal = try await vault.messageSeal(of: contact, account: account) else {
            throw Problem.conflict("the customer's data was erased")
        }
        let (sealed, now, audit, outbox, time, media) = (try seal.text(text, of: id), time.now(), audit, outbox, time, media)
        let room = waitingRoom
        let attachments = try await attachments(file, account)
        let row = MessageRow(
            account: account, conversation: conversation, id: id, contact: contact,
            direction: kind == .note ? .internal : .outgoing,
            kind: kind, author: .user, authorID: caller.user, text: sealed,
            attachments: try seal.attachments(attachments, of: id),
            status: kind == .note ? .sent : .queued, occurredAt: now, changedAt: now)
        let isNew = try await database.write(in: account) { transaction -> Bool in
            let store = ConversationStore(transaction: transaction)
            guard var current = try store.locked(conversation, of: account) else { throw Problem.notFound }
            var row = row
            row.changedAt = time.now()
            if kind != .note, !overriding, try MessageStore(transaction: transaction).find(id, of: account) == nil {
                try room.admit(current, at: schedule?.at ?? row.changedAt, transaction)
            }
            if let schedule {
                guard try room.keep(&row, for: schedule, in: &current, transaction) else { return false }
                if let file { try media.attach(file, for: current.address, in: transaction) }
                try store.update(current)
                try audit.append(
                    Self.entry("message.scheduled", conversation, caller.actor, now, "message/\(id) for \(schedule.at)"),
                    in: transaction)
                return true
            }
            guard try MessageStore(transaction: transaction).insert(row) else { return false }
            let before = current
            if let file { try media.attach(file, for: current.address, in: transaction) }
            if kind != .note {
                if current.owner != .human { try Self.take(&current, for: caller.user, room, in: transaction) }
                if current.state == .closed { current.state = .open }
                (current.needsHuman, current.unread) = (false, 0)
                try outbox.enqueue(
                    OutgoingMessage(
                        id: id, conversation: conversation, channel: current.channel, address: current.address,
                        fence: current.fence,
                        author: .user, queuedAt: now, overridesRules: overriding), in: transaction)
                if overriding {
                    try audit.append(
                        Self.entry("message.rules-overridden", conversation, caller.actor, now, "message/\(id)"), in: transaction)
                }
            }
            (current.lastMessage, current.activityAt) = (id, now)
            try store.update(current)
            try transaction.publish(MessageAdded(conversation: conversation, message: id, author: .user))
            try transaction.publish(ConversationChanged(conversation: conversation, steps: Self.steps(from: before, to: current)))
            try audit.append(
                Self.entry(
                    kind == .note ? "conversation.noted" : "conversation.replied", conversation, caller.actor, now,
                    "message/\(id)"),
                in: transaction)
            return true
        }
        guard schedule != nil else { return (row, isNew) }
        let kept = try await database.read(in: account) { try MessageStore(transaction: $0).find(id, of: account) }
        return (kept ?? row, isNew)
    }

    private func attachments(_ file: FileID?, _ account: AccountID) async throws -> [InboundAttachment] {
        guard let file else { return [] }
        guard let found = try await media.files([file], of: account)[file] else { throw Problem.notFound }
        return [
            InboundAttachment(
                kind: found.kind, name: found.name, mime: found.mime, size: found.size, file: file, note: nil)
        ]
    }

    private static func take(
        _ conversation: inout ConversationRow, for user: UserID?, _ room: WaitingRoom, in transaction: any SQLTransaction
    ) throws {
        conversation.owner = .human
        conversation.assignee = user ?? conversation.assignee
        conversation.needsHuman = false
        try room.raiseFence(of: &conversation, in: transaction)
    }

    enum Act: String, Sendable {
        case taken, givenBack = "given_back", closed, reopened, read
        case assigned
    }

    /// Does `act` and leaves a line in the thread for everything but reading.
    func perform(
        _ act: Act, on conversation: ConversationID, by caller: Principal, assignee: UserID? = nil
    ) async throws -> ConversationRow {
        let account = caller.account
        let (audit, room, now) = (audit, waitingRoom, time.now())
        return try await database.write(in: account) { transaction in
            let store = ConversationStore(transaction: transaction)
            guard var current = try store.locked(conversation, of: account) else { throw Problem.notFound }
            let before = current
            guard try Self.apply(act, to: &current, by: caller.user, assignee: assignee, room, in: transaction) else {
                return current
            }
            if act == .closed { current.closedAt = now }
            if act != .read {
                try Self.line(act.rawValue, in: current, by: caller.user, at: now, transaction)
                try audit.append(Self.entry("conversation.\(act.rawValue)", conversation, caller.actor, now), in: transaction)
            }
            try store.update(current)
            try transaction.publish(
                ConversationChanged(
                    conversation: conversation, givenBack: act == .givenBack, steps: Self.steps(from: before, to: current)))
            return current
        }
    }

    /// What happened between two states. Closing takes the assignee away; that is no news of its own.
    private static func steps(from before: ConversationRow, to after: ConversationRow) -> [ConversationStep] {
        if before.state == .open, after.state == .closed { return [.closed] }
        return (before.state == .closed && after.state == .open ? [.opened] : [])
            + (before.assignee != after.assignee ? [.assigned] : [])
    }

    /// Leaves a line that says what happened, as a code that each reader's language has words for.
    static func line(
        _ code: String, in conversation: ConversationRow, by user: UserID?, at now: Instant, _ transaction: any SQLTransaction
    ) throws {
        let id = MessageID()
        _ = try MessageStore(transaction: transaction).insert(
            MessageRow(
                account: conversation.account, conversation: conversation.id, id: id, contact: conversation.contact,
                direction: .internal, kind: .system, author: .system, authorID: user, text: Array(code.utf8), status: .sent,
                occurredAt: now, changedAt: now))
        try transaction.publish(MessageAdded(conversation: conversation.id, message: id, author: .system))
    }

    /// False when there is nothing to change.
    private static func apply(
        _ act: Act, to current: inout ConversationRow, by user: UserID?, assignee: UserID?, _ room: WaitingRoom,
        in transaction: any SQLTransaction
    ) throws -> Bool {
        switch act {
        case .taken:
            guard current.owner != .human || current.assignee != user else { return false }
            try take(&current, for: user, room, in: transaction)
        case .givenBack, .closed:
            guard current.owner != .bot || (act == .closed && current.state == .open) || current.needsHuman else { return false }
            (current.owner, current.needsHuman, current.assignee) = (.bot, false, nil)
            (current.handOffReason, current.handOffAt) = (nil, nil)
            if act == .closed { (current.state, current.unread) = (.closed, 0) }
            try room.raiseFence(of: &current, in: transaction)
        case .reopened:
            guard current.state == .closed else { return false }
            current.state = .open
        case .read:
            guard current.unread > 0 else { return false }
            current.unread = 0
        case .assigned:
            guard current.assignee != assignee else { return false }
            current.assignee = assignee
        }
        return true
    }

    /// Shows the customer that a person is writing; best effort, nothing is stored. Throws `Problem.notFound`.
    func typing(in conversation: ConversationID, live: LiveEvents, by caller: Principal) async throws {
        guard let row = try await find(conversation, caller.account) else { throw Problem.notFound }
        live.broadcast(
            LiveNotice(
                transient: "person.typing", account: caller.account, data: #"{"conversation_id":"\#(conversation)","on":true}"#))
        await outbox.typing(
            true, byBot: false, conversation: conversation, channel: row.channel, address: row.address, account: caller.account)
    }

    func find(_ id: ConversationID, _ account: AccountID) async throws -> ConversationRow? {
        try await database.read(in: account) { try ConversationStore(transaction: $0).find(id, of: account) }
    }

    /// Another try for a failed or uncertain message.
    func retry(_ id: MessageID, by caller: Principal) async throws -> MessageRow {
        let (account, outbox, audit, now) = (caller.account, outbox, audit, time.now())
        return try await database.write(in: account) { transaction in
            let store = MessageStore(transaction: transaction)
            guard let row = try store.find(id, of: account), row.direction == .outgoing else { throw Problem.notFound }
            try outbox.retry(id, in: transaction)
            guard try store.advance(id, account: account, to: .queued, failureCode: nil, failureReason: nil) else {
                throw Problem.conflict("the message is \(row.status.rawValue)")
            }
            try transaction.publish(MessageChanged(conversation: row.conversation, message: id))
            try audit.append(Self.entry("message.retried", row.conversation, caller.actor, now, "message/\(id)"), in: transaction)
            return try store.find(id, of: account) ?? row
        }
    }

    static func entry(
        _ action: String, _ conversation: ConversationID, _ actor: Actor, _ at: Instant, _ detail: String = ""
    ) -> AuditEntry {
        AuditEntry(occurredAt: at, actor: actor, action: action, object: "conversation/\(conversation)", detail: detail)
    }
}
