import AuditInterface
import ChannelsInterface
import ConversationsInterface
import Kernel
import Persistence
import Vault

/// What people do with a message that has not left: give it another time, other words, send it now, take it back.
struct ScheduledMessages: Sendable {
    let database: any Database
    let vault: Vault
    let room: WaitingRoom
    let audit: any AuditTrail

    struct Change: Sendable {
        var at: Instant?
        var cancelOnReply: Bool?
        var text: String?
    }

    /// Throws `Problem.conflict` once it is on its way, and for other words in the bot's mouth.
    func change(_ id: MessageID, _ change: Change, by caller: Principal) async throws -> MessageRow {
        let room = room
        if let at = change.at { try room.check(at) }
        let sealed = try await sealed(change.text, for: id, caller.account)
        return try await alter(id, "message.rescheduled", by: caller) { row, conversation, transaction in
            guard row.status == .scheduled || row.status == .missed, let known = row.scheduledAt else {
                throw Problem.conflict("the message is \(row.status.rawValue)")
            }
            if let sealed {
                guard row.author != .bot else { throw Problem.conflict("the bot's words cannot be changed") }
                row.text = sealed
            }
            let at = change.at ?? known
            if row.author == .user, at != known { try room.admit(conversation, at: at, transaction) }
            // A missed one stays missed until it gets a time to come.
            if row.status == .missed, change.at == nil {
                throw Problem.invalid(field: "send_at", "is missing: choose a new time")
            }
            try room.move(
                &row, to: SendSchedule(at: at, cancelOnReply: change.cancelOnReply ?? row.cancelOnReply), in: &conversation,
                transaction)
        }
    }

    /// Sends it at once. A person's message takes the turn, as a reply does. `overriding` sends it in spite of quiet hours and caps.
    ///
    /// Throws `Problem.held` when a rule does not let it leave, and `.forbidden` when the caller may not override it.
    func sendNow(_ id: MessageID, overriding: Bool = false, by caller: Principal) async throws -> MessageRow {
        let room = room
        if overriding, !caller.permissions.contains(.overrideSendingRules) { throw Problem.forbidden }
        let action = overriding ? "message.rules-overridden" : "message.sent-early"
        return try await alter(id, action, by: caller) { row, conversation, transaction in
            if row.status == .held {
                // Without leave to override, the answer is the rule that holds it.
                if !overriding { try room.admit(conversation, at: room.time.now(), transaction) }
                try room.outbox.overrule(row.id, in: transaction)
                row.status = .queued
                return
            }
            if !overriding, row.author == .user { try room.admit(conversation, at: room.time.now(), transaction) }
            guard row.status == .scheduled || row.status == .missed else {
                throw Problem.conflict("the message is \(row.status.rawValue)")
            }
            if row.author == .user, conversation.owner != .human {
                (conversation.owner, conversation.needsHuman) = (.human, false)
                conversation.assignee = caller.user ?? conversation.assignee
                try room.raiseFence(of: &conversation, in: transaction)
            }
            try room.release(&row, overriding: overriding, in: &conversation, transaction)
        }
    }

    /// Takes it back for good. A second time changes nothing.
    func cancel(_ id: MessageID, by caller: Principal) async throws -> MessageRow {
        let room = room
        return try await alter(id, "message.cancelled", by: caller) { row, _, transaction in
            guard row.status != .cancelled else { return }
            guard try room.cancel(&row, .byPerson, transaction) else {
                throw Problem.conflict("the message is \(row.status.rawValue)")
            }
        }
    }

    private func alter(
        _ id: MessageID, _ action: String, by caller: Principal,
        _ body: @escaping @Sendable (inout MessageRow, inout ConversationRow, any SQLTransaction) throws -> Void
    ) async throws -> MessageRow {
        let (account, audit, time) = (caller.account, audit, room.time)
        return try await database.write(in: account) { transaction in
            let conversations = ConversationStore(transaction: transaction)
            let messages = MessageStore(transaction: transaction)
            // The message is read again under the lock: it may have been released while this waited.
            guard let place = try messages.find(id, of: account)?.conversation,
                var conversation = try conversations.locked(place, of: account),
                var row = try messages.find(id, of: account), row.direction == .outgoing
            else { throw Problem.notFound }
            let before = row.status
            try body(&row, &conversation, transaction)
            guard before != .cancelled else { return row }
            try conversations.update(conversation)
            try audit.append(
                Conversations.entry(action, conversation.id, caller.actor, time.now(), "message/\(id)"), in: transaction)
            return row
        }
    }

    private func sealed(_ text: String?, for id: MessageID, _ account: AccountID) async throws -> [UInt8]? {
        guard let text else { return nil }
        let row = try await database.read(in: account) { try MessageStore(transaction: $0).find(id, of: account) }
        guard let row, row.direction == .outgoing else { throw Problem.notFound }
        guard let seal = try await vault.messageSeal(of: row.contact, account: account) else {
            throw Problem.conflict("the customer's data was erased")
        }
        return try seal.text(text, of: id)
    }
}
