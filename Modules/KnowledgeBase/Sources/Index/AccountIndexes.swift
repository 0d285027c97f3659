import Foundation
import Kernel
import Logging
import PassageIndex
import Persistence
import Synchronization

/// The indexes in this process: those of the accounts used last, bounded in number and in bytes.
final class AccountIndexes: Sendable {
    struct Limits: Sendable {
        var accounts = 256
        /// Memory and mapped files together; one index may exceed it alone.
        var bytes = 1 << 30
    }

    private struct Slot {
        let index: AccountIndex
        var used: UInt64
    }

    private struct Table {
        var slots: [AccountID: Slot] = [:]
        var clock: UInt64 = 0
    }

    let work = SlowWork()
    private let database: any Database
    private let folder: URL?
    /// Held as long as this process may use the folder.
    private let lock: FolderLock?
    private let limits: Limits
    private let logger: Logger
    private let table = Mutex(Table())

    /// - Parameter folder: where segments are kept; used by one process at a time, the others stay in memory.
    init(database: any Database, folder: URL?, limits: Limits = Limits(), logger: Logger) {
        lock = folder.flatMap { FolderLock($0) }
        if folder != nil, lock == nil {
            logger.notice("the search folder is in use or not writable; knowledge indexes stay in memory")
        }
        self.folder = lock == nil ? nil : folder
        (self.database, self.limits, self.logger) = (database, limits, logger)
    }

    var count: Int { table.withLock { $0.slots.count } }

    /// The index of `account`, which may still have to be built.
    func index(of account: AccountID) -> AccountIndex {
        let (index, evicted) = table.withLock { table -> (AccountIndex, [AccountIndex]) in
            table.clock &+= 1
            if let slot = table.slots[account] {
                table.slots[account] = Slot(index: slot.index, used: table.clock)
                return (slot.index, [])
            }
            let made = AccountIndex(
                account: account, database: database, work: work, folder: folder?.appending(path: account.description),
                logger: logger)
            table.slots[account] = Slot(index: made, used: table.clock)
            return (made, Self.evict(&table, down: limits.accounts))
        }
        for old in evicted { old.retire() }
        return index
    }

    /// The index of `account` if it is in use here.
    func existing(_ account: AccountID) -> AccountIndex? { table.withLock { $0.slots[account]?.index } }

    /// Keeps the indexes in order and within their limits. Called now and then.
    func keep() async {
        for index in table.withLock({ $0.slots.values.map(\.index) }) {
            do { try await index.keep() } catch {
                logger.warning("a knowledge index was not written", metadata: ["error": "\(error)"])
            }
        }
        for old in table.withLock({ Self.evict(&$0, within: limits.bytes) }) { old.retire() }
    }

    /// Drops those used longest ago. Nothing is lost: files hold what was flushed, the database the rest.
    private static func evict(_ table: inout Table, down count: Int) -> [AccountIndex] {
        let excess = table.slots.count - max(1, count)
        guard excess > 0 else { return [] }
        return table.slots.sorted { $0.value.used < $1.value.used }.prefix(excess).compactMap {
            table.slots.removeValue(forKey: $0.key)?.index
        }
    }

    private static func evict(_ table: inout Table, within limit: Int) -> [AccountIndex] {
        var sum = 0
        let newestFirst = table.slots.sorted { $0.value.used > $1.value.used }
        let kept = newestFirst.prefix { slot in
            sum += slot.value.index.current?.index.bytes ?? 0
            return sum <= limit
        }
        return evict(&table, down: kept.count)
    }
}
