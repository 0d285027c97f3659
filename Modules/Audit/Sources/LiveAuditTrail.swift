import AuditInterface
import Kernel
import Persistence

/// The trail kept in the application's own database. An entry whose id is already there is ignored.
struct LiveAuditTrail: AuditTrail {
    let database: any Database

    func append(_ entry: AuditEntry, in transaction: any Transaction) throws {
        try AuditStore(transaction: transaction.sql).insert(entry, into: transaction.scopedAccount)
    }

    func append(_ entry: AuditEntry, account: AccountID) async throws {
        try await database.write(in: account) { try AuditStore(transaction: $0).insert(entry, into: account) }
    }

    /// Throws `Problem.invalid` for a cursor that no page gave out.
    func entries(of account: AccountID, after cursor: String?, limit: Int) async throws -> Page<AuditEntry> {
        let position = try cursor.map { text in
            guard let position = AuditPosition(text) else { throw Problem.invalid(field: "after", "is no cursor of this list") }
            return position
        }
        let size = max(1, limit)
        let found = try await database.read(in: account) { transaction in
            try AuditStore(transaction: transaction).entries(of: account, before: position, limit: size + 1)
        }
        return Page(found, size: size) { AuditPosition($0).description }
    }
}
