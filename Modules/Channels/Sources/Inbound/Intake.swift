import ChannelsInterface
import Kernel
import Persistence
import PluginHost
import Vault
import WireJSON

/// Takes what a provider or visitor sent into the inbox: sealed, once, with its announcement, in one transaction.
struct Intake: Sendable {
    let database: any Database
    let vault: Vault
    let time: any TimeSource

    /// What came for one channel.
    struct Arrival: Sendable {
        let channel: OpenChannel
        let events: [PluginHost.InboundEvent]
        /// As it was delivered; nil when it is not to be kept.
        var body: [UInt8]?
        /// Drafts of a web chat's visitor that the one event takes along.
        var uploads: [FileID] = []
        /// Joins the transaction.
        var extra: (@Sendable (any SQLTransaction) throws -> Void)?
    }

    /// As `accept` of several. Throws `Problem.invalid` when one of `uploads` is not the visitor's.
    func accept(
        _ events: [PluginHost.InboundEvent], body: [UInt8]?, in channel: OpenChannel, uploads: [FileID] = [],
        extra: (@Sendable (any SQLTransaction) throws -> Void)? = nil
    ) async throws {
        try await accept([Arrival(channel: channel, events: events, body: body, uploads: uploads, extra: extra)])
    }

    /// Takes in what came for channels of one account, all or nothing. Returns after the commit. Events a channel had already are skipped.
    ///
    /// Content is sealed under the key of the person it comes from. A raw body with several people's events is not kept: it could not be
    /// made unreadable for one of them alone.
    func accept(_ arrivals: [Arrival]) async throws {
        let arrivals = arrivals.filter { !$0.events.isEmpty || $0.extra != nil }
        guard let account = arrivals.first?.channel.account else { return }
        guard arrivals.allSatisfy({ $0.channel.account == account }) else { throw Problem.notFound }
        var writes: [@Sendable (any SQLTransaction) throws -> Void] = []
        // Always in this order, so that two deliveries at once do not wait for each other's channels.
        for arrival in arrivals.sorted(by: { $0.channel.id < $1.channel.id }) { writes.append(try await prepared(arrival)) }
        failpoint("inbox.raw.before_commit")
        try await database.write(in: account) { [writes] transaction in for write in writes { try write(transaction) } }
        failpoint("inbox.raw.after_commit")
    }

    /// Seals what came and returns the transaction's body.
    private func prepared(_ arrival: Arrival) async throws -> @Sendable (any SQLTransaction) throws -> Void {
        let now = time.now()
        let (channel, body, extra) = (arrival.channel, arrival.body, arrival.extra)
        let events = try await ReceiptPlaces(database: database, vault: vault).placed(arrival.events, in: channel)
        let uploads = arrival.uploads
        let (account, id) = (channel.account, channel.id)
        var rows: [InboxStore.EventRow] = []
        var files: [Identifier<InboundSubject>: [MediaStore.Row]] = [:]
        rows.reserveCapacity(events.count)
        // A batch brings many new people: their keys are made in one write.
        let people = events.map { channel.identityKey($0.contact?.id ?? $0.thread ?? "") }
        let keys = try await vault.keys(for: Set(try people.map(Self.keyID)), in: account)
        for (event, person) in zip(events, people) {
            guard let key = keys[try Self.keyID(person)] else { throw Problem.unavailable("a key is missing") }
            let (row, own) = try sealed(event, from: person, under: key, in: channel, at: now, fetches: uploads.isEmpty)
            rows.append(row)
            if !own.isEmpty { files[row.id] = own }
        }
        let sealedBody = try sealBody(body, rows, keys, channel)
        let (prepared, announced) = (rows, files)
        let notices = zip(events, rows).compactMap { event, row -> (row: Identifier<InboundSubject>, ChannelNotice)? in
            if case .notice(let notice) = event.kind { (row.id, notice) } else { nil }
        }
        // Presses whose provider waits for an answer.
        let presses = Set(
            zip(events, rows).compactMap { event, row in
                if case .pressed(let press) = event.kind, press.callback != nil { row.id } else { nil }
            })
        // To the minute is enough for people, and spares a busy channel's row a write with every message.
        let isNoted = !events.isEmpty && (channel.row.lastInboundAt.map { now.duration(since: $0) > .seconds(60) } ?? true)
        return { transaction in
            let store = InboxStore(transaction: transaction)
            var fresh = false
            for row in prepared where try store.insert(row) {
                if let (_, notice) = notices.first(where: { $0.row == row.id }) {
                    try Self.note(notice, at: now, of: id, account, in: transaction)
                    continue
                }
                fresh = true
                try Self.attach(uploads, to: row, in: transaction)
                try transaction.publish(
                    ChannelEventReceived(channel: id, inbound: row.id, thread: row.threadKey.hex))
                for file in announced[row.id] ?? [] {
                    try MediaStore(transaction: transaction).insert(file)
                    let job = FetchMediaJob(file: file.id, round: 0)
                    if let options = job.options { try transaction.enqueue(job, options) }
                }
                if presses.contains(row.id) {
                    try transaction.enqueue(PressAnswerJob(channel: id, inbound: row.id), PressAnswerJob.options)
                }
            }
            if fresh, let sealedBody {
                try store.insertBody(
                    sealedBody.bytes, identityKey: sealedBody.identity, channel: id, account: account, id: sealedBody.id, at: now)
            }
            if isNoted { try ChannelStore(transaction: transaction).touch(id, account: account, at: now) }
            try extra?(transaction)
        }
    }

