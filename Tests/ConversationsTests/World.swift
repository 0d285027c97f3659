import AuditInterface
import BillingInterface
import CRMInterface
import ChannelsInterface
import ConversationsInterface
import Foundation
import Kernel
import Synchronization
import TestSupport
import Vault

@testable import Conversations
@testable import Persistence

/// Conversations on a real database, with fakes of the modules it calls.
struct World: Sendable {
    let account = AccountID()
    let database: any Database
    let search: any Database
    let vault: Vault
    let time = VirtualTime()
    let sink = RecordingSink()
    let audit = RecordingAuditTrail()
    let outbox = FakeOutbox()
    let media = FakeMedia()
    let reader = FakeReader()
    let contacts = FakeContacts()
    let profiles = FakeProfiles()
    let channel = ChannelID()

    init(_ engine: TestEngine) async throws {
        database = try await engine.database(ConversationsModule.migrations, sink: sink)
        search = try await engine.database(ConversationsModule.searchMigrations)
        vault = try Vault.forTests()
    }

    var consumer: InboundConsumer {
        InboundConsumer(
            database: database, vault: vault, inbound: reader, contacts: contacts, profiles: profiles, outbox: outbox,
            usage: FakeUsage(), audit: audit, time: time)
    }

    var conversations: Conversations {
        Conversations(database: database, vault: vault, outbox: outbox, media: media, audit: audit, time: time)
    }

    var scheduled: ScheduledMessages {
        ScheduledMessages(database: database, vault: vault, room: conversations.waitingRoom, audit: audit)
    }

    /// Runs every release job whose time has come, twice, as after a crash between the commit and its acknowledgement.
    func releaseDue() async throws {
        let release = Release(database: database, room: conversations.waitingRoom, audit: audit)
        let (database, account) = (database, account)
        for job in sink.jobs(of: ReleaseJob.self) where job.at <= time.now() {
            let row = Job(
                account: account, id: JobID(), queue: ReleaseJob.queue, payload: "", attempt: 1, maxAttempts: 3, fence: 1,
                source: nil,
                createdAt: time.now())
            let context = JobContext(job: row) { _, effects in try await database.write(in: account) { try effects($0) } }
            for _ in 0..<2 { try await release.run(job, context) }
        }
    }

    var bot: LiveBotConversations {
        LiveBotConversations(database: database, vault: vault, outbox: outbox, audit: audit, live: LiveEvents(), time: time)
    }

    var operator_: Principal {
        Principal(
            account: account, actor: .user(UserID(sameAs: account)), name: "Operator", role: .operator,
            permissions: Role.operator.permissions)
    }

    var letters: DeadLetters {
        DeadLetters(database: database, conversations: conversations, audit: audit, time: time)
    }

    var owner: Principal {
        Principal(
            account: account, actor: .user(UserID(sameAs: account)), name: "Owner", role: .owner,
            permissions: Role.owner.permissions)
    }

    /// Channels' news of an outgoing message.
    func tell(
        _ status: DeliveryStatus, of message: MessageID, in conversation: ConversationID, heldUntil: Instant? = nil,
        code: String? = nil
    ) async throws {
        let (database, account) = (database, account)
        let event = MessageDeliveryChanged(
            message: message, conversation: conversation, status: status, failureCode: heldUntil == nil ? code : "quiet_hours",
            heldUntil: heldUntil, occurredAt: time.now())
        try await DeliveryConsumer().consume(
            Delivery(
                id: EventID(), account: account, occurredAt: time.now(), event: event, attempt: 1,
                commit: { effects in try await database.write(in: account) { try effects($0) } }))
    }

