import ChannelsInterface
import Kernel
import Logging
import Persistence
import PluginHost
import Vault
import WireJSON

/// Asks a provider who wrote an event.
struct ProfileJob: JobPayload {
    static let queue = "channels.profile"
    let inbound: Identifier<InboundSubject>
    /// 0 for the first.
    let round: Int

    /// A provider that has nothing to tell at the customer's first message, or is away, may have it later the same day.
    private static let delays: [Duration] = [.zero, .seconds(60), .seconds(900), .seconds(21_600)]

    /// Nil after the last round. `turn` is how long the channel's other look-ups take; everything that a customer waits for comes first.
    func options(after turn: Duration = .zero) -> JobOptions? {
        guard Self.delays.indices.contains(round) else { return nil }
        return JobOptions(
            unique: "\(inbound)/\(round)", delay: Self.delays[round] + turn, priority: .background, maxAttempts: 5)
    }
}

/// Brings the name and picture of a customer into the inbox, as an event of its own.
struct ProfileLookup: CustomerProfiles {
    let database: any Database
    let vault: Vault
    let channels: OpenChannels
    let exchange: ProviderExchange
    let keeper: MediaKeeper
    let spacing: ChannelSpacing
    let time: any TimeSource
    let logger: Logger

    /// Of a picture: a face on a list needs no more, and a stranger chooses it.
    private static let largestPicture = 5 << 20

    func lookUp(after inbound: Identifier<InboundSubject>, in transaction: any Transaction) throws {
        let sql = try transaction.sql
        let account = try sql.scopedAccount
        guard let row = try InboxStore(transaction: sql).find(inbound, of: account) else { return }
        let job = ProfileJob(inbound: inbound, round: 0)
        if let options = job.options(after: spacing.turn(row.channel)) { try sql.enqueue(job, options) }
    }

    func run(_ job: ProfileJob, _ context: JobContext) async throws {
        let account = context.job.account
        let row = try await database.read(in: account) { try InboxStore(transaction: $0).find(job.inbound, of: account) }
        guard let row, let key = try await keeper.key(row.identityKey, account),
            let channel = try await channels.channel(row.channel, of: account), channel.row.mode != "none",
            let (thread, contact) = try customer(row, key)
        else { return try await context.complete { _ in } }
        guard channel.row.state == .active else { return try await again(job, context) }
        try await spacing.run(channel.id, isSerial: channel.driver.description.capabilities.isSerial) {
            try await lookUp(job, of: row, thread: thread, contact: contact, in: channel, key, context)
        }
    }

    private func lookUp(
        _ job: ProfileJob, of row: InboxStore.EventRow, thread: String, contact: String, in channel: OpenChannel,
        _ key: SubjectKey, _ context: JobContext
    ) async throws {
        do {
            switch try await exchange.run(.profile(thread: thread, contact: contact), in: channel).result {
            case .profile(let identity, let referral):
                let picture = try await picture(identity.avatar, of: row, in: channel, key)
                let language = identity.language.flatMap { Language(rawValue: String($0.prefix(2))) }
                let profile = CustomerProfile(
                    name: identity.name, handle: identity.username, language: language, picture: picture?.id,
                    referral: referral.flatMap { ChannelsInterface.Referral($0) })
                guard profile.name != nil || profile.handle != nil || picture != nil || profile.referral != nil else {
                    return try await again(job, context)
                }
                try await keep(ProfileRecord(thread: thread, profile: profile), picture, after: row, key, context)
            case .failed(let failure):
                switch failure.kind {
                case .retry, .uncertain, .reconnectNeeded: try await again(job, context)
                case .permanent, .blocked: try await context.complete { _ in }
                }
            default: try await context.complete { _ in }
            }
        } catch let fault as PluginFault {
            logger.error(
                "a plugin failed to look a customer up", metadata: ["channel": "\(channel.id)", "fault": "\(fault)"])
            try await again(job, context)
        } catch let error as BlockedAddress {
            logger.warning(
                "a profile's address is not allowed", metadata: ["channel": "\(channel.id)", "reason": "\(error.reason)"])
            try await context.complete { _ in }
        }
    }

    private func customer(_ row: InboxStore.EventRow, _ key: SubjectKey) throws -> (thread: String, contact: String)? {
        let place = SealContext(table: "channels_event", column: "content", row: row.id, account: row.account)
        let content = try JSON.parse(
            try key.open(Sealed(stored: row.content), as: place), limits: JSONLimits(nodes: 100_000))
        let event = try PluginHost.InboundEvent(wire: content)
        guard let thread = event.thread else { return nil }
        return (thread, event.contact?.id ?? thread)
    }

    /// The picture, stored; nil when there is none to be had: a name is worth having without it.
    private func picture(
        _ reference: String?, of row: InboxStore.EventRow, in channel: OpenChannel, _ key: SubjectKey
    ) async throws -> MediaStore.Row? {
        guard let reference, try await keeper.hasRoom(row.account) else { return nil }
        do {
            guard case .file(let location) = try await exchange.run(.download(file: reference), in: channel).result else {
                return nil
            }
            let stream = StreamSource(try await exchange.fetch(location, in: channel, limit: Self.largestPicture))
            // One for each look-up, so that a repeated one writes over its own.
            let id = FileID(of: row.id, at: Self.picturePosition)
            let claimed = location.mimeType ?? "image/jpeg"
            let kept = try await keeper.keep(id, claimed: claimed, key: key, account: row.account) { try await stream.next() }
            guard FileType.isInline(kept.type), FileType.kind(of: kept.type) == "image" else { return nil }
            return MediaStore.Row(
                account: row.account, id: id, channel: channel.id, identityKey: row.identityKey, inbound: row.id,
                state: .stored, kind: "avatar", mime: kept.type, size: kept.size,
                name: try key.seal(FileName.safe("", type: kept.type), as: MediaKeeper.context("name", id, row.account)).stored,
                source: nil, createdAt: time.now())
        } catch {
            logger.info("a customer's picture is not to be had", metadata: ["channel": "\(channel.id)", "reason": "\(error)"])
            return nil
        }
    }

    /// Beyond the places of any message's attachments.
    private static let picturePosition = 10_000

    private func keep(
        _ record: ProfileRecord, _ picture: MediaStore.Row?, after row: InboxStore.EventRow, _ key: SubjectKey,
        _ context: JobContext
    ) async throws {
        let id = Identifier<InboundSubject>()
        let place = SealContext(table: "channels_event", column: "content", row: id, account: row.account)
        let event = InboxStore.EventRow(
            id: id, account: row.account, channel: row.channel, dedupeKey: Array(Digest.sha256("profile/\(row.id)").prefix(16)),
            threadKey: row.threadKey, identityKey: row.identityKey,
            content: try key.seal(record.stored.serialized(), as: place).stored, receivedAt: time.now())
        try await context.complete { transaction in
            let transaction = try transaction.sql
            guard try InboxStore(transaction: transaction).insert(event) else { return }
            if let picture { try MediaStore(transaction: transaction).insert(picture) }
            try transaction.publish(ChannelEventReceived(channel: row.channel, inbound: id, thread: row.threadKey.hex))
        }
    }

    private func again(_ job: ProfileJob, _ context: JobContext) async throws {
        let next = ProfileJob(inbound: job.inbound, round: job.round + 1)
        try await context.complete { transaction in
            if let options = next.options() { try transaction.enqueue(next, options) }
        }
    }
}
