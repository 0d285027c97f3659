import Kernel
import Logging
import Persistence
import PluginHost
import ServiceLifecycle
import Vault

/// Asks one channel's provider for news, round after round. The job's key makes sure that one process of the installation does it.
struct PollJob: JobPayload {
    static let queue = "channels.poll"
    let channel: ChannelID

    static func options(_ channel: ChannelID) -> JobOptions {
        JobOptions(key: "poll/\(channel)", unique: channel.description, priority: .background, maxAttempts: 1_000_000)
    }
}

/// Long polling, for installations without a public address.
struct Polling: Sendable {
    let database: any Database
    let channels: OpenChannels
    let exchange: ProviderExchange
    let intake: Intake
    let time: any TimeSource
    let logger: Logger

    /// Ends, and so frees the job's slot for a moment, after some minutes or when the process stops.
    func run(_ job: PollJob, _ context: JobContext) async throws {
        let account = context.job.account
        let end = time.uptime() + .seconds(300)
        while time.uptime() < end, !Task.isShuttingDownGracefully {
            guard let channel = try await channels.channel(job.channel, of: account), channel.row.mode == "polling" else {
                return try await context.complete { _ in }
            }
            guard channel.row.state == .active else { throw JobDeferred(by: .seconds(10)) }
            let pause: Duration?
            do {
                pause = try await cancelWhenGracefulShutdown { try await round(channel) }
            } catch is CancellationError { break }
            if let pause, pause > .zero { throw JobDeferred(by: pause) }
        }
        throw JobDeferred(by: .zero)
    }

    /// One round; returns how long the provider or a failure wants us to wait.
    private func round(_ channel: OpenChannel) async throws -> Duration? {
        let ending: ProviderExchange.Ending
        do { ending = try await exchange.run(.poll, in: channel, keepingResult: true) } catch let error as BlockedAddress {
            try await note(channel, .failed, error.description)
            return .seconds(30)
        }
        switch ending.result {
        case .polled(let events, let pause):
            if !events.isEmpty || !ending.remember.isEmpty {
                let keep = try await ChannelMemoryWriter(vault: intake.vault).applying(ending.remember, to: channel)
                // The offset moves in the transaction that stores the events: a crash in between asks for them again.
                try await intake.accept(events, body: nil, in: channel, extra: keep)
            }
            if channel.row.problem != nil { try await note(channel, .active, nil) }
            return pause
        case .failed(let failure):
            logger.warning("polling failed", metadata: ["channel": "\(channel.id)", "reason": "\(failure.reason.code)"])
            if case .reconnectNeeded = failure.kind {
                try await note(channel, .failed, failure.reason.text.english)
                return .seconds(60)
            }
            if channel.row.problem != failure.reason.text.english {
                try await note(channel, .active, failure.reason.text.english)
            }
            if case .retry(let delay?, _) = failure.kind { return delay }
            return .seconds(5)
        default: return .seconds(5)
        }
    }

    private func note(_ channel: OpenChannel, _ state: ChannelRow.State, _ problem: String?) async throws {
        let (id, account) = (channel.id, channel.account)
        try await database.write(in: account) { transaction in
            try ChannelStore(transaction: transaction).set(problem: problem, state: state, of: id, account: account)
        }
        channels.forget()
    }
}