    /// Delivers `kind` as the event `id`; the same id again is the same event.
    func deliver(
        _ kind: InboundEvent.Kind, id: Identifier<InboundSubject> = .init(), thread: UInt8 = 1, at seconds: Int64 = 0,
        from origin: InboundOrigin = .customer, visitor: VisitorFacts? = nil
    ) async throws {
        let event = InboundEvent(
            channel: channel, channelKind: "telegram", threadKey: Array(repeating: thread, count: 16),
            identityKey: Array(repeating: thread, count: 16), address: SealedAddress(bytes: [1, 2, 3]), senderName: "Айгуль",
            senderHandle: "aigul", language: .russian, occurredAt: VirtualTime.start.advanced(by: .seconds(seconds)),
            receivedAt: VirtualTime.start, origin: origin, kind: kind,
            visitor: visitor)
        reader.events.withLock { $0[id] = event }
        let (database, account) = (database, account)
        let delivery = Delivery(
            id: EventID(), account: account, occurredAt: VirtualTime.start,
            event: ChannelEventReceived(channel: channel, inbound: id, thread: "\(thread)"), attempt: 1,
            commit: { effects in try await database.write(in: account) { try effects($0) } })
        try await consumer.consume(delivery)
    }

    static func message(_ text: String, id: String = "1") -> InboundMessage {
        InboundMessage(externalID: id, text: text, attachments: [], replyToExternalID: nil)
    }

    func all() async throws -> [ConversationRow] {
        let account = account
        return try await database.read(in: account) {
            try ConversationStore(transaction: $0).page(.all, of: account, before: nil, limit: 50)
        }
    }

    /// Where a contact can be reached, as the contact card shows it.
    func handles(of contact: ContactID) async throws -> Set<String> {
        let account = account
        let found = try await database.read(in: account) {
            try IdentityStore(transaction: $0).identities(of: [contact], account: account)
        }
        let key = try await vault.key(for: KeyID(sameAs: contact), in: account)
        return Set(
            try found.compactMap { identity in
                try identity.handle.map { try key.openText(Sealed(stored: $0), as: IdentityStore.context(identity.key, account)) }
            })
    }

    func only() async throws -> ConversationRow {
        guard let row = try await all().first else { throw Problem.notFound }
        return row
    }

    func messages(of conversation: ConversationID) async throws -> [MessageRow] {
        let account = account
        return try await database.read(in: account) {
            try MessageStore(transaction: $0).page(of: conversation, account: account, before: nil, limit: 100)
        }
    }

    func text(_ row: MessageRow) async throws -> String {
        try await vault.messageSeal(of: row.contact, account: account)?.openText(row) ?? ""
    }
}

final class FakeReader: InboundReader {
    let events = Mutex<[Identifier<InboundSubject>: InboundEvent]>([:])
    func stored(_ id: Identifier<InboundSubject>, in transaction: any Transaction) throws -> StoredInbound? {
        let account = try transaction.scopedAccount
        return events.withLock { $0[id] }.map { event in
            StoredInbound(
                id: id, account: account, channel: event.channel, channelKind: event.channelKind, threadKey: event.threadKey,
                identityKey: event.identityKey, content: [], receivedAt: event.receivedAt)
        }
    }
    func open(_ stored: StoredInbound) async throws -> InboundEvent? { events.withLock { $0[stored.id] } }
}

/// Remembers what was queued and each conversation's fence, as the real outbox does.
final class FakeOutbox: MessageOutbox {
    let queued = Mutex<[OutgoingMessage]>([])
    let standing = Mutex<[MessageID: OutboxStanding]>([:])
    let confirmed = Mutex<[MessageID]>([])
    let refused = Mutex<[MessageID]>([])
    let fences = Mutex<[ConversationID: Int64]>([:])

