package import Kernel

/// The queue as an operator sees it.
package struct JobAdministration: Sendable {
    package struct Entry: Codable, Sendable {
        package let id: JobID
        package let account: AccountID
        package let queue: String
        package let state: String
        package let attempts: Int
        package let runAt: Instant
        package let error: String?
    }

    private let database: any Database

    package init(database: any Database) { self.database = database }

    /// The oldest `limit` jobs; only dead ones when asked.
    package func list(deadOnly: Bool, limit: Int = 200) async throws -> [Entry] {
        try await database.readSystem(.jobs) { transaction in
            var sql: SQL = "SELECT id, account_id, queue, state, attempts, run_at, last_error FROM platform_job"
            if deadOnly { sql += " WHERE state = 2" }
            sql += " ORDER BY id LIMIT \(limit)"
            return try transaction.rows(sql) { row in
                let states = ["ready", "running", "dead"]
                let state = try row.int("state")
                return Entry(
                    id: try row.id("id"), account: try row.id("account_id"), queue: try row.text("queue"),
                    state: states.indices.contains(state) ? states[state] : "\(state)", attempts: try row.int("attempts"),
                    runAt: try row.instant("run_at"), error: try row.optionalText("last_error"))
            }
        }
    }

    /// Jobs by state, for metrics and `doctor`.
    package func counts() async throws -> (ready: Int, running: Int, dead: Int) {
        try await database.readSystem(.jobs) { transaction in
            let found = try transaction.rows("SELECT state, count(*) AS count FROM platform_job GROUP BY state") {
                (try $0.int("state"), try $0.int("count"))
            }
            let table = Dictionary(found, uniquingKeysWith: +)
            return (table[0] ?? 0, table[1] ?? 0, table[2] ?? 0)
        }
    }

    /// Gives dead jobs another full set of tries; all of them when `id` is nil. Says how many there were.
    ///
    /// A dead job whose unique key a younger unfinished job has taken over stays dead: its work is done there.
    package func retry(_ id: JobID?, at now: Instant) async throws -> Int {
        try await database.writeSystem(.jobs) { transaction in
            var sql: SQL = """
                UPDATE platform_job SET state = 0, attempts = 0, run_at = \(now) WHERE state = 2
                  AND (unique_key IS NULL OR NOT EXISTS (SELECT 1 FROM platform_job other
                    WHERE other.account_id = platform_job.account_id AND other.queue = platform_job.queue
                      AND other.unique_key = platform_job.unique_key
                      AND (other.state < 2 OR other.id > platform_job.id)))
                """
            if let id { sql += " AND id = \(id)" }
            return try transaction.execute(sql)
        }
    }

    /// Frees the leases of a process that is certainly gone, so that a restart does not wait for them to run out.
    package func rescueAll(of owner: String) async throws -> Int {
        try await database.writeSystem(.jobs) { try JobStore(transaction: $0).rescueAll(of: owner) }
    }

    /// The processes that hold leases.
    package func leaseOwners() async throws -> [String] {
        try await database.readSystem(.jobs) { transaction in
            try transaction.rows("SELECT DISTINCT lease_owner FROM platform_job WHERE state = 1 AND lease_owner IS NOT NULL") {
                try $0.text("lease_owner")
            }
        }
    }
}
