import ChannelsInterface
import Kernel
import PluginHost
import Vault

/// Makes a queued message into what a plugin is asked to do.
struct OutgoingActions: Sendable {
    let vault: Vault
    let contents: any OutgoingContentSource
    let media: MediaKeeper
    let links: FileLinks

    /// Nil when the message was deleted or the person it is for was erased. Throws `FileGone`.
    func action(for row: OutboundStore.Row, _ account: AccountID) async throws -> OutboundAction? {
        try await prepared(for: row, account)?.action
    }

    /// The same, with whom it goes to.
    func prepared(
        for row: OutboundStore.Row, _ account: AccountID
    ) async throws -> (action: OutboundAction, occasion: SendingOccasion)? {
        let content: OutgoingContent?, thread: String
        do {
            thread = try await AddressSeal.open(row.message.address, vault: vault, account: account)
            content = try await contents.content(of: row.message.id, conversation: row.message.conversation, account: account)
        } catch VaultError.keyDestroyed { return nil }
        guard let content else { return nil }
        let kind = try await kind(content, account)
        let action = OutboundAction(
            thread: thread, correlation: row.message.id.description, author: row.message.author == .bot ? .bot : .person,
            lastInboundAt: content.lastInboundAt, kind: kind)
        let occasion = SendingOccasion(
            contact: content.contact, channel: row.message.channel, lastInboundAt: content.lastInboundAt)
        return (action, occasion)
    }

    private func kind(_ content: OutgoingContent, _ account: AccountID) async throws -> OutboundAction.Kind {
        guard let id = content.file else { return .text(OutboundText(content.text)) }
        guard let file = try await media.files([id], of: account)[id], file.state == .stored,
            let kind = MessageAttachment.Kind(rawValue: file.kind)
        else { throw FileGone() }
        return .media(
            OutboundMedia(
                kind: kind, file: id.description, name: file.name, mimeType: file.mime, size: file.size,
                url: try await links.link(to: id, name: file.name, account: account),
                caption: content.text.isEmpty ? nil : content.text))
    }
}
