import ChannelsInterface
import Egress
import Kernel
import Logging
import Persistence
import PluginHost
import Vault

/// Fetches the file of an incoming message from its provider.
struct FetchMediaJob: JobPayload {
    static let queue = "channels.fetch-media"
    let file: FileID
    /// 0 for the first.
    let round: Int

    /// Providers forget their links after an hour or a day; by then we have asked often enough.
    private static let delays: [Duration] = [.zero, .seconds(5), .seconds(30), .seconds(180), .seconds(900), .seconds(3_600)]

    /// Nil after the last round.
    var options: JobOptions? {
        guard Self.delays.indices.contains(round) else { return nil }
        return JobOptions(delay: Self.delays[round], priority: .background, maxAttempts: 5)
    }
}

struct MediaFetch: Sendable {
    let database: any Database
    let keeper: MediaKeeper
    let channels: OpenChannels
    let exchange: ProviderExchange
    let spacing: ChannelSpacing
    let logger: Logger

    func run(_ job: FetchMediaJob, _ context: JobContext) async throws {
        let account = context.job.account
        let row = try await database.read(in: account) { try MediaStore(transaction: $0).find(job.file, of: account) }
        guard let row, row.state == .waiting, let source = row.source,
            let key = try await keeper.key(row.identityKey, account)
        else { return try await context.complete { _ in } }
        guard let channel = try await channels.channel(row.channel, of: account) else {
            return try await settle(row, .failed, context)
        }
        guard channel.row.state == .active else { throw JobDeferred(by: .seconds(60)) }
        // A stranger must not fill the disk.
        guard try await keeper.hasRoom(account) else { return try await settle(row, .failed, context) }
        let reference = try key.openText(Sealed(stored: source), as: MediaKeeper.context("source", row.id, account))
        try await spacing.run(channel.id, isSerial: channel.driver.description.capabilities.isSerial) {
            try await fetch(reference, job, row, in: channel, key, context)
        }
    }

    private func fetch(
        _ reference: String, _ job: FetchMediaJob, _ row: MediaStore.Row, in channel: OpenChannel, _ key: SubjectKey,
        _ context: JobContext
    ) async throws {
        do {
            switch try await exchange.run(.download(file: reference), in: channel).result {
            case .file(let location):
                let stream = try await exchange.fetch(location, in: channel, limit: MediaKeeper.largest)
                let iterator = StreamSource(stream)
                let claimed = location.mimeType ?? stream.head.headers["Content-Type"] ?? row.mime
                let kept = try await keeper.keep(row.id, claimed: claimed, key: key, account: row.account) {
                    try await iterator.next()
                }
                failpoint("file.row.before_commit")
                try await settle(row, .stored, context, type: kept.type, size: kept.size)
            case .failed(let failure):
                switch failure.kind {
                case .retry, .uncertain, .reconnectNeeded: try await again(job, row, context)
                case .permanent, .blocked:
                    // What every plugin says of a file that its provider finds too long for programs.
                    let isTooLong = failure.reason.code == "file-too-big"
                    try await settle(row, isTooLong ? .tooLarge : .failed, context)
                }
            default: try await settle(row, .failed, context)
            }
        } catch Problem.tooLarge {
            try await settle(row, .tooLarge, context)
        } catch let error as EgressError {
            if case .tooLarge = error.reason { return try await settle(row, .tooLarge, context) }
            if case .blocked = error.reason { return try await settle(row, .failed, context) }
            try await again(job, row, context)
        } catch let refusal as RefusedFile {
            // A new file may not be there for a moment. What is missing twice is gone; anything else may be the provider's bad hour.
            let isGone = (refusal.status == 404 && job.round > 0) || refusal.status == 410
            if isGone { try await settle(row, .failed, context) } else { try await again(job, row, context) }
        } catch let fault as PluginFault {
            logger.error("a plugin failed to find a file", metadata: ["channel": "\(channel.id)", "fault": "\(fault)"])
            try await again(job, row, context)
        } catch let error as BlockedAddress {
            logger.warning(
                "a file's address is not allowed", metadata: ["channel": "\(channel.id)", "reason": "\(error.reason)"])
            try await settle(row, .failed, context)
        }
    }

    private func settle(
        _ row: MediaStore.Row, _ state: MediaFile.State, _ context: JobContext, type: String = "", size: Int64 = 0
    ) async throws {
        try await context.complete { transaction in
            try MediaStore(transaction: transaction).settle(row.id, as: state, mime: type, size: size, account: row.account)
            if let inbound = row.inbound { try transaction.publish(MediaSettled(inbound: inbound, file: row.id)) }
        }
    }

    private func again(_ job: FetchMediaJob, _ row: MediaStore.Row, _ context: JobContext) async throws {
        let next = FetchMediaJob(file: job.file, round: job.round + 1)
        guard let options = next.options else { return try await settle(row, .failed, context) }
        try await context.complete { try $0.enqueue(next, options) }
    }
}

/// One reader's place in a response.
actor StreamSource {
    private var iterator: EgressStream.Iterator

    init(_ stream: EgressStream) { iterator = stream.makeAsyncIterator() }

    func next() async throws -> [UInt8]? {
        var iterator = iterator
        defer { self.iterator = iterator }
        return try await iterator.next()
    }
}
