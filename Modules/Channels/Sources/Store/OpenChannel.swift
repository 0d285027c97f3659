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

    /// Where the provider delivers; nil for a channel that asks instead.
    func webhookURL(_ publicURL: String) -> String? { row.mode == "webhook" ? "\(publicURL)/hooks/\(settings.route)" : nil }

    var allSecrets: [String: String] {
        settings.secrets.merging(memory.secrets) { _, remembered in remembered }.merging(passing) { _, typed in typed }
    }

    func threadKey(_ thread: String) -> [UInt8] { indexer.index("\(row.id)|\(thread)", purpose: "channels.thread") }

    func identityKey(_ contact: String) -> [UInt8] {
        indexer.index("\(row.kind)|\(row.id)|\(contact)", purpose: "channels.identity")
    }

    func dedupeKey(_ event: String) -> [UInt8] { indexer.index(event, purpose: "channels.event") }
}

/// Opens channels, and keeps the recently used ones open for a second, so that a flood of webhooks does not read and unseal the same row
/// each time. A change made by another process is seen after that second.
final class OpenChannels: Sendable {
    private struct Entry {
        let channel: OpenChannel
        let until: Duration
    }

    private let database: any Database
    private let vault: Vault
    private let drivers: DriverRegistry
    private let time: any TimeSource
    private let byRoute = Mutex<[[UInt8]: Entry]>([:])

    init(database: any Database, vault: Vault, drivers: DriverRegistry, time: any TimeSource) {
        (self.database, self.vault, self.drivers, self.time) = (database, vault, drivers, time)
    }

    /// The channel that the last part of a hook's path, or a web chat's key, leads to; nil when none.
    func channel(route: String) async throws -> OpenChannel? {
        let hash = Digest.sha256(route)
        let now = time.uptime()
        if let entry = byRoute.withLock({ $0[hash] }), entry.until > now { return entry.channel }
        let row = try await database.readSystem(.channelRouting) { try ChannelStore(transaction: $0).find(routeHash: hash) }
        guard let row, let channel = try await open(row) else {
            byRoute.withLock { $0[hash] = nil }
            return nil
        }
        byRoute.withLock { table in
            if table.count > 10_000 { table = table.filter { $0.value.until > now } }
            table[hash] = Entry(channel: channel, until: now + .seconds(1))
        }
        return channel
    }

    func channel(_ id: ChannelID, of account: AccountID) async throws -> OpenChannel? {
        let row = try await database.read(in: account) { try ChannelStore(transaction: $0).find(id, of: account) }
        guard let row else { return nil }
        return try await open(row)
    }

    /// Nil when no plugin provides the kind any more.
    func open(_ row: ChannelRow) async throws -> OpenChannel? {
        guard let driver = drivers[row.kind] else { return nil }
        let key = try await vault.accountKey(row.account)
        return OpenChannel(
            row: row, settings: try ChannelSettings.open(row.settings, by: key, channel: row.id, account: row.account),
            memory: try ChannelSettings.Memory.open(row.memory, by: key, channel: row.id, account: row.account), driver: driver,
            indexer: try await vault.blindIndexer(in: row.account))
    }

    func forget() { byRoute.withLock { $0.removeAll() } }
}
