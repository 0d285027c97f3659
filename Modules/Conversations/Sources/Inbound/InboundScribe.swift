import AuditInterface
import BillingInterface
import ChannelsInterface
import ConversationsInterface
import CRMInterface
import Kernel
import Persistence

/// Writes one event into its conversation.
struct InboundScribe: Sendable {
    let event: InboundEvent
    let inbound: Identifier<InboundSubject>
    let place: InboundPlace
    let seal: MessageSeal
    let message: MessageID
    let time: any TimeSource
    let contacts: any ContactDirectory
    let profiles: any CustomerProfiles
    let outbox: any MessageOutbox
    let usage: any UsageLedger
    let audit: any AuditTrail

    private var account: AccountID { place.account }
    private var isEcho: Bool { event.origin != .customer }
    private var room: WaitingRoom { WaitingRoom(outbox: outbox, audit: audit, time: time) }
    /// Read within the transaction: on SQLite it then rises in the order of the commits, which the search index relies on.
    private var now: Instant { time.now() }

    /// Where the message stands in its thread. Providers' clocks count whole seconds, so the order of arrival is the better one, except
    /// for what comes late: that stands where it was written.
    private var position: Instant {
        let isLate = event.receivedAt.duration(since: event.occurredAt) > .seconds(60)
        return isLate ? event.occurredAt : now
    }

    /// Seals what is to be written and returns the transaction's body.
    func prepare() throws -> @Sendable (any SQLTransaction) throws -> Void {
        switch event.kind {
        case .message(let content):
            let text = try seal.text(content.text, of: message)
            let attachments = try seal.attachments(content.attachments, of: message)
            return { try store(content, text, attachments, in: $0) }
        case .edited(let content):
            let waiting = try seal.edit(content.text, of: content.externalID)
            return { try edit(content, waiting, in: $0) }
        case .deleted(let ids): return { try delete(ids, in: $0) }
        case .receipt(let receipt): return { try note(receipt, in: $0) }
        case .buttonPressed(let data, let title, _):
            // What the customer read on it is what they said.
            let words = title.flatMap { $0.isEmpty ? nil : $0 } ?? data
            let text = try seal.text(words, of: message)
            let content = InboundMessage(externalID: "press/\(message)", text: words, attachments: [], replyToExternalID: nil)
            return { try store(content, text, nil, in: $0) }
        case .service(let kind, let content):
            let text = try seal.text(content.text, of: message)
            let attachments = try seal.attachments(content.attachments, of: message)
            return { try line(kind, content, text, attachments, in: $0) }
        case .blocked: return { _ = try conversation(in: $0) }
        case .profile: return { _ in }
        }
    }

    private func store(
        _ content: InboundMessage, _ text: [UInt8], _ attachments: [UInt8]?, in transaction: any SQLTransaction
    ) throws {
        var conversation = try conversation(in: transaction)
        let external = ExternalStore(transaction: transaction, account: account, conversation: conversation.id)
        let known = try isEcho ? external.find(content.externalID) : external.bind(content.externalID, to: message)
        guard known?.message == nil else { return }
        if isEcho {
            let echoes = EchoRecognition(
                transaction: transaction, conversation: conversation, seal: seal, outbox: outbox, occurredAt: event.occurredAt,
                age: now.duration(since: event.receivedAt))
            switch try echoes.recognise(content, from: event.origin) {
            case .ours: return
            case .undecided: throw JobDeferred(by: .seconds(1))
            case .foreign: _ = try external.bind(content.externalID, to: message)
            }
        }
        var row = MessageRow(
            account: account, conversation: conversation.id, id: message, contact: place.contact,
            direction: isEcho ? .outgoing : .incoming, kind: content.attachments.isEmpty ? .text : .media,
            author: isEcho ? .user : .customer, authorID: nil, text: text, attachments: attachments,
            status: isEcho ? .sent : .received, occurredAt: position, changedAt: now)
        if !isEcho { try note(content.referral, of: &row, in: &conversation, transaction) }
        row.deleted = known?.deleted ?? false
        if let early = known?.editText, let edited = try? seal.openEdit(early, of: content.externalID) {
            row.text = try seal.text(edited, of: message)
            row.edited = true
        }
        guard try MessageStore(transaction: transaction).insert(row) else { return }
        let wasClosed = conversation.state == .closed
        switch event.origin {
        case .customer:
            received(&conversation, content)
            try room.customerWrote(in: &conversation, transaction)
            try VisitorFactsKeeper(event: event, seal: seal, transaction: transaction, now: now).keep(in: &conversation)
        case .automation: break
        case .person, .unknown, .ourselves: try taken(&conversation, in: transaction)
        }
        conversation.lastMessage = message
        conversation.activityAt = max(conversation.activityAt, now)
        try ConversationStore(transaction: transaction).update(conversation)
        if wasClosed, conversation.state == .open {
            try transaction.publish(ConversationChanged(conversation: conversation.id, steps: [.opened]))
        }
        try announce(conversation, in: transaction)
    }

