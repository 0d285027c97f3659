package import AuditInterface
package import BillingInterface
package import ChannelsInterface
package import Egress
package import Kernel
package import Logging
package import Persistence
package import ObjectStorage
package import PluginHost
package import Vault
package import WebSupport

/// All that the composition root knows about Channels.
package struct ChannelsModule: Sendable {
    package static let migrations = ChannelsSchema.migrations + WebhookSchema.migrations
    package static let dataMap = ChannelsSchema.dataMap.merging(WebhookSchema.dataMap) { own, _ in own }

    package let directory: any ChannelDirectory
    package let outbox: any MessageOutbox
    package let inbound: any InboundReader
    package let webChats: any WebChatGateway
    package let media: any MediaLibrary
    package let profiles: any CustomerProfiles
    package let webhooks: any WebhookAnnouncer
    package let administration: ChannelAdministration
    package let routes: [Route]

    private let database: any Database
    private let vault: Vault
    private let drivers: DriverRegistry
    private let channels: OpenChannels
    private let exchange: ProviderExchange
    private let polling: Polling
    private let keeper: MediaKeeper
    private let links: FileLinks
    private let health: HealthCheck
    private let profileLookup: ProfileLookup
    private let liveOutbox: LiveMessageOutbox
    private let usage: any UsageLedger
    private let egress: any Egress
    private let audit: any AuditTrail
    private let time: any TimeSource
    private let logger: Logger

    /// `policy` says which addresses an account's webhooks may have; Egress looks again at each request. `releasePlugin` lets a kind's plugin
    /// try again, in every process that runs it.
    package init(
        database: any Database, vault: Vault, egress: any Egress, files: any ObjectStorage, drivers: DriverRegistry,
        releasePlugin: @escaping @Sendable (_ kind: String) throws -> Void, audit: any AuditTrail, usage: any UsageLedger,
        publicURL: String, policy: EgressPolicy, time: any TimeSource, logger: Logger
    ) {
        (self.egress, self.audit, webhooks) = (egress, audit, LiveWebhookAnnouncer())
        (self.database, self.vault, self.drivers, self.usage) = (database, vault, drivers, usage)
        (self.time, self.logger) = (time, logger)
        channels = OpenChannels(database: database, vault: vault, drivers: drivers, time: time)
        let keeper = MediaKeeper(database: database, vault: vault, storage: files, channels: channels, time: time)
        (self.keeper, media) = (keeper, keeper)
        links = FileLinks(database: database, vault: vault, time: time, publicURL: publicURL)
        exchange = ProviderExchange(
            egress: egress, database: database, memory: ChannelMemoryWriter(vault: vault),
            turns: ChannelTurns(database: database, time: time), time: time,
            files: { reference, account in
                guard let id = FileID(reference) else { return nil }
                return try await keeper.bytes(of: id, account: account)
            })
        let intake = Intake(database: database, vault: vault, time: time)
        polling = Polling(
            database: database, channels: channels, exchange: exchange, intake: intake, time: time, logger: logger)
        directory = LiveChannelDirectory(database: database)
        liveOutbox = LiveMessageOutbox(vault: vault, channels: channels, exchange: exchange, usage: usage, time: time)
        outbox = liveOutbox
        inbound = LiveInboundReader(vault: vault)
        let visitorFiles = VisitorFiles(database: database, keeper: keeper, channels: channels, time: time)
        webChats = LiveWebChatGateway(
            database: database, vault: vault, channels: channels, intake: intake, files: visitorFiles, time: time,
            ownOrigin: PageOrigin(publicURL), sightings: ChatSightings(database: database, time: time, logger: logger))
        let secrets = IdentitySecrets(database: database, vault: vault, channels: channels, audit: audit, time: time)
        profileLookup = ProfileLookup(
            database: database, vault: vault, channels: channels, exchange: exchange, keeper: keeper,
            spacing: ChannelSpacing(time: time), time: time, logger: logger)
        profiles = profileLookup
        health = HealthCheck(
            database: database, channels: channels, exchange: exchange, intake: intake, time: time, logger: logger,
            publicURL: publicURL)
        administration = ChannelAdministration(
            database: database, vault: vault, drivers: drivers, channels: channels, exchange: exchange, health: health,
            audit: audit, time: time, publicURL: publicURL, release: releasePlugin)
        routes =
            HookRoutes(
                channels: channels, intake: intake, erasures: Erasures(audit: audit, time: time, publicURL: publicURL),
                time: time, logger: logger
            ).routes
            + ErasureRoutes(database: database, audit: audit, time: time).routes
            + ChannelRoutes(
                administration: administration, drivers: drivers,
                installation: InstallationCheck(egress: egress, channels: channels, publicURL: publicURL)
            ).routes
            + SignInRoutes(
                signIn: AccountSignIn(
                    database: database, vault: vault, channels: channels, exchange: exchange, audit: audit, time: time
                ) { [administration] channel, account in _ = try await administration.connect(channel, account: account) }
            ).routes
            + FileRoutes(media: keeper, links: links).routes
            + WebhookRoutes(
                endpoints: WebhookAdministration(
                    database: database, vault: vault, policy: policy, audit: audit, randomness: .system, time: time),
                deliveries: WebhookHistory(database: database, vault: vault, audit: audit, time: time)
            ).routes
            + RuleRoutes(database: database, audit: audit, time: time).routes
            + VisitorFileRoutes(gateway: webChats, files: visitorFiles, media: keeper).routes
            + IdentitySecretRoutes(secrets: secrets).routes
    }

    /// Tells developers' programs what happens to channels.
    package func subscribe(to bus: any EventBus) {
        bus.react(to: ChannelChanged.self) { [webhooks, time] event, transaction in
            let facts = ["channel_id": event.channel.description]
            try webhooks.announce(WebhookNotice(.channelChanged, facts: facts, occurredAt: time.now()), in: transaction)
        }
    }

    /// `contents` knows what queued messages say; Conversations does. `webhooks` know what notices are about.
    package func register(
        on jobs: JobRunner, contents: any OutgoingContentSource, webhooks sources: [any WebhookContentSource] = []
    ) {
        registerWebhooks(on: jobs, sources)
        let actions = OutgoingActions(vault: vault, contents: contents, media: keeper, links: links)
        let delivery = Delivery(
            database: database, channels: channels, exchange: exchange, contents: actions, usage: usage,
            limiter: SendLimiter(database: database, time: time), held: HeldMessages(database: database, time: time), time: time,
            logger: logger)
        let held = HeldMessages(database: database, time: time)
        jobs.handle(HeldMessageJob.self) { job, context in try await held.run(job, context) }
        jobs.handle(DeliverJob.self) { job, context in try await delivery.run(job, context) }
        let reconciliation = Reconciliation(
            database: database, channels: channels, exchange: exchange, contents: actions, outbox: liveOutbox, time: time,
            logger: logger)
        jobs.handle(ReconcileJob.self) { job, context in try await reconciliation.run(job, context) }
        let presses = PressAnswer(database: database, vault: vault, channels: channels, exchange: exchange, time: time)
        jobs.handle(PressAnswerJob.self) { job, context in try await presses.run(job, context) }
        jobs.handle(PollJob.self) { [polling] job, context in try await polling.run(job, context) }
        let fetch = MediaFetch(
            database: database, keeper: keeper, channels: channels, exchange: exchange, spacing: ChannelSpacing(time: time),
            logger: logger)
        jobs.handle(FetchMediaJob.self) { job, context in try await fetch.run(job, context) }
        jobs.handle(ProfileJob.self) { [profileLookup] job, context in try await profileLookup.run(job, context) }
        jobs.every(.seconds(3_600), "channels.abandoned-files") { [keeper] in try await keeper.removeAbandoned() }
        jobs.every(.seconds(86_400), "channels.orphaned-files") { [keeper] in try await keeper.removeOrphans() }
        jobs.handle(HealthJob.self) { [health] job, context in try await health.run(job, context) }
        // Often enough for a provider's own alarm thresholds, seldom enough for their rate limits.
        jobs.every(.seconds(300), "channels.health") { [database] in try await Self.checkAll(database) }
        jobs.every(.seconds(3_600), "channels.expire-inbox") { [database, time] in
            // A provider repeats a delivery for a day at most; eight days also cover a long weekend's analysis.
            let limit = time.now().advanced(by: .seconds(-8 * 86_400))
            let hourAgo = time.now().advanced(by: .seconds(-3_600))
            // A cap looks at one day, which in no time zone began more than two days ago.
            let day = time.now().advanced(by: .seconds(-3 * 86_400))
            _ = try await database.writeSystem(.retention) { transaction in
                try SignInStore(transaction: transaction).expire(before: hourAgo)
                _ = try RuleStore(transaction: transaction).expireInitiated(before: day)
                return try InboxStore(transaction: transaction).expire(before: limit)
            }
        }
    }

    private func registerWebhooks(on jobs: JobRunner, _ sources: [any WebhookContentSource]) {
        let sender = WebhookSender(egress: egress, contents: sources + [ChannelContents(database: database)], time: time)
        let pump = WebhookPump(
            database: database, vault: vault, sender: sender, audit: audit, slots: WebhookSlots(), randomness: .system,
            time: time, logger: logger)
        jobs.handle(WebhookPumpJob.self) { job, context in try await pump.run(job, context) }
        jobs.handle(WebhookWakeJob.self) { job, context in
            try await context.complete { try WebhookPumpJob.wake(job.endpoint, in: $0) }
        }
        let upkeep = WebhookUpkeep(database: database, time: time)
        jobs.every(.seconds(60), "channels.webhooks-overdue") { try await upkeep.wakeOverdue() }
        jobs.every(.seconds(3_600), "channels.expire-webhooks") { try await upkeep.expire() }
    }

    /// Tells whoever looks at channels of this kind that their plugin fell, or stands again.
    package func pluginChanged(_ kind: String) async {
        // What was opened with the former plugin would keep it running.
        channels.forget()
        do {
            let found = try await database.readSystem(.channelRouting) { try ChannelStore(transaction: $0).all(ofKind: kind) }
            for (account, channel) in found {
                try await database.write(in: account) { try $0.publish(ChannelChanged(channel: channel)) }
            }
        } catch {
            logger.warning("a plugin's change is not told", metadata: ["kind": "\(kind)", "error": "\(error)"])
        }
    }

    /// Queues a health check for each channel that has a provider, spread over some minutes.
    private static func checkAll(_ database: any Database) async throws {
        let (pageSize, spread) = (200, 240)
        var (cursor, count): (ChannelID?, Int) = (nil, 0)
        while true {
            let after = cursor
            let page = try await database.readSystem(.channelRouting) {
                try ChannelStore(transaction: $0).withProvider(after: after, limit: pageSize)
            }
            for (account, channel) in page {
                var options = HealthJob.options(channel)
                options.delay = .seconds(Int64(count % spread))
                try await database.write(in: account) { [options] in
                    try $0.enqueue(HealthJob(channel: channel), options)
                }
                count += 1
            }
            guard page.count == pageSize else { return }
            cursor = page.last?.id
        }
    }

    /// Whether `host` is the provider of a channel kind, or an address that one of the account's channels names.
    package func declares(host: String, kind: String, account: AccountID?) async throws -> Bool {
        guard let driver = drivers[kind] else { return false }
        if driver.description.hosts.contains(host) { return true }
        guard let account else { return false }
        return try await channels.isServed(host: host, kind: kind, account: account)
    }
}
