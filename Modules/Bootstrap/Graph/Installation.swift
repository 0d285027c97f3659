import BotEngineInterface
package import Audit
import AuditInterface
package import Billing
package import BotEngine
package import CRM
import CRMInterface
package import Calendar
package import Channels
package import Conversations
import Egress
import Foundation
package import Identity
import IdentityInterface
package import Kernel
package import KnowledgeBase
package import Logging
import ObjectStorage
package import Persistence
package import Privacy
import Synchronization
package import Vault
package import WebSupport

/// The whole product, composed: the only place that knows every module.
package struct Installation: Sendable {
    package let configuration: Configuration
    package let folder: DataFolder
    package let stores: Stores
    /// What is loaded, and its keeper: to be run by programs that stay.
    let plugins: PluginKeeper
    package let vault: Vault
    package let time: any TimeSource
    package let logger: Logger
    package let madeMasterKey: Bool

    package let audit: AuditModule
    package let identity: IdentityModule
    package let billing: BillingModule
    package let crm: CRMModule
    package let calendar: CalendarModule
    package let privacy: PrivacyModule
    package let knowledge: KnowledgeBaseModule
    package let channels: ChannelsModule
    package let conversations: ConversationsModule
    package let bot: BotEngineModule
    let egress: CurlEgress

    package enum Migration: Sendable {
        /// The server and `migrate`: bring the schema up to date.
        case apply
        /// Others: the schema must be there.
        case require
    }

    /// Opens the installation in `configuration.data`, creating what is missing.
    ///
    /// `usesIndexFiles` is for the one process that may write the search folder. Throws `StartupError` for what the operator must mend.
    package init(
        _ configuration: Configuration, migration: Migration = .apply, usesIndexFiles: Bool = false, logger: Logger,
        note: (String) -> Void = { _ in }
    ) async throws {
        #if FAILPOINTS
            if let failpoint = configuration.failpoint { Failpoints.arm(failpoint) }
        #endif
        self.configuration = configuration
        self.logger = logger
        let time = SystemTime()
        self.time = time
        folder = try DataFolder(configuration.data)
        let master = try folder.masterKey(text: configuration.masterKeyText, creating: migration == .apply)
        madeMasterKey = master.made
        stores = try Stores(configuration, folder: folder, time: time)
        switch migration {
        case .apply: try await stores.migrate(folder: folder, at: time.now(), note: note)
        case .require:
            guard try await stores.isMigrated() else {
                throw StartupError(
                    "the database is not prepared for this version: run sevensales migrate, or start the server first")
            }
        }
        let keys = KeyStore(database: stores.keys)
        do {
            try await keys.bind(to: master.key)
            vault = try Vault(master: master.key, store: keys)
        } catch let error as VaultError {
            // A key made just now cannot be the right one for a database that has another already.
            if master.made { try? FileManager.default.removeItem(at: folder.file("master.key")) }
            throw StartupError(error.description)
        }

        let (data, vault, live) = (stores.data, vault, stores.live)
        let register = DisclosureRegister(fileStore: configuration.bucket?.host)
        let policy = EgressPolicy(allowedPrivateNetworks: configuration.egressAllow)
        var limits = CurlEgress.Configuration(policy: policy)
        // A provider that takes 50 ms for an answer allows each place twenty sends a second: 160 for all of them, 32 for one.
        (limits.perHost, limits.total) = (32, 160)
        limits.trustRoots = configuration.trustRoots
        let egress = CurlEgress(
            limits, register: register, time: time,
            observer: { entry in
                logger.debug(
                    "egress",
                    metadata: [
                        "purpose": "\(entry.purpose)", "host": "\(entry.host)", "status": "\(entry.status ?? 0)",
                        "error": "\(entry.error.map { "\($0)" } ?? "")",
                    ])
            })
        self.egress = egress

        let names = ActorNames()
        let audit = AuditModule(database: data, time: time) { actor, account in await names.name(of: actor, in: account) }
        self.audit = audit
        let publicURL = configuration.address(port: configuration.port)
        let cookie = WebGate.Configuration(publicURL: publicURL).cookie
        identity = IdentityModule(
            database: data, vault: vault, passwords: PasswordHasher(), audit: audit.trail, cookie: cookie, publicURL: publicURL,
            time: time, version: Configuration.version, isDemo: configuration.isDemo)
        names.directory.withLock { [directory = identity.directory] in $0 = directory }
        billing = BillingModule(database: data, time: time)
        let reach = ContactReach()
        let crm = CRMModule(database: data, vault: vault, audit: audit.trail, time: time) { contacts, account in
            try await reach.identities(of: contacts, account)
        }
        self.crm = crm
        let hasContact: @Sendable (ContactID, AccountID) async throws -> Bool = { contact, account in
            try await crm.contacts.contact(contact, of: account) != nil
        }
        calendar = CalendarModule(database: data, vault: vault, audit: audit.trail, time: time, hasContact: hasContact)
        privacy = PrivacyModule(
            database: data, audit: audit.trail, time: time, dataMap: Self.dataMaps, hasContact: hasContact)
        let indexFolder = usesIndexFiles ? try folder.search().appending(path: "passages") : nil
        knowledge = KnowledgeBaseModule(
            database: data, audit: audit.trail, indexFolder: indexFolder, time: time, logger: logger)
        let watch = PluginWatch()
        let plugins = try Self.plugins(configuration, folder, watch, time, logger)
        self.plugins = plugins
        channels = ChannelsModule(
            database: data, vault: vault, egress: egress, files: try Self.files(configuration, folder, egress, time),
            drivers: plugins.registry, releasePlugin: { try plugins.release($0) }, audit: audit.trail,
            usage: billing.usage,
            publicURL: publicURL, policy: policy, time: time, logger: logger)
        conversations = ConversationsModule(
            database: data, search: stores.search, vault: vault, live: live, accounts: identity.directory, contacts: crm.contacts,
            channels: channels.directory, outbox: channels.outbox, inbound: channels.inbound,
            profiles: channels.profiles, webChats: channels.webChats,
            media: channels.media,
            usage: billing.usage, audit: audit.trail, time: time, logger: logger)
        reach.conversations.withLock { [conversations] in $0 = conversations }
        bot = BotEngineModule(
            database: data, vault: vault, egress: egress, conversations: conversations.bot, knowledge: knowledge.search,
            usage: billing.usage, audit: audit.trail, time: time, randomness: .system, logger: logger)
        watch.bind { [channels] kind in Task { await channels.pluginChanged(kind) } }
        register.set(channels: channels, providers: ProviderHosts(database: data))
        conversations.subscribe(to: stores.outbox)
        conversations.announce(to: channels.webhooks, on: stores.outbox)
        channels.subscribe(to: stores.outbox)
        privacy.subscribe(to: stores.outbox)
        bot.subscribe(to: stores.outbox)
    }

    /// Every module's tables and columns.
    package static let dataMaps: [String: DataMap] = [
        "Platform": PersistenceSchema.dataMap, "Audit": AuditModule.dataMap, "Identity": IdentityModule.dataMap,
        "Billing": BillingModule.dataMap,
        "CRM": CRMModule.dataMap,
        "Calendar": CalendarModule.dataMap, "Privacy": PrivacyModule.dataMap, "KnowledgeBase": KnowledgeBaseModule.dataMap,
        "Channels": ChannelsModule.dataMap, "Conversations": ConversationsModule.dataMap, "BotEngine": BotEngineModule.dataMap,
    ]

    /// Every route of the product.
    package func inventory(operations: [Route]) -> RouteInventory {
        var inventory = RouteInventory()
        let notice = bot.notice
        inventory.add(identity.routes)
        inventory.add(conversations.routes { try await notice.notice(language: $0, account: $1) })
        inventory.add(channels.routes)
        inventory.add(knowledge.routes)
        inventory.add(bot.routes)
        inventory.add(crm.routes)
        inventory.add(calendar.routes)
        inventory.add(billing.routes)
        inventory.add(privacy.routes)
        inventory.add(audit.routes)
        inventory.add(operations)
        return inventory
    }

    /// What requests with an idempotency key were answered.
    var answers: RememberedAnswers { RememberedAnswers(database: stores.data, vault: vault, time: time) }

    /// A runner with every module's jobs.
    package func jobRunner() -> JobRunner {
        let runner = JobRunner(
            database: stores.data, outbox: stores.outbox, signal: stores.signal, owner: ProcessName.own, time: time,
            randomness: .system,
            logger: logger)
        channels.register(on: runner, contents: conversations.contents, webhooks: [conversations.webhookContents])
        conversations.register(on: runner)
        bot.register(on: runner)
        identity.register(on: runner)
        let (log, time) = (EventLog(database: stores.data), time)
        let databases = [stores.data, stores.keys, stores.search]
        runner.every(.seconds(5), "platform.planner-statistics") { try await PlannerStatistics.refresh(databases) }
        let answers = answers
        runner.every(.seconds(3_600), "platform.expire-answers") { try await answers.expire() }
        runner.every(.seconds(3_600), "platform.expire-events") {
            _ = try await log.expire(before: time.now().advanced(by: .seconds(-86_400)))
        }
        return runner
    }

    /// Finishes what was accepted and closes the stores.
    package func close() async {
        await egress.shutdown()
        await stores.close()
    }
}