    /// A line for people, which the bot neither reads nor answers. A customer who called waits as one who wrote.
    private func line(
        _ kind: ServiceKind, _ content: InboundMessage, _ text: [UInt8], _ attachments: [UInt8]?,
        in transaction: any SQLTransaction
    ) throws {
        var conversation = try conversation(in: transaction)
        let external = ExternalStore(transaction: transaction, account: account, conversation: conversation.id)
        let known = try external.find(content.externalID)
        guard known?.message == nil else { return }
        _ = try external.bind(content.externalID, to: message)
        var row = MessageRow(
            account: account, conversation: conversation.id, id: message, contact: place.contact, direction: .internal,
            kind: .service, author: .system, authorID: nil, text: text, attachments: attachments, service: kind.rawValue,
            status: .sent, occurredAt: position, changedAt: now)
        row.deleted = known?.deleted ?? false
        try note(content.referral, of: &row, in: &conversation, transaction)
        guard try MessageStore(transaction: transaction).insert(row) else { return }
        let wasClosed = conversation.state == .closed
        if kind.isCustomers {
            conversation.lastMessage = message
            conversation.activityAt = max(conversation.activityAt, now)
        }
        if kind == .missedCall {
            conversation.unread += 1
            conversation.state = .open
            conversation.lastInboundAt = max(conversation.lastInboundAt ?? event.occurredAt, event.occurredAt)
            try room.customerWrote(in: &conversation, transaction)
        }
        try ConversationStore(transaction: transaction).update(conversation)
        if wasClosed, conversation.state == .open {
            try transaction.publish(ConversationChanged(conversation: conversation.id, steps: [.opened]))
        }
        try transaction.publish(MessageAdded(conversation: conversation.id, message: message, author: .system))
        try auditArrival(in: conversation, transaction)
    }

    private func note(
        _ referral: Referral?, of row: inout MessageRow, in conversation: inout ConversationRow,
        _ transaction: any SQLTransaction
    ) throws {
        guard let referral else { return }
        switch try ReferralKeeper(seal: seal).keep(referral, in: &conversation) {
        case .none: break
        case .told: row.referral = try seal.referral(referral, of: message)
        case .nameless: try profiles.lookUp(after: inbound, in: transaction)
        }
    }

    private func received(_ conversation: inout ConversationRow, _ content: InboundMessage) {
        conversation.unread += 1
        if conversation.state == .closed { conversation.state = .open }
        if (conversation.lastInboundAt ?? event.occurredAt) <= event.occurredAt {
            conversation.lastInbound = message
            conversation.lastInboundAt = event.occurredAt
        }
        conversation.language = Language(guessing: content.text) ?? conversation.language ?? event.language
    }

    /// Somebody answered in the provider's own app: the bot has lost the turn.
    private func taken(_ conversation: inout ConversationRow, in transaction: any SQLTransaction) throws {
        guard conversation.owner != .human else { return }
        conversation.owner = .human
        conversation.needsHuman = false
        try room.raiseFence(of: &conversation, in: transaction)
        try transaction.publish(ConversationChanged(conversation: conversation.id))
    }

    private func announce(_ conversation: ConversationRow, in transaction: any SQLTransaction) throws {
        if isEcho {
            try transaction.publish(MessageAdded(conversation: conversation.id, message: message, author: .user, isEcho: true))
        } else {
            try transaction.publish(
                MessageReceived(
                    conversation: conversation.id, message: message, channel: event.channel, owner: conversation.owner,
                    fence: conversation.fence, occurredAt: event.occurredAt))
            try usage.record(.messageIn, quantity: 1, cost: nil, source: message.description, at: now, in: transaction)
        }
        try auditArrival(in: conversation, transaction)
    }

