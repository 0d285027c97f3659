package import AuditInterface
package import Kernel
import Synchronization

/// Keeps the lines that committed transactions wrote.
package final class RecordingAuditTrail: AuditTrail {
    package struct Line: Sendable {
        package let account: AccountID?
        package let entry: AuditEntry
    }

    private let recorded = Mutex<[Line]>([])

    package init() {}

    /// In the order in which they were written.
    package var lines: [Line] { recorded.withLock { $0 } }
    package var entries: [AuditEntry] { lines.map(\.entry) }
    package var actions: [String] { entries.map(\.action) }

    package func append(_ entry: AuditEntry, in transaction: any Transaction) throws {
        let line = Line(account: transaction.account, entry: entry)
        transaction.afterCommit { [self] in recorded.withLock { $0.append(line) } }
    }

    package func append(_ entry: AuditEntry, account: AccountID) async throws {
        recorded.withLock { $0.append(Line(account: account, entry: entry)) }
    }

    package func entries(of account: AccountID, after cursor: String?, limit: Int) async throws -> Page<AuditEntry> {
        let newestFirst = lines.filter { $0.account == account }.map(\.entry).sorted { $0.id > $1.id }
        let rest = newestFirst.filter { entry in cursor.map { entry.id.description < $0 } ?? true }
        return Page(Array(rest.prefix(limit + 1)), size: limit) { $0.id.description }
    }
}
