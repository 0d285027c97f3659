import Kernel
import Persistence
import Synchronization

/// The settings of every account, as a turn reads them: from memory, at most a second old.
///
/// A change in this process shows at once; one made by another process shows when the second is over.
final class SettingsCache: Sendable {
    private static let maximumAge = Duration.seconds(1)
    private static let capacity = 10_000

    private struct Entry {
        let settings: BotSettings
        let loadedAt: Duration
    }

    private struct Table {
        var entries: [AccountID: Entry] = [:]
        /// Rises with each removal, so that a load begun before it is not kept.
        var epoch = 0
    }

    private let database: any Database
    private let time: any TimeSource
    private let table = Mutex(Table())

    init(database: any Database, time: any TimeSource) { (self.database, self.time) = (database, time) }

    func settings(of account: AccountID) async throws -> BotSettings {
        let now = time.uptime()
        let (known, epoch) = table.withLock { ($0.entries[account], $0.epoch) }
        if let known, now - known.loadedAt < Self.maximumAge { return known.settings }
        let stored = try await database.read(in: account) { try BotSettingsStore(transaction: $0).select(account) }
        let settings = stored ?? BotSettings()
        table.withLock { table in
            guard table.epoch == epoch else { return }
            if table.entries.count >= Self.capacity { table.entries.removeAll() }
            table.entries[account] = Entry(settings: settings, loadedAt: now)
        }
        return settings
    }

    func forget(_ account: AccountID) {
        table.withLock { table in
            table.epoch += 1
            table.entries[account] = nil
        }
    }
}
