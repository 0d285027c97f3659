import ChannelsInterface
import Kernel
import Persistence
import PluginHost
import Vault
import WireJSON

/// Opens stored events and tells them in the product's words.
struct LiveInboundReader: InboundReader {
    let database: any Database
    let vault: Vault
    let channels: OpenChannels

    func inbound(_ id: Identifier<InboundSubject>, account: AccountID) async throws -> ChannelsInterface.InboundEvent? {
        let found = try await database.read(in: account) { transaction in
            try InboxStore(transaction: transaction).find(id, of: account).map { event in
                (event, try ChannelStore(transaction: transaction).find(event.channel, of: account)?.kind ?? "")
            }
        }
        guard let (row, kind) = found else { return nil }
        let key = try await vault.key(for: try Intake.keyID(row.identityKey), in: account)
        let context = SealContext(table: "channels_event", column: "content", row: id, account: account)
        let content = try JSON.parse(try key.open(Sealed(stored: row.content), as: context), limits: JSONLimits(nodes: 100_000))
        let event = try PluginHost.InboundEvent(wire: content)
        guard let (event, isEcho) = Self.translate(event) else { return nil }
        let contact = event.source.contact
        return ChannelsInterface.InboundEvent(
            channel: row.channel, channelKind: kind, threadKey: row.threadKey, identityKey: row.identityKey,
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
