import BillingInterface
import ChannelsInterface
import Kernel
import Persistence
import PluginHost
import Vault

/// Sends one message. Jobs of a conversation run in their order.
struct DeliverJob: JobPayload {
    static let queue = "channels.deliver"
    let message: MessageID
}

/// The outbox on the job queue.
struct LiveMessageOutbox: MessageOutbox {
    let vault: Vault
    let channels: OpenChannels
    let exchange: ProviderExchange
    let usage: any UsageLedger
    let time: any TimeSource

    func enqueue(_ message: OutgoingMessage, in transaction: any Transaction) throws {
        let sql = try transaction.sql
        guard try OutboundStore(transaction: sql).insert(message, account: try sql.scopedAccount) else { return }
        try sql.enqueue(DeliverJob(message: message.id), Self.options(message.conversation))
    }

    func raiseFence(of conversation: ConversationID, to fence: Int64, in transaction: any Transaction) throws {
        let sql = try transaction.sql
        try OutboundStore(transaction: sql).raiseFence(of: conversation, account: try sql.scopedAccount, to: fence)
    }

    func hold(_ occasion: SendingOccasion, at moment: Instant, in transaction: any Transaction) throws -> SendingHold? {
        let sql = try transaction.sql
        return try SendingGate(transaction: sql, account: try sql.scopedAccount).hold(occasion, message: nil, at: moment)
    }

    func overrule(_ message: MessageID, in transaction: any Transaction) throws {
        let sql = try transaction.sql
        guard let row = try OutboundStore(transaction: sql).find(message, of: try sql.scopedAccount) else {
            throw Problem.notFound
        }
        guard row.status == .held else { throw Problem.conflict("the message is \(row.status.rawValue)") }
        try HeldMessages.release(row, overriding: true, in: sql, at: time.now())
    }

    func withdraw(_ message: MessageID, in transaction: any Transaction) throws -> Bool {
        let sql = try transaction.sql
        return try OutboundStore(transaction: sql).withdraw(message, account: try sql.scopedAccount)
    }

    func retry(_ message: MessageID, in transaction: any Transaction) throws {
        let sql = try transaction.sql
        let (store, account) = (OutboundStore(transaction: sql), try sql.scopedAccount)
        guard let row = try store.find(message, of: account) else { throw Problem.notFound }
        guard row.status == .failed || row.status == .uncertain else {
            throw Problem.conflict("the message is \(row.status.rawValue)")
        }
        try store.requeue(message, account: account, at: time.now())
        try sql.enqueue(DeliverJob(message: message), Self.options(row.message.conversation))
    }

    func standings(of messages: [MessageID], in transaction: any Transaction) throws -> [MessageID: OutboxStanding] {
        let sql = try transaction.sql
        let (store, account) = (OutboundStore(transaction: sql), try sql.scopedAccount)
        return try messages.reduce(into: [:]) { found, id in
            found[id] = try store.find(id, of: account).map { OutboxStanding(status: $0.status, externalIDs: $0.externalIDs) }
        }
    }

    func confirm(_ message: MessageID, externalID: String, isWhole: Bool, in transaction: any Transaction) throws {
        let sql = try transaction.sql
        let (store, account, now) = (OutboundStore(transaction: sql), try sql.scopedAccount, time.now())
        guard let row = try store.find(message, of: account), row.status == .uncertain || row.status == .sent else { return }
        guard !row.externalIDs.contains(externalID) else { return }
        let ids = row.externalIDs + [externalID]
        if row.status == .uncertain, !isWhole, row.pluginState != nil {
            // Where it stopped is known, so parts are missing: a person's retry sends only those.
            return try store.set(
                .uncertain, of: message, account: account, externalIDs: ids, pluginState: row.pluginState, at: now)
        }
        try store.set(.sent, of: message, account: account, externalIDs: ids, at: now)
        try sql.publish(
            MessageDeliveryChanged(
                message: message, conversation: row.message.conversation, status: .sent, externalIDs: ids, occurredAt: now))
        guard row.status == .uncertain else { return }
        try usage.record(.messageOut, quantity: 1, cost: nil, source: message.description, at: now, in: sql)
    }

    func refused(_ message: MessageID, in transaction: any Transaction) throws {
        let sql = try transaction.sql
        let (store, account) = (OutboundStore(transaction: sql), try sql.scopedAccount)
        guard let row = try store.find(message, of: account), row.status == .sent else { return }
        try store.set(.failed, of: message, account: account, externalIDs: [], at: time.now())
    }

    static func options(_ conversation: ConversationID) -> JobOptions {
        JobOptions(key: "send/\(conversation)", priority: .urgent, maxAttempts: 12)
    }

    func typing(
        _ on: Bool, byBot: Bool, conversation: ConversationID, channel: ChannelID, address: SealedAddress, account: AccountID
    ) async {
        guard on, let open = try? await channels.channel(channel, of: account),
            open.driver.description.capabilities.typing != nil,
            open.row.mode != "none", let thread = try? await AddressSeal.open(address, vault: vault, account: account)
        else { return }
        let action = OutboundAction(
            thread: thread, correlation: conversation.description, author: byBot ? .bot : .person, kind: .typing)
        _ = try? await exchange.run(.deliver(action), in: open)
    }
}
