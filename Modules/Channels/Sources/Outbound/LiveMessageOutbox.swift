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

    func retry(_ message: MessageID, in transaction: any Transaction) throws {
        let sql = try transaction.sql
        let (store, account) = (OutboundStore(transaction: sql), try sql.scopedAccount)
        guard let row = try store.find(message, of: account) else { throw Problem.notFound }
        guard row.status == .failed || row.status == .uncertain else {
            throw Problem.conflict("the message is \(row.status.rawValue)")
        }
        try store.set(.queued, of: message, account: account, at: time.now())
        try sql.enqueue(DeliverJob(message: message), Self.options(row.message.conversation))
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
