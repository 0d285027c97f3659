package import Kernel

/// The dead jobs of one account: work that failed as often as it may be tried, until somebody looks at it.
package struct AccountJobs: Sendable {
    package struct Entry: Sendable {
        package let id: JobID
        /// Names the kind of work.
        package let queue: String
        package let attempts: Int
        package let createdAt: Instant
        package let error: String?
    }

    private let database: any Database

    package init(database: any Database) { self.database = database }

    /// The oldest `limit`.
    package func dead(of account: AccountID, limit: Int) async throws -> [Entry] {
        try await database.readSystem(.jobs) { transaction in
            try transaction.rows(
                """
                SELECT id, queue, attempts, created_at, last_error FROM platform_job
                WHERE state = 2 AND account_id = \(account) ORDER BY id LIMIT \(limit)
                """
            ) { row in
                Entry(
                    id: try row.id("id"), queue: try row.text("queue"), attempts: try row.int("attempts"),
                    createdAt: try row.instant("created_at"), error: try row.optionalText("last_error"))
            }
        }
    }

    /// Gives a dead job another full set of tries. Its effects are transactions of their own, so nothing happens twice.
    ///
    /// Throws `Problem.notFound`, and `.conflict` when a younger job has taken its work over.
    package func retry(_ id: JobID, of account: AccountID, at now: Instant) async throws {
        guard try await exists(id, account) else { throw Problem.notFound }
        guard try await JobAdministration(database: database).retry(id, at: now) == 1 else {
            throw Problem.conflict("a younger job does this work")
        }
    }

    /// Removes a dead job for good. Throws `Problem.notFound`.
    package func dismiss(_ id: JobID, of account: AccountID) async throws {
        let count = try await database.writeSystem(.jobs) { transaction in
            try transaction.execute("DELETE FROM platform_job WHERE state = 2 AND account_id = \(account) AND id = \(id)")
        }
        guard count == 1 else { throw Problem.notFound }
    }

    private func exists(_ id: JobID, _ account: AccountID) async throws -> Bool {
        try await database.readSystem(.jobs) { transaction in
            try transaction.row("SELECT 1 AS one FROM platform_job WHERE state = 2 AND account_id = \(account) AND id = \(id)") {
                try $0.int("one")
            } != nil
        }
    }
}