    private func auditArrival(in conversation: ConversationRow, _ transaction: any SQLTransaction) throws {
        try audit.append(
            AuditEntry(
                occurredAt: now, actor: .system, action: "message.received", object: "conversation/\(conversation.id)",
                detail: "message/\(message)"), in: transaction)
    }

    private func edit(_ content: InboundMessage, _ waiting: [UInt8], in transaction: any SQLTransaction) throws {
        let conversation = try conversation(in: transaction)
        let external = ExternalStore(transaction: transaction, account: account, conversation: conversation.id)
        guard try external.noteEdit(content.externalID, text: waiting, at: event.occurredAt),
            let id = try external.find(content.externalID)?.message
        else { return }
        try MessageStore(transaction: transaction).edit(id, account: account, text: try seal.text(content.text, of: id), at: now)
        try transaction.publish(MessageChanged(conversation: conversation.id, message: id))
    }

    private func delete(_ ids: [String], in transaction: any SQLTransaction) throws {
        let conversation = try conversation(in: transaction)
        let external = ExternalStore(transaction: transaction, account: account, conversation: conversation.id)
        for externalID in ids {
            try external.noteDeleted(externalID)
            guard let id = try external.find(externalID)?.message else { continue }
            try MessageStore(transaction: transaction).markDeleted(id, account: account, at: now)
            try transaction.publish(MessageChanged(conversation: conversation.id, message: id))
        }
    }

    private func note(_ receipt: DeliveryReceipt, in transaction: any SQLTransaction) throws {
        let conversation = try conversation(in: transaction)
        let external = ExternalStore(transaction: transaction, account: account, conversation: conversation.id)
        let messages = MessageStore(transaction: transaction)
        var ids: [MessageID] = []
        for externalID in receipt.externalIDs {
            try external.noteStatus(externalID, receipt.status)
            if let id = try external.find(externalID)?.message { ids.append(id) }
        }
        if let id = receipt.message, try messages.find(id, of: account)?.conversation == conversation.id { ids.append(id) }
        if let until = receipt.until {
            ids += try messages.sent(in: conversation.id, account: account, until: until, below: receipt.status)
        }
        for id in ids where receipt.status == .failed { try outbox.refused(id, in: transaction) }
        for id in ids
        where try messages.advance(
            id, account: account, to: receipt.status, failureCode: receipt.failureCode, failureReason: receipt.failureReason)
        {
            try transaction.publish(MessageChanged(conversation: conversation.id, message: id))
        }
    }

    /// The conversation as it is now, made when it is the first event of its thread.
    private func conversation(in transaction: any SQLTransaction) throws -> ConversationRow {
        let store = ConversationStore(transaction: transaction)
        if let known = try store.locked(channel: event.channel, threadKey: event.threadKey, of: account) {
            // Its contact decides the key that everything was sealed under.
            guard known.contact == place.contact else { throw JobDeferred(by: .zero) }
            return known
        }
        if let fresh = place.fresh {
            let identities = IdentityStore(transaction: transaction)
            guard
                try identities.insert(
                    event.identityKey, contact: place.contact, kind: event.channelKind, handle: place.handle, account: account,
                    at: now)
            else {
                // Another thread of the same person was first: look again and use their contact.
                throw JobDeferred(by: .zero)
            }
            try contacts.create(fresh, in: transaction)
            try profiles.lookUp(after: inbound, in: transaction)
        }
        let made = ConversationRow(
            account: account, id: ConversationID(), channel: event.channel, threadKey: event.threadKey, contact: place.contact,
            address: event.address, state: .open, owner: .bot, fence: 1, needsHuman: false, language: event.language, unread: 0,
            botReplies: 0, activityAt: now, createdAt: now, isVerified: event.visitor?.isVerified ?? false)
        guard try store.insert(made) else { throw JobDeferred(by: .zero) }
        try transaction.publish(ConversationChanged(conversation: made.id, steps: [.opened]))
        return made
    }
}
