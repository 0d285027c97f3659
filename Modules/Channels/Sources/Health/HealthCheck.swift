import ChannelsInterface
import Kernel
import Logging
import Persistence
import PluginHost
import ServiceLifecycle

/// Asks one channel's provider whether credentials and subscription still work.
struct HealthJob: JobPayload {
    static let queue = "channels.health"
    let channel: ChannelID

    static func options(_ channel: ChannelID) -> JobOptions {
        JobOptions(key: "health/\(channel)", unique: channel.description, priority: .background, maxAttempts: 3)
    }
}

/// The regular look at a channel, and the repair of what can be repaired without a person.
struct HealthCheck: Sendable {
    let database: any Database
    let channels: OpenChannels
    let exchange: ProviderExchange
    let intake: Intake
    let time: any TimeSource
    let logger: Logger
    let publicURL: String

    /// A subscription that the provider dropped comes back within minutes; one that it refuses is not asked for all day.
    private static let repairPause = Duration.seconds(3_600)
    /// Rounds of catching up in one check: enough for the page or two that a quiet channel missed.
    private static let mostRounds = 20

    func run(_ job: HealthJob, _ context: JobContext) async throws {
        let account = context.job.account
        let row = try await database.read(in: account) { try ChannelStore(transaction: $0).find(job.channel, of: account) }
        // A plugin that is missing or stays off is not waited for: the next regular look comes by itself.
        guard let row, row.state != .paused, row.mode != "none", channels.isServed(row.kind) else {
            return try await context.complete { _ in }
        }
        let channel = try await channels.open(row)
        let (condition, _) = try await check(channel)
        if condition.state == .broken, channel.row.mode == "webhook" { try await repair(channel, condition) }
        if condition.state != .broken {
            do { try await cancelWhenGracefulShutdown { try await catchUp(channel) } } catch is CancellationError {}
        }
        try await context.complete { _ in }
    }

    /// Asks the provider now and keeps the answer. `works` is false also when there was none.
    func check(_ channel: OpenChannel) async throws -> (condition: ChannelCondition, works: Bool) {
        var condition = channel.row.condition
        let isNews: Bool
        var works = false
        do {
            switch try await exchange.run(.health(webhook: channel.webhookURL(publicURL)), in: channel).result {
            case .health(let health):
                isNews = condition.note(health, at: time.now())
                works = condition.state != .broken
            case .failed(let failure): isNews = condition.note(failure, at: time.now())
            default: return (condition, false)
            }
        } catch let error as BlockedAddress {
            (condition.state, condition.detail, condition.checkedAt) = (.broken, error.description, time.now())
            isNews = channel.row.condition.detail != condition.detail
        }
        try await keep(condition, of: channel, tell: isNews)
        return (condition, works)
    }

    private func keep(_ condition: ChannelCondition, of channel: OpenChannel, tell: Bool) async throws {
        let (id, account) = (channel.id, channel.account)
        try await database.write(in: account) { transaction in
            let store = ChannelStore(transaction: transaction)
            // Notices may have come meanwhile.
            guard var current = try store.lockedCondition(of: id, account: account) else { return }
            (current.state, current.reason, current.code) = (condition.state, condition.reason, condition.code)
            current.detail = condition.detail
            (current.account, current.pending) = (condition.account, condition.pending)
            (current.checkedAt, current.repairedAt) = (condition.checkedAt, condition.repairedAt)
            try store.set(condition: current, of: id, account: account)
            // What polling or a delivery found broken works again.
            if condition.state == .healthy { try store.set(problem: nil, state: .active, of: id, account: account) }
            if tell { try transaction.publish(ChannelChanged(channel: id)) }
        }
    }

    private func repair(_ channel: OpenChannel, _ condition: ChannelCondition) async throws {
        let now = time.now()
        if let last = condition.repairedAt, now.duration(since: last) < Self.repairPause { return }
        var condition = condition
        condition.repairedAt = now
        try await keep(condition, of: channel, tell: false)
        do {
            if case .connected = try await exchange.run(.connect(webhook: channel.webhookURL(publicURL)), in: channel).result {
                logger.notice("a channel's subscription was repaired", metadata: ["channel": "\(channel.id)"])
                if let fresh = try await channels.channel(channel.id, of: channel.account) { _ = try await check(fresh) }
            }
        } catch is BlockedAddress { return }
    }

    /// Fetches what no webhook brought, where the provider keeps a history: after downtime, and for what webhooks never tell.
    private func catchUp(_ channel: OpenChannel) async throws {
        guard channel.row.mode == "webhook", channel.driver.description.capabilities.catchesUp else { return }
        var channel = channel
        for _ in 0..<Self.mostRounds {
            let ending: ProviderExchange.Ending
            do { ending = try await exchange.run(.poll, in: channel, keepingResult: true) } catch is BlockedAddress { return }
            guard case .polled(let events, let pause) = ending.result else { return }
            if !events.isEmpty || !ending.remember.isEmpty {
                let keep = try await ChannelMemoryWriter(vault: intake.vault).applying(ending.remember, to: channel)
                try await intake.accept(events, body: nil, in: channel, extra: keep)
                channel = channel.remembering(ending.remember)
            }
            // A round that asks for no haste has seen everything.
            guard !events.isEmpty || pause <= .seconds(2) else { return }
            try await time.sleep(for: min(pause, .seconds(2)))
        }
    }
}