    private static func attach(
        _ uploads: [FileID], to row: InboxStore.EventRow, in transaction: any SQLTransaction
    ) throws {
        for upload in uploads {
            let isTheirs = try MediaStore(transaction: transaction)
                .attach(upload, to: row.id, identityKey: row.identityKey, account: row.account)
            guard isTheirs else {
                throw Problem.invalid(field: "attachments", "is no file that was uploaded for this message")
            }
        }
    }

    /// What concerns the channel as a whole goes to its card, not to a conversation.
    private static func note(
        _ notice: ChannelNotice, at now: Instant, of channel: ChannelID, _ account: AccountID, in transaction: any SQLTransaction
    ) throws {
        let store = ChannelStore(transaction: transaction)
        guard var condition = try store.lockedCondition(of: channel, account: account) else { return }
        condition.note(notice, at: now)
        try store.set(condition: condition, of: channel, account: account)
        if notice.kind == .reconnectNeeded {
            try store.set(problem: notice.reason.text.english, state: .failed, of: channel, account: account)
        }
        try transaction.publish(ChannelChanged(channel: channel))
    }

    private func sealed(
        _ event: PluginHost.InboundEvent, from identity: [UInt8], under key: SubjectKey, in channel: OpenChannel, at now: Instant,
        fetches: Bool
    ) throws -> (InboxStore.EventRow, files: [MediaStore.Row]) {
        let id = Identifier<InboundSubject>()
        let thread = event.thread ?? ""
        let content = try key.seal(
            event.wire.serialized(),
            as: SealContext(table: "channels_event", column: "content", row: id, account: channel.account))
        let row = InboxStore.EventRow(
            id: id, account: channel.account, channel: channel.id, dedupeKey: channel.dedupeKey(event.id),
            threadKey: channel.threadKey(thread), identityKey: identity, content: content.stored, receivedAt: now)
        return (row, fetches ? try files(of: event, row, key) : [])
    }

    /// The files that are to be fetched: those of messages, the company's own included.
    private func files(
        of event: PluginHost.InboundEvent, _ row: InboxStore.EventRow, _ key: SubjectKey
    ) throws -> [MediaStore.Row] {
        let message: PluginHost.InboundMessage? =
            switch event.kind {
            case .message(let message): message
            case .echo(let echo): echo.message
            case .service(let line): line.message
            default: nil
            }
        guard let message else { return [] }
        return try message.attachments.enumerated().compactMap { position, attachment in
            guard let reference = attachment.file else { return nil }
            let id = FileID(of: row.id, at: position)
            func sealed(_ text: String, _ column: String) throws -> [UInt8] {
                try key.seal(text, as: MediaKeeper.context(column, id, row.account)).stored
            }
            return MediaStore.Row(
                account: row.account, id: id, channel: row.channel, identityKey: row.identityKey, inbound: row.id,
                state: .waiting, kind: attachment.kind.rawValue, mime: attachment.mimeType.map { String($0.prefix(100)) } ?? "",
                size: min(max(0, attachment.size ?? 0), Int64(MediaKeeper.largest)),
                name: try sealed(FileName.safe(attachment.name ?? "", type: attachment.mimeType ?? ""), "name"),
                source: try sealed(reference, "source"), createdAt: row.receivedAt)
        }
    }

    private func sealBody(
        _ body: [UInt8]?, _ rows: [InboxStore.EventRow], _ keys: [KeyID: SubjectKey], _ channel: OpenChannel
    ) throws -> (id: Identifier<InboundSubject>, bytes: [UInt8], identity: [UInt8])? {
        guard let body, let identity = rows.first?.identityKey, rows.allSatisfy({ $0.identityKey == identity }),
            let key = keys[try Self.keyID(identity)]
        else { return nil }
        let id = Identifier<InboundSubject>()
        let context = SealContext(table: "channels_delivery", column: "body", row: id, account: channel.account)
        return (id, try key.seal(body, as: context).stored, identity)
    }

    /// A person's identity in a channel has a key of its own, named by the blind index.
    static func keyID(_ identity: [UInt8]) throws -> KeyID {
        guard let id = KeyID(bytes: identity) else { throw VaultError.cryptography("a blind index has not 16 bytes") }
        return id
    }
}
