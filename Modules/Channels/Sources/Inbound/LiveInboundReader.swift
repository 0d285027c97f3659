import ChannelsInterface
import Kernel
import Persistence
import PluginHost
import Vault
import WireJSON

/// Opens stored events and tells them in the product's words.
struct LiveInboundReader: InboundReader {
    let vault: Vault

    func stored(_ id: Identifier<InboundSubject>, in transaction: any Transaction) throws -> StoredInbound? {
        let (account, transaction) = (try transaction.scopedAccount, try transaction.sql)
        guard let row = try InboxStore(transaction: transaction).find(id, of: account) else { return nil }
        return StoredInbound(
            id: id, account: account, channel: row.channel,
            channelKind: try ChannelStore(transaction: transaction).kind(of: row.channel, in: account) ?? "",
            threadKey: row.threadKey, identityKey: row.identityKey, content: row.content, receivedAt: row.receivedAt)
    }

    func open(_ row: StoredInbound) async throws -> ChannelsInterface.InboundEvent? {
        let account = row.account
        let content: JSON
        let key: SubjectKey
        do {
            key = try await vault.key(for: try Intake.keyID(row.identityKey), in: account)
            let context = SealContext(table: "channels_event", column: "content", row: row.id, account: account)
            content = try JSON.parse(try key.open(Sealed(stored: row.content), as: context), limits: JSONLimits(nodes: 100_000))
        } catch VaultError.keyDestroyed { return nil }
        let event = try PluginHost.InboundEvent(wire: content)
        guard let (event, isEcho) = Self.translate(event) else { return nil }
        let contact = event.source.contact
        return ChannelsInterface.InboundEvent(
            channel: row.channel, channelKind: row.channelKind, threadKey: row.threadKey, identityKey: row.identityKey,
            address: try AddressSeal.seal(event.source.thread ?? "", identity: row.identityKey, key: key, account: account),
            senderName: contact?.name ?? contact?.username.map { "@" + $0 } ?? "", senderHandle: contact?.username,
            language: contact?.language.flatMap { Language(rawValue: String($0.prefix(2))) },
            occurredAt: event.source.at ?? row.receivedAt, receivedAt: row.receivedAt, isEcho: isEcho, kind: event.kind)
    }

    private typealias Translated = (source: PluginHost.InboundEvent, kind: ChannelsInterface.InboundEvent.Kind)

    /// Nil for what the inbox does not show: typing, reactions, the channel's own messages coming back.
    private static func translate(_ event: PluginHost.InboundEvent) -> (Translated, isEcho: Bool)? {
        switch event.kind {
        case .message(let message): ((event, .message(translate(message))), false)
        case .edited(let message): ((event, .edited(translate(message))), false)
        case .deleted(let ids): ((event, .deleted(externalIDs: ids)), false)
        case .pressed(let press): ((event, .buttonPressed(data: press.data, messageExternalID: press.message)), false)
        case .blocked: ((event, .blocked(true)), false)
        case .unblocked: ((event, .blocked(false)), false)
        case .status(let status):
            status.messages.first.map { id in
                let state: DeliveryStatus =
                    switch status.state {
                    case .sent: .sent
                    case .delivered: .delivered
                    case .read: .read
                    case .failed: .failed
                    }
                return ((event, .status(externalID: id, state)), false)
            }
        case .echo(let echo) where echo.author == .person: ((event, .message(translate(echo.message))), true)
        case .echo, .reaction, .typing, .notice: nil
        }
    }

    private static func translate(_ message: PluginHost.InboundMessage) -> ChannelsInterface.InboundMessage {
        ChannelsInterface.InboundMessage(
            externalID: message.id, text: message.text ?? "", attachments: message.attachments.map(translate),
            replyToExternalID: message.replyTo)
    }

    private static func translate(_ attachment: MessageAttachment) -> InboundAttachment {
        let kind: String =
            switch attachment.kind {
            case .image, .animation: "photo"
            case .video, .videoNote: "video"
            case .link, .unsupported: "document"
            default: attachment.kind.rawValue
            }
        var note = attachment.title
        if let duration = attachment.duration { note = "\(Int(duration.inSeconds)) s" }
        if let place = attachment.location { note = "\(place.latitude), \(place.longitude)" }
        if let card = attachment.contact { note = "\(card.name) \(card.phone)" }
        return InboundAttachment(
            kind: kind, name: attachment.name, mime: attachment.mimeType, size: attachment.size, reference: attachment.file,
            note: note ?? attachment.url)
    }
}