extension Installation {
    /// Where the bytes of files live: beside the database, or where several machines reach them.
    fileprivate static func files(
        _ configuration: Configuration, _ folder: DataFolder, _ egress: any Egress, _ time: any TimeSource
    ) throws -> any ObjectStorage {
        if let bucket = configuration.bucket { return S3Storage(egress: egress, configuration: bucket, time: time) }
        return try FolderStorage(root: folder.file("files").path, time: time)
    }
}

/// The register of hosts, as it follows from what is configured. Bound late: the modules it asks need Egress themselves.
private final class DisclosureRegister: EgressRegister {
    private let fileStore: String?
    private let modules = Mutex<(channels: ChannelsModule, providers: ProviderHosts)?>(nil)

    init(fileStore: String?) { self.fileStore = fileStore }

    func set(channels: ChannelsModule, providers: ProviderHosts) { modules.withLock { $0 = (channels, providers) } }

    func declares(host: String, for purpose: EgressPurpose, account: AccountID?) async throws -> Bool {
        if purpose == .fileStore { return host == fileStore }
        guard let modules = modules.withLock({ $0 }) else { return false }
        if purpose == .aiProvider { return try await modules.providers.declares(host: host, account: account) }
        guard purpose.name.hasPrefix("channel.") else { return false }
        return try await modules.channels.declares(host: host, kind: String(purpose.name.dropFirst(8)), account: account)
    }
}

/// Names of people for the audit trail, which Identity itself writes to.
private final class ActorNames: Sendable {
    let directory = Mutex<(any AccountDirectory)?>(nil)

    func name(of actor: Actor, in account: AccountID) async -> String? {
        guard case .user(let id) = actor, let directory = directory.withLock({ $0 }) else { return nil }
        return try? await directory.member(id, of: account)?.name
    }
}

/// Where contacts can be reached; Conversations knows and is built on CRM.
private final class ContactReach: Sendable {
    let conversations = Mutex<ConversationsModule?>(nil)

    func identities(of contacts: Set<ContactID>, _ account: AccountID) async throws -> [ContactID: [ContactIdentity]] {
        guard let conversations = conversations.withLock({ $0 }) else { return [:] }
        return try await conversations.identities(of: contacts, account: account).mapValues { list in
            list.map { ContactIdentity(channelKind: $0.channelKind, handle: $0.handle) }
        }
    }
}
