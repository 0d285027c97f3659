import AuditInterface
import ChannelsInterface
import ConversationsInterface
import Kernel
import Persistence
import Vault

/// The bot's side of a conversation.
struct LiveBotConversations: BotConversations, OutgoingContentSource {
    let database: any Database
    let vault: Vault
    let outbox: any MessageOutbox
    let audit: any AuditTrail
    let live: LiveEvents
    let time: any TimeSource

    func state(of conversation: ConversationID, account: AccountID) async throws -> ConversationState? {
        guard let row = try await find(conversation, account) else { return nil }
        return ConversationState(
            id: row.id, channel: row.channel, contact: row.contact, owner: row.owner, fence: row.fence,
            closed: row.state == .closed, language: row.language, botReplies: row.botReplies, lastInbound: row.lastInbound,
            lastInboundAt: row.lastInboundAt, topic: try await topic(of: row))
    }

    private func topic(of row: ConversationRow) async throws -> ConversationTopic? {
        guard row.referral != nil,
            let referral = try await vault.messageSeal(of: row.contact, account: row.account)?.openReferral(row),
            let title = referral.title
        else { return nil }
        let kind: ConversationTopic.Kind? =
            switch referral.source {
            case .listing: .listing
            case .ad: .advertisement
            case .product: .product
            case .page: .page
            case .link, .story, .storyMention: nil
            }
        return kind.map { ConversationTopic(kind: $0, title: title) }
    }

    private var waitingRoom: WaitingRoom { WaitingRoom(outbox: outbox, audit: audit, time: time) }

    private func find(_ conversation: ConversationID, _ account: AccountID) async throws -> ConversationRow? {
        try await database.read(in: account) { try ConversationStore(transaction: $0).find(conversation, of: account) }
    }

    func transcript(of conversation: ConversationID, limit: Int, account: AccountID) async throws -> [TranscriptLine] {
        let rows = try await database.read(in: account) { transaction in
            try MessageStore(transaction: transaction).page(of: conversation, account: account, before: nil, limit: limit * 2)
        }
        guard let contact = rows.first?.contact, let seal = try await vault.messageSeal(of: contact, account: account) else {
            return []
        }
        let lines = try rows.filter { $0.isForCustomers && !$0.deleted }.prefix(limit).map { row in
            TranscriptLine(id: row.id, author: row.author, text: try seal.openText(row), at: row.occurredAt)
        }
        return lines.reversed()
    }

    func content(of message: MessageID, conversation: ConversationID, account: AccountID) async throws -> OutgoingContent? {
        let found = try await database.read(in: account) { transaction in
            (
                try MessageStore(transaction: transaction).find(message, of: account),
                try ConversationStore(transaction: transaction).find(conversation, of: account)?.lastInboundAt
            )
        }
        guard let row = found.0, !row.deleted, let seal = try await vault.messageSeal(of: row.contact, account: account) else {
            return nil
        }
        let file = try seal.openAttachments(row).first?.file
        return OutgoingContent(text: try seal.openText(row), file: file, lastInboundAt: found.1, contact: row.contact)
    }

    func message(externalID: String, conversation: ConversationID, account: AccountID) async throws -> MessageID? {
        try await database.read(in: account) {
            try ExternalStore(transaction: $0, account: account, conversation: conversation).find(externalID)?.message
        }
    }

    func prepare(_ reply: BotReply, account: AccountID) async throws -> PreparedReply {
        guard let contact = try await find(reply.conversation, account)?.contact else { throw Problem.notFound }
        guard let seal = try await vault.messageSeal(of: contact, account: account) else { throw Problem.staleTurn }
        return PreparedReply(
            reply: reply, sealedText: try seal.text(reply.text, of: reply.id),
            sealedCitations: try seal.citations(reply.citations, of: reply.id) ?? [])
    }

    func post(_ prepared: PreparedReply, in transaction: any Transaction) throws {
        let (sql, reply) = (try transaction.sql, prepared.reply)
        var current = try turn(of: reply, in: sql)
        guard try say(prepared, in: &current, sql) else { return }
        // The bot has dealt with it; what it could not answer it hands off, which keeps the conversation unread.
        current.unread = 0
        try ConversationStore(transaction: sql).update(current)
        try audit.append(Conversations.entry("bot.replied", reply.conversation, .bot, reply.at, "message/\(reply.id)"), in: sql)
    }

    func handOff(_ reason: HandOffReason, farewell: PreparedReply, in transaction: any Transaction) throws {
        let (sql, reply) = (try transaction.sql, farewell.reply)
        var current = try turn(of: reply, in: sql)
        (current.owner, current.needsHuman) = (.nobody, true)
        (current.handOffReason, current.handOffAt) = (reason, reply.at)
        current.unread = max(current.unread, 1)
        current.activityAt = max(current.activityAt, reply.at)
        try waitingRoom.raiseFence(of: &current, in: sql)
        // Under the new fence: what the bot said before is overtaken, this is not.
        _ = try say(farewell, in: &current, sql)
        try ConversationStore(transaction: sql).update(current)
        try Conversations.line("handoff.\(reason.rawValue)", in: current, by: nil, at: reply.at, sql)
        try sql.publish(ConversationChanged(conversation: reply.conversation, steps: [.handedOver]))
        try audit.append(Conversations.entry("bot.handed-off", reply.conversation, .bot, reply.at, reason.rawValue), in: sql)
    }

    /// The conversation, if the bot still has the turn in which it wrote `reply`.
    private func turn(of reply: BotReply, in sql: any SQLTransaction) throws -> ConversationRow {
        guard let current = try ConversationStore(transaction: sql).locked(reply.conversation, of: try sql.scopedAccount) else {
            throw Problem.notFound
        }
        guard current.owner == .bot, current.fence == reply.fence else { throw Problem.staleTurn }
        return current
    }

    /// Stores the message and queues it under the conversation's fence. False when it was said already.
    private func say(_ prepared: PreparedReply, in current: inout ConversationRow, _ sql: any SQLTransaction) throws -> Bool {
        let reply = prepared.reply
        var row = MessageRow(
            account: current.account, conversation: reply.conversation, id: reply.id, contact: current.contact,
            direction: .outgoing, kind: .text, author: .bot, authorID: nil, text: prepared.sealedText,
            citations: prepared.sealedCitations.isEmpty ? nil : prepared.sealedCitations, status: .queued, cost: reply.cost,
            occurredAt: reply.at, changedAt: time.now())
        if let schedule = reply.schedule { return try waitingRoom.keep(&row, for: schedule, in: &current, sql) }
        guard try MessageStore(transaction: sql).insert(row) else { return false }
        try outbox.enqueue(
            OutgoingMessage(
                id: reply.id, conversation: reply.conversation, channel: current.channel, address: current.address,
                fence: current.fence, author: .bot, queuedAt: reply.at), in: sql)
        current.botReplies += 1
        (current.lastMessage, current.activityAt) = (reply.id, max(reply.at, current.activityAt))
        try sql.publish(MessageAdded(conversation: reply.conversation, message: reply.id, author: .bot))
        return true
    }

    func typing(_ on: Bool, in conversation: ConversationID, account: AccountID) async {
        live.broadcast(
            LiveNotice(
                transient: "bot.typing", account: account, data: #"{"conversation_id":"\#(conversation)","on":\#(on)}"#))
        guard on, let row = try? await find(conversation, account) else { return }
        await outbox.typing(
            on, byBot: true, conversation: conversation, channel: row.channel, address: row.address, account: account)
    }
}
