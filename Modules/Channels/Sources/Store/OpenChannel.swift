import Kernel
import Persistence
import PluginHost
import Synchronization
import Vault

/// A channel in use: its row opened, its driver found.
struct OpenChannel: Sendable {
    let row: ChannelRow
    let settings: ChannelSettings
    private(set) var memory: ChannelSettings.Memory
    /// Secrets of one operation, kept nowhere.
    private(set) var passing: [String: String] = [:]
    let driver: any ChannelDriver
    let indexer: BlindIndexer

    /// The kind that has no provider but this program.
    static let webChat = "webchat"

    var id: ChannelID { row.id }
    var account: AccountID { row.account }

    /// What the plugin may know. Secrets stay here, except those it checks signatures with.
    func context(at now: Instant) -> ChannelContext {
        var values = settings.plain
        for field in driver.description.settings where field.isSecret && field.isVerificationKey {
            values[field.name] = settings.secrets[field.name]
        }
        return ChannelContext(
            now: now, settings: values, secrets: Set(allSecrets.keys), memory: memory.plain,
            expiries: memory.expiries)
    }

    /// The channel once `values` are remembered.
    func remembering(_ values: [Remembered]) -> OpenChannel {
        var copy = self
        copy.memory.apply(values)
        return copy
    }

    /// The channel for an operation that hands over what a person typed to sign in.
    func answering(_ answer: String) -> OpenChannel {
        var copy = self
        copy.passing[SignInAct.answerSecret] = answer
        return copy
    }

    /// The addresses at the provider that are this channel's, where several channels share a hook; none before it was connected.
    var ownAddresses: [String] {
        driver.description.sharedHook?.accounts.compactMap { memory.plain[$0] } ?? []
    }

    /// Where the provider delivers; nil for a channel that asks instead.
    func webhookURL(_ publicURL: String) -> String? { row.mode == "webhook" ? "\(publicURL)/hooks/\(settings.route)" : nil }

    var allSecrets: [String: String] {
        settings.secrets.merging(memory.secrets) { _, remembered in remembered }.merging(passing) { _, typed in typed }
    }

    func threadKey(_ thread: String) -> [UInt8] { indexer.index("\(row.id)|\(thread)", purpose: "channels.thread") }

    func identityKey(_ contact: String) -> [UInt8] {
        indexer.index("\(row.kind)|\(row.id)|\(contact)", purpose: "channels.identity")
    }

    /// Of a person as the owner's site calls them.
    func subjectKey(_ subject: String) -> [UInt8] { indexer.index("\(row.id)|\(subject)", purpose: "channels.visitor") }

    func dedupeKey(_ event: String) -> [UInt8] { indexer.index(event, purpose: "channels.event") }
}

/// Opens channels, and keeps the recently used ones open for a second, so that a flood of webhooks does not read and unseal the same row
/// each time. A change made by another process is seen after that second.
final class OpenChannels: Sendable {
    private struct Entry {
        let channels: [OpenChannel]
        let until: Duration
    }

    private struct Unsealed {
        let sealedSettings: [UInt8]
        let sealedMemory: [UInt8]?
        let settings: ChannelSettings
        let memory: ChannelSettings.Memory
        let since: Duration

        func isOf(_ row: ChannelRow) -> Bool { sealedSettings == row.settings && sealedMemory == row.memory }
    }

    /// Where the channels of a kind send to.
    private struct Places: Hashable { let account: AccountID, kind: String }

    private let database: any Database
    private let vault: Vault
    private let drivers: DriverRegistry
    private let time: any TimeSource
    private let byRoute = Mutex<[[UInt8]: Entry]>([:])
    private let unsealed = Mutex<[ChannelID: Unsealed]>([:])
    private let hosts = Mutex<[Places: (hosts: Set<String>, until: Duration)]>([:])

    private static let staysKnown = Duration.seconds(1)
    private static let longestUnsealed = Duration.seconds(60)

    init(database: any Database, vault: Vault, drivers: DriverRegistry, time: any TimeSource) {
        (self.database, self.vault, self.drivers, self.time) = (database, vault, drivers, time)
    }

    /// The channel that the last part of a hook's path, or a web chat's key, leads to; nil when none.
    func channel(route: String) async throws -> OpenChannel? { try await hook(route: route).first }