    func enqueue(_ message: OutgoingMessage, in transaction: any Transaction) throws { queued.withLock { $0.append(message) } }
    func raiseFence(of conversation: ConversationID, to fence: Int64, in transaction: any Transaction) throws {
        fences.withLock { $0[conversation] = fence }
    }
    /// What the account's rules say of every message that is no answer.
    let rule = Mutex<SendingHold?>(nil)
    let overruled = Mutex<[MessageID]>([])
    func hold(_ occasion: SendingOccasion, at moment: Instant, in transaction: any Transaction) throws -> SendingHold? {
        occasion.isAnswer(at: moment) ? nil : rule.withLock { $0 }.flatMap { $0.until > moment ? $0 : nil }
    }
    func overrule(_ message: MessageID, in transaction: any Transaction) throws { overruled.withLock { $0.append(message) } }
    /// Those that have begun to leave cannot be taken back.
    let leaving = Mutex<Set<MessageID>>([])
    func withdraw(_ message: MessageID, in transaction: any Transaction) throws -> Bool {
        guard !leaving.withLock({ $0.contains(message) }) else { return false }
        return queued.withLock { queued in
            let count = queued.count
            queued.removeAll { $0.id == message }
            return queued.count < count
        }
    }
    let retried = Mutex<[MessageID]>([])
    func retry(_ message: MessageID, in transaction: any Transaction) throws { retried.withLock { $0.append(message) } }
    func standings(of messages: [MessageID], in transaction: any Transaction) throws -> [MessageID: OutboxStanding] {
        standing.withLock { known in known.filter { messages.contains($0.key) } }
    }
    func confirm(_ message: MessageID, externalID: String, isWhole: Bool, in transaction: any Transaction) throws {
        confirmed.withLock { $0.append(message) }
    }
    func refused(_ message: MessageID, in transaction: any Transaction) throws { refused.withLock { $0.append(message) } }
    func typing(
        _ on: Bool, byBot: Bool, conversation: ConversationID, channel: ChannelID, address: SealedAddress, account: AccountID
    ) async {}
}

/// Knows the files it is given and notes which became part of a message.
final class FakeMedia: MediaLibrary {
    let known = Mutex<[FileID: MediaFile]>([:])
    let attached = Mutex<[FileID]>([])

    func files(_ ids: [FileID], of account: AccountID) async throws -> [FileID: MediaFile] {
        known.withLock { known in known.filter { ids.contains($0.key) } }
    }
    func add(_ upload: MediaUpload, for address: SealedAddress, in channel: ChannelID, account: AccountID) async throws
        -> MediaFile
    {
        let file = MediaFile(
            id: FileID(), state: .draft, kind: "image", name: upload.name, mime: "image/png", size: Int64(upload.bytes.count))
        known.withLock { $0[file.id] = file }
        return file
    }
    func attach(_ id: FileID, for address: SealedAddress, in transaction: any Transaction) throws {
        guard known.withLock({ $0[id] != nil }) else { throw Problem.notFound }
        attached.withLock { $0.append(id) }
    }
    func content(of id: FileID, from offset: Int64, account: AccountID) async throws -> MediaContent? { nil }
}

/// Who was asked after.
final class FakeProfiles: CustomerProfiles {
    let asked = Mutex<[Identifier<InboundSubject>]>([])
    func lookUp(after inbound: Identifier<InboundSubject>, in transaction: any Transaction) throws {
        asked.withLock { $0.append(inbound) }
    }
}

final class FakeContacts: ContactDirectory {
    let learned = Mutex<[PreparedProfile]>([])
    func prepare(_ profile: ContactProfile, of id: ContactID, account: AccountID) async throws -> PreparedProfile? {
        PreparedProfile(
            id: id, sealedName: profile.name.map { Array($0.utf8) }, language: profile.language, picture: profile.picture)
    }
    func learn(_ profile: PreparedProfile, in transaction: any Transaction) throws { learned.withLock { $0.append(profile) } }
    func create(_ contact: PreparedContact, in transaction: any Transaction) throws {}
    func prepare(_ id: ContactID, name: String, language: Language?, account: AccountID, at: Instant) async throws
        -> PreparedContact
    {
        PreparedContact(id: id, sealedName: Array(name.utf8), language: language, createdAt: at)
    }
    func contact(_ id: ContactID, of account: AccountID) async throws -> Contact? { nil }
    func contacts(_ ids: Set<ContactID>, of account: AccountID) async throws -> [ContactID: Contact] { [:] }
    func contacts(of account: AccountID, after cursor: String?, limit: Int) async throws -> Page<Contact> { Page([], next: nil) }
}

struct FakeUsage: UsageLedger {
    func record(
        _ meter: UsageMeter, quantity: Int64, cost: Money?, source: String, at: Instant, in transaction: any Transaction
    ) throws {}
    func allows(_ meter: UsageMeter, quantity: Int64, account: AccountID) async throws -> Bool { true }
    func summary(of account: AccountID, since start: Instant) async throws -> UsageSummary {
        UsageSummary(totals: [:], costs: [])
    }
}
