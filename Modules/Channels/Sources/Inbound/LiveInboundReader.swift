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
        let kind = try ChannelStore(transaction: transaction).kind(of: row.channel, in: account) ?? ""
        let visitor =
            kind == OpenChannel.webChat
            ? try VisitorStore(transaction: transaction).find(identityKey: row.identityKey, of: account) : nil
        return StoredInbound(
            id: id, account: account, channel: row.channel, channelKind: kind,
            threadKey: row.threadKey, identityKey: row.identityKey, content: row.content, receivedAt: row.receivedAt,
            visitor: visitor.map {
                StoredVisitor(
                    id: $0.id, isVerified: $0.subjectKey != nil, answers: $0.answers, answeredAt: $0.answeredAt,
                    consent: $0.consent)
            })
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
        if let profile = ProfileRecord(stored: content) {
            return ChannelsInterface.InboundEvent(
                channel: row.channel, channelKind: row.channelKind, threadKey: row.threadKey, identityKey: row.identityKey,
                address: try AddressSeal.seal(profile.thread, identity: row.identityKey, key: key, account: account),
                senderName: profile.profile.name ?? "", senderHandle: profile.profile.handle, language: profile.profile.language,
                occurredAt: row.receivedAt, receivedAt: row.receivedAt, origin: .ourselves, kind: .profile(profile.profile))
        }
        let event = try PluginHost.InboundEvent(wire: content)
        guard let (kind, origin) = Self.translate(event, row) else { return nil }
        let contact = event.contact
        return ChannelsInterface.InboundEvent(
            channel: row.channel, channelKind: row.channelKind, threadKey: row.threadKey, identityKey: row.identityKey,
            address: try AddressSeal.seal(event.thread ?? "", identity: row.identityKey, key: key, account: account),
            senderName: contact?.name ?? contact?.username.map { "@" + $0 } ?? "", senderHandle: contact?.username,
            language: contact?.language.flatMap { Language(rawValue: String($0.prefix(2))) },
            occurredAt: event.at ?? row.receivedAt, receivedAt: row.receivedAt, origin: origin, kind: kind,
            visitor: try row.visitor.map { try Self.facts($0, key, account) })
    }

    private static func facts(_ visitor: StoredVisitor, _ key: SubjectKey, _ account: AccountID) throws -> VisitorFacts {
        let answers = try VisitorSeal(key: key, id: visitor.id, account: account).answers(visitor.answers)
        return VisitorFacts(
            isVerified: visitor.isVerified, email: answers.email, phone: answers.phone, answeredAt: visitor.answeredAt,
            consent: visitor.consent)
    }

    /// Nil for what the inbox does not show: typing, reactions, news of the channel itself.
    private static func translate(
        _ event: PluginHost.InboundEvent, _ row: StoredInbound
    ) -> (kind: ChannelsInterface.InboundEvent.Kind, origin: InboundOrigin)? {
        switch event.kind {
        case .message(let message): (.message(translate(message, row)), .customer)
        case .edited(let message): (.edited(translate(message, row)), .customer)
        case .deleted(let ids): (.deleted(externalIDs: ids), .customer)
        case .pressed(let press):
            (.buttonPressed(data: press.data, title: press.title, messageExternalID: press.message), .customer)
        case .blocked: (.blocked(true), .customer)
        case .unblocked: (.blocked(false), .customer)
        case .status(let status): (.receipt(translate(status)), .customer)
        case .echo(let echo): (.message(translate(echo.message, row, correlation: echo.correlation)), translate(echo.author))
        case .service(let line): (.service(translate(line.kind), translate(line.message, row)), .customer)
        case .reaction, .typing, .notice, .erasure: nil
        }
    }

    private static func translate(_ kind: ServiceLine.Kind) -> ServiceKind {
        switch kind {
        case .missedCall: .missedCall
        case .call: .call
        case .notice: .notice
        case .card: .card
        case .arrival: .arrival
        case .pinned: .pinned
        case .autoDelete: .autoDelete
        case .signedIn: .signedIn
        }
    }

    private static func translate(_ author: Echo.Author) -> InboundOrigin {
        switch author {
        case .person: .person
        case .automation: .automation
        case .ourselves: .ourselves
        case .unknown: .unknown
        }
    }

    private static func translate(_ status: MessageStatus) -> DeliveryReceipt {
        let state: DeliveryStatus =
            switch status.state {
            case .sent: .sent
            case .delivered: .delivered
            case .read: .read
            case .failed: .failed
            }
        return DeliveryReceipt(
            status: state, externalIDs: status.messages, until: status.until,
            message: status.correlation.flatMap { MessageID($0) },
            failureCode: status.reason?.code, failureReason: status.reason?.text.english)
    }

    private static func translate(
        _ message: PluginHost.InboundMessage, _ row: StoredInbound, correlation: String? = nil
    ) -> ChannelsInterface.InboundMessage {
        ChannelsInterface.InboundMessage(
            externalID: message.id, text: message.text ?? "",
            attachments: message.attachments.enumerated().map { translate($0.element, file($0.element, at: $0.offset, of: row)) },
            replyToExternalID: message.replyTo, message: correlation.flatMap { MessageID($0) },
            referral: message.referral.flatMap { ChannelsInterface.Referral($0) })
    }

    /// A visitor's file is known by its own id before its message: it was uploaded here.
    private static func file(_ attachment: MessageAttachment, at position: Int, of row: StoredInbound) -> FileID {
        let uploaded = row.channelKind == OpenChannel.webChat ? attachment.file.flatMap { FileID($0) } : nil
        return uploaded ?? FileID(of: row.id, at: position)
    }

    private static func translate(_ attachment: MessageAttachment, _ file: FileID) -> InboundAttachment {
        var note = attachment.title
        if let duration = attachment.duration { note = "\(Int(duration.inSeconds)) s" }
        if let place = attachment.location { note = "\(place.latitude), \(place.longitude)" }
        if let card = attachment.contact { note = "\(card.name) \(card.phone)" }
        return InboundAttachment(
            kind: attachment.kind.rawValue, name: attachment.name, mime: attachment.mimeType, size: attachment.size,
            file: attachment.file == nil ? nil : file, note: note, url: attachment.url.flatMap(Referral.address))
    }
}