    /// The channels that a delivery to this hook may be for: those it was made for, the oldest first, then those of the same account
    /// whose kinds share hooks with theirs. None when nobody has this hook. `isFresh` reads them anew.
    func hook(route: String, isFresh: Bool = false) async throws -> [OpenChannel] {
        let hash = Digest.sha256(route)
        let now = time.uptime()
        // A plugin that was taken away serves nobody, not even for that second.
        if !isFresh, let entry = byRoute.withLock({ $0[hash] }), entry.until > now,
            entry.channels.allSatisfy({ drivers[$0.row.kind] != nil })
        {
            return entry.channels
        }
        let found = try await opened(
            database.readSystem(.channelRouting) { try ChannelStore(transaction: $0).find(routeHash: hash) })
        guard let first = found.first else {
            byRoute.withLock { $0[hash] = nil }
            return []
        }
        var channels = found.filter { $0.account == first.account }
        if first.driver.description.sharedHook != nil { channels += try await relatives(of: first, besides: channels) }
        let entry = Entry(channels: channels, until: now + Self.staysKnown)
        byRoute.withLock { table in
            if table.count > 10_000 { table = table.filter { $0.value.until > now } }
            table[hash] = entry
        }
        return channels
    }

    private func relatives(of channel: OpenChannel, besides known: [OpenChannel]) async throws -> [OpenChannel] {
        let (account, family) = (channel.account, channel.driver.description.sharedHook?.family)
        let rows = try await database.read(in: account) { try ChannelStore(transaction: $0).all(of: account) }
        let ids = Set(known.map(\.id))
        return try await opened(
            rows.filter { row in
                row.mode == "webhook" && !ids.contains(row.id) && drivers[row.kind]?.description.sharedHook?.family == family
            })
    }

    private func opened(_ rows: [ChannelRow]) async throws -> [OpenChannel] {
        var channels: [OpenChannel] = []
        for row in rows { channels.append(try await open(row)) }
        return channels
    }

    func channel(_ id: ChannelID, of account: AccountID) async throws -> OpenChannel? {
        let row = try await database.read(in: account) { try ChannelStore(transaction: $0).find(id, of: account) }
        guard let row else { return nil }
        return try await open(row)
    }

    /// Throws `Problem.unavailable` when no plugin provides the kind: it may come back, and what is queued waits for it.
    func open(_ row: ChannelRow) async throws -> OpenChannel {
        guard let driver = drivers[row.kind] else {
            throw Problem.unavailable(PluginOutage.missing(row.kind, drivers.refusal(of: row.kind)))
        }
        let key = try await vault.accountKey(row.account)
        let (settings, memory) = try unsealed(row, by: key)
        return OpenChannel(
            row: row, settings: settings, memory: memory, driver: driver, indexer: try await vault.blindIndexer(in: row.account))
    }

    /// A busy channel's row is the same with each message: it is unsealed once as long as it is.
    private func unsealed(_ row: ChannelRow, by key: SubjectKey) throws -> (ChannelSettings, ChannelSettings.Memory) {
        if let known = unsealed.withLock({ $0[row.id] }), known.isOf(row) { return (known.settings, known.memory) }
        let fresh = Unsealed(
            sealedSettings: row.settings, sealedMemory: row.memory,
            settings: try ChannelSettings.open(row.settings, by: key, channel: row.id, account: row.account),
            memory: try ChannelSettings.Memory.open(row.memory, by: key, channel: row.id, account: row.account),
            since: time.uptime())
        unsealed.withLock { table in
            // Secrets of a channel that was removed do not stay.
            table = table.filter { $0.value.since > fresh.since - Self.longestUnsealed }
            table[row.id] = fresh
        }
        return (fresh.settings, fresh.memory)
    }

    /// Whether a channel of this kind sends its secrets to the host, by its settings. What was so a second ago counts.
    func isServed(host: String, kind: String, account: AccountID) async throws -> Bool {
        let place = Places(account: account, kind: kind)
        let now = time.uptime()
        if let known = hosts.withLock({ $0[place] }), known.until > now, known.hosts.contains(host) { return true }
        let rows = try await database.read(in: account) { try ChannelStore(transaction: $0).all(of: account) }
        var found: Set<String> = []
        for channel in try await opened(rows.filter { $0.kind == kind }) {
            found.formUnion(channel.driver.description.secretHosts(settings: channel.settings.plain))
        }
        let fresh = (found, now + Self.staysKnown)
        hosts.withLock { table in
            if table.count > 10_000 { table = table.filter { $0.value.until > now } }
            table[place] = fresh
        }
        return found.contains(host)
    }

    /// Whether the kind has a plugin that works or starts again by itself.
    func isServed(_ kind: String) -> Bool {
        switch drivers[kind]?.condition {
        case .working?, .restarting?: true
        case .quarantined?, nil: false
        }
    }

    func forget() {
        byRoute.withLock { $0.removeAll() }
        hosts.withLock { $0.removeAll() }
    }
}
