import CRMInterface
import Kernel
import Logging
import Persistence
import ServiceLifecycle
import Synchronization
import Vault

/// Keeps the index behind the messages, in batches, from where it stopped. A lost index is rebuilt by the same loop.
struct MessageIndexer: Service {
    let database: any Database
    let vault: Vault
    let index: MessageIndex
    let contacts: any ContactDirectory
    let signal: WakeSignal
    let time: any TimeSource
    let logger: Logger

    private static let batch = 1_000
    private let recent = RecentlyIndexed()

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    if try await step() == 0 { try await pause() }
                } catch is CancellationError { return } catch {
                    logger.warning("message index is behind", metadata: ["error": "\(error)"])
                    try? await time.sleep(for: .seconds(1))
                }
            }
        }
    }

    /// Indexes the next batch; returns how many messages it held.
    func step() async throws -> Int {
        let mark = try await index.mark()
        // PostgreSQL transactions may commit behind a later one's mark: look back a little, replacing is harmless.
        let isPostgres = database.dialect == .postgres
        let rows = try await database.readSystem(.jobs) {
            try MessageStore(transaction: $0).changed(since: mark, limit: Self.batch)
        }
        guard let last = rows.last else { return 0 }
        let fresh = recent.unknown(rows)
        var documents: [MessageIndex.Document] = []
        documents.reserveCapacity(fresh.count)
        let names = try await names(of: fresh)
        for row in fresh where row.kind != .system {
            let seal = try await vault.messageSeal(of: row.contact, account: row.account)
            var text = row.deleted ? nil : try seal?.openText(row)
            if row.direction == .incoming, let name = names[row.contact] { text = text.map { "\($0)\n\(name)" } }
            documents.append(
                MessageIndex.Document(
                    account: row.account, message: row.id, conversation: row.conversation, contact: row.contact,
                    occurredAt: row.occurredAt, text: text))
        }
        let settled = isPostgres ? min(last.changedAt, time.now().advanced(by: .seconds(-2))) : last.changedAt
        let moved = settled < last.changedAt ? (max(settled, mark.at), MessageID(high: 0, low: 0)) : (last.changedAt, last.id)
        try await index.apply(documents, mark: moved)
        recent.remember(fresh, forgettingBefore: moved.0)
        return settled < last.changedAt ? 0 : rows.count
    }

    /// Customers' names, so that their messages are found by them too.
    private func names(of rows: [MessageRow]) async throws -> [ContactID: String] {
        var names: [ContactID: String] = [:]
        for (account, rows) in Dictionary(grouping: rows, by: \.account) {
            let ids = Set(rows.lazy.filter { $0.direction == .incoming }.map(\.contact))
            guard !ids.isEmpty else { continue }
            for (id, contact) in try await contacts.contacts(ids, of: account) { names[id] = contact.name }
        }
        return names
    }

    private func pause() async throws {
        await signal.waitOrSleep(.seconds(1), time)
        // A moment's patience turns a flood into batches.
        try await time.sleep(for: .milliseconds(20))
    }
}

/// The versions of messages that were indexed since the mark, which on PostgreSQL are read again with each look back.
private final class RecentlyIndexed: Sendable {
    private let versions = Mutex<[MessageID: Instant]>([:])

    func unknown(_ rows: [MessageRow]) -> [MessageRow] {
        versions.withLock { versions in rows.filter { versions[$0.id] != $0.changedAt } }
    }

    func remember(_ rows: [MessageRow], forgettingBefore mark: Instant) {
        versions.withLock { versions in
            for row in rows { versions[row.id] = row.changedAt }
            versions = versions.filter { $0.value >= mark }
        }
    }
}
