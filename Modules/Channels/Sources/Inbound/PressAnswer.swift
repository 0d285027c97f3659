import ChannelsInterface
import Kernel
import Persistence
import PluginHost
import Vault
import WireJSON

/// Ends the waiting of a pressed button: the customer's app shows a spinner until the provider is told.
struct PressAnswerJob: JobPayload {
    static let queue = "channels.answer-press"
    let channel: ChannelID
    let inbound: Identifier<InboundSubject>

    /// A provider forgets a press after minutes: a few tries are enough.
    static let options = JobOptions(priority: .urgent, maxAttempts: 3)
    /// After this nobody looks at the spinner any more, and the provider refuses the answer.
    static let lifetime = Duration.seconds(600)
}

struct PressAnswer: Sendable {
    let database: any Database
    let vault: Vault
    let channels: OpenChannels
    let exchange: ProviderExchange
    let time: any TimeSource

    func run(_ job: PressAnswerJob, _ context: JobContext) async throws {
        let account = context.job.account
        guard time.now().duration(since: context.job.createdAt) < PressAnswerJob.lifetime else {
            return try await context.complete { _ in }
        }
        if let channel = try await channels.channel(job.channel, of: account), channel.row.state == .active,
            let action = try await action(job.inbound, account)
        {
            _ = try await exchange.run(.deliver(action), in: channel)
        }
        try await context.complete { _ in }
    }

    private func action(_ id: Identifier<InboundSubject>, _ account: AccountID) async throws -> OutboundAction? {
        let row = try await database.read(in: account) { try InboxStore(transaction: $0).find(id, of: account) }
        guard let row else { return nil }
        let key: SubjectKey
        do { key = try await vault.key(for: try Intake.keyID(row.identityKey), in: account) } catch VaultError.keyDestroyed {
            return nil
        }
        let context = SealContext(table: "channels_event", column: "content", row: id, account: account)
        let event = try PluginHost.InboundEvent(wire: JSON.parse(try key.open(Sealed(stored: row.content), as: context)))
        guard case .pressed(let press) = event.kind, let callback = press.callback, let thread = event.thread else { return nil }
        return OutboundAction(
            thread: thread, correlation: id.description, author: .system, kind: .answerPress(callback: callback, text: nil))
    }
}
