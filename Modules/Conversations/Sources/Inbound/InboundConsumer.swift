import AuditInterface
import BillingInterface
import ChannelsInterface
import ConversationsInterface
import CRMInterface
import Kernel
import Persistence
import Vault

/// Turns what Channels received into conversations.
///
/// Everything is read and sealed first; the effects are one transaction with the end of the delivery, so a crash repeats all or
/// nothing. Edits, deletions and statuses may overtake the message they speak of: every order ends in the same state.
struct InboundConsumer: Sendable {
    let database: any Database
    let vault: Vault
    let inbound: any InboundReader
    let contacts: any ContactDirectory
    let profiles: any CustomerProfiles
    let outbox: any MessageOutbox
    let usage: any UsageLedger
    let audit: any AuditTrail
    let time: any TimeSource

    func consume(_ delivery: Kernel.Delivery<ChannelEventReceived>) async throws {
        let account = delivery.account
        let known = try await known(delivery.event.inbound, account)
        guard let known, let event = try await inbound.open(known.stored),
            known.conversation != nil || event.beginsConversation
        else { return try await delivery.complete { _ in } }
        let place = try await place(of: event, known, account)
        guard let seal = try await vault.messageSeal(of: place.contact, account: account) else {
            return try await delivery.complete { _ in }
        }
        if case .profile(let profile) = event.kind {
            return try await learn(profile, event, of: place.contact, seal, delivery)
        }
        let scribe = InboundScribe(
            event: event, inbound: delivery.event.inbound, place: place, seal: seal,
            message: Self.messageID(event, delivery.event.inbound), time: time, contacts: contacts, profiles: profiles,
            outbox: outbox, usage: usage, audit: audit)
        let write = try scribe.prepare()
        failpoint("message.insert.before_commit")
        try await delivery.complete { transaction in try write(try transaction.sql) }
        failpoint("message.insert.after_commit")
    }

    /// What the customer's messenger told of them, at our asking.
    private func learn(
        _ profile: CustomerProfile, _ event: InboundEvent, of contact: ContactID, _ seal: MessageSeal,
        _ delivery: Kernel.Delivery<ChannelEventReceived>
    ) async throws {
        let account = delivery.account
        let told = ContactProfile(
            name: profile.name ?? profile.handle.map { "@" + $0 }, language: profile.language,
            picture: profile.picture.map { PictureID(sameAs: $0) })
        let learned = try await contacts.prepare(told, of: contact, account: account)
        let handle = try await sealedHandle(of: event, contact, account)
        try await delivery.complete { transaction in
            if let learned { try contacts.learn(learned, in: transaction) }
            if let handle {
                try IdentityStore(transaction: transaction.sql).set(handle: handle, of: event.identityKey, account: account)
            }
            guard let referral = profile.referral else { return }
            let store = ConversationStore(transaction: try transaction.sql)
            guard var row = try store.locked(channel: event.channel, threadKey: event.threadKey, of: account),
                row.contact == contact
            else { return }
            let before = row.referral
            _ = try ReferralKeeper(seal: seal).keep(referral, in: &row)
            guard row.referral != before else { return }
            try store.update(row)
            try transaction.sql.publish(ConversationChanged(conversation: row.id))
        }
    }

    /// A visitor's own id of a message is its id here too, so that the widget recognises it. Otherwise the inbox row's.
    private static func messageID(_ event: InboundEvent, _ inbound: Identifier<InboundSubject>) -> MessageID {
        if event.channelKind == "webchat", case .message(let message) = event.kind, let id = MessageID(message.externalID) {
            return id
        }
        return MessageID(sameAs: inbound)
    }

    /// What the stores know of an event before its transaction.
    private struct Known: Sendable {
        let stored: StoredInbound
        let contact: ContactID?
        let conversation: ConversationRow?
    }

    private func known(_ id: Identifier<InboundSubject>, _ account: AccountID) async throws -> Known? {
        let inbound = inbound
        return try await database.read(in: account) { transaction in
            guard let stored = try inbound.stored(id, in: transaction) else { return nil }
            let conversation = try ConversationStore(transaction: transaction)
                .find(channel: stored.channel, threadKey: stored.threadKey, of: account)
            let contact =
                try conversation?.contact
                ?? IdentityStore(transaction: transaction).contact(stored.identityKey, of: account)
            return Known(stored: stored, contact: contact, conversation: conversation)
        }
    }

    /// Whom the event is about, as far as it is known before the transaction.
    private func place(of event: InboundEvent, _ known: Known, _ account: AccountID) async throws -> InboundPlace {
        if let conversation = known.conversation {
            return InboundPlace(
                account: account, contact: conversation.contact, conversation: conversation, fresh: nil, handle: nil)
        }
        let contact = known.contact ?? ContactID()
        let fresh =
            known.contact == nil
            ? try await contacts.prepare(
                contact, name: event.senderName, language: event.language, account: account, at: event.receivedAt) : nil
        let handle = fresh == nil ? nil : try await sealedHandle(of: event, contact, account)
        return InboundPlace(account: account, contact: contact, conversation: nil, fresh: fresh, handle: handle)
    }

    private func sealedHandle(of event: InboundEvent, _ contact: ContactID, _ account: AccountID) async throws -> [UInt8]? {
        guard let text = event.senderHandle else { return nil }
        let key = try await vault.key(for: KeyID(sameAs: contact), in: account)
        return try key.seal(text, as: IdentityStore.context(event.identityKey, account)).stored
    }
}

extension InboundEvent {
    /// Whether it makes a conversation where there is none: news of what we are not known to have said make none.
    fileprivate var beginsConversation: Bool {
        switch kind {
        case .message: origin != .ourselves
        case .edited, .deleted, .buttonPressed: true
        // Most chats of a marketplace begin with its own cards and notices, and many hold nothing else.
        case .service(let kind, _): kind.isCustomers
        case .receipt, .blocked, .profile: false
        }
    }
}

/// The contact and conversation an event belongs to, or those to be made for it.
struct InboundPlace: Sendable {
    let account: AccountID
    let contact: ContactID
    let conversation: ConversationRow?
    /// Set when the contact is new.
    let fresh: PreparedContact?
    let handle: [UInt8]?
}
