import ChannelsInterface
import Kernel
import PluginHost
import Vault

/// Makes a queued message into what a plugin is asked to do.
struct OutgoingActions: Sendable {
    let vault: Vault
    let contents: any OutgoingContentSource

    /// Nil when the message was deleted or the person it is for was erased.
    func action(for row: OutboundStore.Row, _ account: AccountID) async throws -> OutboundAction? {
        let content: OutgoingContent?, thread: String
        do {
            thread = try await AddressSeal.open(row.message.address, vault: vault, account: account)
            content = try await contents.content(of: row.message.id, conversation: row.message.conversation, account: account)
        } catch VaultError.keyDestroyed { return nil }
        guard let content else { return nil }
        return OutboundAction(
            thread: thread, correlation: row.message.id.description, author: row.message.author == .bot ? .bot : .person,
            lastInboundAt: content.lastInboundAt, kind: .text(OutboundText(content.text)))
    }
}
