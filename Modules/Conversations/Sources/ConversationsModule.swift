package import AuditInterface
package import BillingInterface
package import ChannelsInterface
package import ConversationsInterface
package import CRMInterface
package import IdentityInterface
package import Kernel
package import Logging
package import Persistence
package import ServiceLifecycle
package import Vault
package import WebSupport

/// All that the composition root knows about Conversations.
package struct ConversationsModule: Sendable {
    package static let migrations = ConversationsSchema.migrations
    /// For the search store.
    package static let searchMigrations = MessageIndex.migrations
    package static let dataMap = ConversationsSchema.dataMap.merging(MessageIndex.dataMap) { own, _ in own }

    package let bot: any BotConversations
    package let contents: any OutgoingContentSource
    /// What webhooks tell of messages, conversations and contacts.
    package let webhookContents: any WebhookContentSource
    private let inbound: InboundConsumer
    private let database: any Database
    private let vault: Vault
    private let conversations: Conversations
    private let presenter: Presenter
    private let index: MessageIndex
    private let indexSignal = WakeSignal()
    private let live: LiveEvents
    private let webChats: any WebChatGateway
    private let time: any TimeSource
    private let logger: Logger

    package init(
        database: any Database, search: any Database, vault: Vault, live: LiveEvents, accounts: any AccountDirectory,
        contacts: any ContactDirectory, channels: any ChannelDirectory, outbox: any MessageOutbox,
        inbound reader: any InboundReader, profiles: any CustomerProfiles,
        webChats: any WebChatGateway, media: any MediaLibrary, usage: any UsageLedger, audit: any AuditTrail,
        time: any TimeSource, logger: Logger
    ) {
        (self.database, self.vault, self.live, self.webChats) = (database, vault, live, webChats)
        (self.time, self.logger) = (time, logger)
        let bot = LiveBotConversations(database: database, vault: vault, outbox: outbox, audit: audit, live: live, time: time)
        (self.bot, contents) = (bot, bot)
        webhookContents = ConversationContents(database: database, vault: vault, contacts: contacts)
        inbound = InboundConsumer(
            database: database, vault: vault, inbound: reader, contacts: contacts, profiles: profiles, outbox: outbox,
            usage: usage, audit: audit,
            time: time)
        conversations = Conversations(
            database: database, vault: vault, outbox: outbox, media: media, audit: audit, time: time)
        presenter = Presenter(
            database: database, vault: vault, contacts: contacts, channels: channels, accounts: accounts, media: media)
        index = MessageIndex(database: search)
    }

    /// The services that keep derived data up to date.
    package var services: [any Service] {
        [
            MessageIndexer(
                database: database, vault: vault, index: index, contacts: presenter.contacts, signal: indexSignal, time: time,
                logger: logger)
        ]
    }

    package func register(on jobs: JobRunner) {
        let release = Release(database: database, room: conversations.waitingRoom, audit: conversations.audit)
        jobs.handle(ReleaseJob.self) { job, context in try await release.run(job, context) }
    }

    /// `notice` tells visitors that a bot answers.
    package func routes(notice: @escaping @Sendable (Language, AccountID) async throws -> String?) -> [Route] {
        ConversationRoutes(database: database, conversations: conversations, presenter: presenter, index: index, live: live)
            .routes
            + ScheduleRoutes(
                messages: ScheduledMessages(
                    database: database, vault: vault, room: conversations.waitingRoom, audit: conversations.audit),
                presenter: presenter
            ).routes
            + DeadLetterRoutes(
                letters: DeadLetters(
                    database: database, conversations: conversations, audit: conversations.audit, time: time),
                presenter: presenter
            ).routes
            + LiveRoutes(live: live, log: EventLog(database: database), time: time).routes
            + VisitorRoutes(
                database: database, vault: vault, gateway: webChats, live: live, presenter: presenter, notice: notice, time: time
            ).routes
            + VisitorStandingRoutes(
                door: VisitorDoor(gateway: webChats), standings: VisitorStandings(database: database, vault: vault, time: time)
            ).routes
    }

    package func subscribe(to bus: any EventBus) {
        bus.subscribe("conversations.inbound", to: ChannelEventReceived.self) { [inbound, indexSignal] delivery in
            try await inbound.consume(delivery)
            indexSignal.wake()
        }
        bus.subscribe("conversations.media", to: MediaSettled.self) { try await MediaConsumer().consume($0) }
        bus.subscribe("conversations.delivery", to: MessageDeliveryChanged.self) { try await DeliveryConsumer().consume($0) }
    }

    /// Tells developers' programs what happens to messages, conversations and contacts.
    package func announce(to webhooks: any WebhookAnnouncer, on bus: any EventBus) {
        ConversationNotices(webhooks: webhooks, time: time).subscribe(to: bus)
    }

    /// Where each contact can be reached, for the contact card.
    package func identities(
        of contacts: Set<ContactID>, account: AccountID
    ) async throws -> [ContactID: [(channelKind: String, handle: String)]] {
        let found = try await database.read(in: account) { transaction in
            try IdentityStore(transaction: transaction).identities(of: Array(contacts), account: account)
        }
        var table: [ContactID: [(channelKind: String, handle: String)]] = [:]
        for identity in found {
            var handle = ""
            if let sealed = identity.handle, let key = try? await vault.key(for: KeyID(sameAs: identity.contact), in: account) {
                handle = try key.openText(Sealed(stored: sealed), as: IdentityStore.context(identity.key, account))
            }
            table[identity.contact, default: []].append((identity.kind, handle))
        }
        return table
    }

    /// The latest messages of an account, newest first, opened: for the command line.
    package func latest(of account: AccountID, limit: Int) async throws -> [MessageListing] {
        let rows = try await database.read(in: account) { transaction in
            try MessageStore(transaction: transaction).latest(of: account, limit: limit)
        }
        var listings: [MessageListing] = []
        for (row, channel) in rows {
            let text = row.deleted ? "" : try await vault.messageSeal(of: row.contact, account: account)?.openText(row) ?? ""
            listings.append(
                MessageListing(
                    id: row.id, channel: channel, direction: row.direction.rawValue, status: row.status.rawValue, text: text,
                    author: row.author.rawValue, at: row.occurredAt))
        }
        return listings
    }
}

/// One line of `sevensales message list`.
package struct MessageListing: Codable, Sendable {
    package let id: MessageID
    package let channel: ChannelID
    package let direction: String
    package let status: String
    package let text: String
    package let author: String
    package let at: Instant
}
