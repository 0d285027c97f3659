import Kernel

/// The `platform_job` table: 0 ready, 1 running, 2 dead. A finished job has no row.
package struct JobStore {
    let transaction: any SQLTransaction

    package static let migrations = [
        Migration(
            "platform.2-jobs",
            """
            CREATE TABLE platform_job (
              account_id UUID NOT NULL, id UUID NOT NULL, queue TEXT NOT NULL, payload TEXT NOT NULL,
              ordering_key TEXT, unique_key TEXT, source_id UUID,
              state SMALLINT NOT NULL DEFAULT 0, priority SMALLINT NOT NULL, run_at BIGINT NOT NULL,
              attempts INTEGER NOT NULL DEFAULT 0, max_attempts INTEGER NOT NULL, fence BIGINT NOT NULL DEFAULT 0,
              lease_owner TEXT, lease_beat BIGINT NOT NULL DEFAULT 0, last_error TEXT, created_at BIGINT NOT NULL,
              PRIMARY KEY (account_id, id)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX platform_job_ready ON platform_job (priority, run_at, id) WHERE state = 0",
            "CREATE INDEX platform_job_dead ON platform_job (id) WHERE state = 2",
            "CREATE INDEX platform_job_order ON platform_job (ordering_key, id) WHERE ordering_key IS NOT NULL AND state < 2",
            // Two claims at once cannot start two jobs of one key, whatever snapshot each of them saw. It also lists the running ones.
            "CREATE UNIQUE INDEX platform_job_running ON platform_job (ordering_key) WHERE state = 1",
            """
            CREATE UNIQUE INDEX platform_job_unique ON platform_job (account_id, queue, unique_key)
              WHERE unique_key IS NOT NULL AND state < 2
            """)
    ]

    /// False when an unfinished job has its unique key.
    func insert(_ job: NewJob) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO platform_job (account_id, id, queue, payload, ordering_key, unique_key, source_id, priority, run_at,
              max_attempts, created_at)
            VALUES (\(job.account), \(job.id), \(job.queue), \(job.payload), \(job.orderingKey), \(job.uniqueKey), \(job.source),
              \(job.priority), \(job.runAt), \(job.maxAttempts), \(job.createdAt))
            ON CONFLICT DO NOTHING
            """) == 1
    }

    /// Inserts the job as one that `owner` runs. Nil when its unique key is taken or an earlier job of its key is unfinished.
    func insertLeased(_ job: NewJob, owner: String) throws -> Job? {
        let inserted = try transaction.execute(
            """
            INSERT INTO platform_job (account_id, id, queue, payload, ordering_key, unique_key, source_id, state, priority, run_at,
              attempts, max_attempts, fence, lease_owner, created_at)
            SELECT \(job.account), \(job.id), \(job.queue), \(job.payload), \(job.orderingKey), \(job.uniqueKey), \(job.source), 1,
              \(job.priority), \(job.runAt), 1, \(job.maxAttempts), 1, \(owner), \(job.createdAt)
            WHERE NOT EXISTS (SELECT 1 FROM platform_job WHERE ordering_key = \(job.orderingKey) AND state < 2)
            ON CONFLICT DO NOTHING
            """)
        guard inserted == 1 else { return nil }
        return Job(
            account: job.account, id: job.id, queue: job.queue, payload: job.payload, attempt: 1, maxAttempts: job.maxAttempts,
            fence: 1, source: job.source, createdAt: job.createdAt)
    }

    /// Whether a job of `queues` is due and ready.
    func hasDue(_ queues: [String], at now: Instant) throws -> Bool {
        guard !queues.isEmpty else { return false }
        return try JobPriority.allCases.contains { priority in
            try transaction.row(
                """
                SELECT 1 AS one FROM platform_job
                WHERE state = 0 AND priority = \(priority) AND run_at <= \(now) AND queue IN (\(list: queues)) LIMIT 1
                """
            ) { try $0.int("one") } != nil
        }
    }

    /// Leases up to `limit` ready jobs of `queues`, the urgent first, each the oldest of its key.
    func claim(_ queues: [String], limit: Int, owner: String, at now: Instant) throws -> [Job] {
        var jobs: [Job] = []
        for priority in JobPriority.allCases where jobs.count < limit && !queues.isEmpty {
            let choice: SQL = """
                SELECT account_id, id FROM platform_job j
                WHERE state = 0 AND priority = \(priority) AND run_at <= \(now) AND queue IN (\(list: queues))
                  AND NOT EXISTS (SELECT 1 FROM platform_job e WHERE e.ordering_key = j.ordering_key
                    AND e.ordering_key IS NOT NULL AND e.state < 2 AND (e.id < j.id OR e.state = 1))
                ORDER BY run_at, id LIMIT \(limit - jobs.count)
                """
            jobs += try transaction.rows(
                """
                WITH chosen AS MATERIALIZED (\(sql: transaction.dialect == .postgres ? skippingLocked(choice) : choice))
                UPDATE platform_job SET state = 1, fence = fence + 1, attempts = attempts + 1, lease_owner = \(owner), lease_beat = 0
                WHERE (account_id, id) IN (SELECT account_id, id FROM chosen)
                RETURNING account_id, id, queue, payload, attempts, max_attempts, fence, source_id, created_at
                """, Job.init(row:))
        }
        return jobs.sorted { $0.id < $1.id }
    }

    private func skippingLocked(_ choice: SQL) -> SQL { choice + " FOR UPDATE SKIP LOCKED" }

    /// Removes the job if this lease still holds; false when it does not.
    func remove(_ job: Job) throws -> Bool {
        try transaction.execute(
            """
            DELETE FROM platform_job
            WHERE account_id = \(job.account) AND id = \(job.id) AND fence = \(job.fence) AND state = 1
            """) == 1
    }

    /// Removes all whose lease still holds, in one statement.
    func remove(_ jobs: [Job]) throws -> Int {
        guard let first = jobs.first else { return 0 }
        var list: SQL = "(\(first.account), \(first.id), \(first.fence))"
        for job in jobs.dropFirst() { list += ", (\(job.account), \(job.id), \(job.fence))" }
        return try transaction.execute(
            "DELETE FROM platform_job WHERE state = 1 AND (account_id, id, fence) IN (VALUES \(sql: list))")
    }

    /// Gives the job back to run at `date`. `counting` is false when the run was no failure.
    func release(_ job: Job, until date: Instant, counting: Bool, error: String?) throws {
        try transaction.execute(
            """
            UPDATE platform_job SET state = 0, run_at = \(date), attempts = attempts - \(counting ? 0 : 1), lease_owner = NULL,
              last_error = \(error)
            WHERE account_id = \(job.account) AND id = \(job.id) AND fence = \(job.fence) AND state = 1
            """)
    }

    func bury(_ job: Job, error: String) throws {
        try transaction.execute(
            """
            UPDATE platform_job SET state = 2, lease_owner = NULL, last_error = \(error)
            WHERE account_id = \(job.account) AND id = \(job.id) AND fence = \(job.fence) AND state = 1
            """)
    }

    /// Shows that `owner` lives.
    func beat(owner: String) throws {
        try transaction.execute("UPDATE platform_job SET lease_beat = lease_beat + 1 WHERE state = 1 AND lease_owner = \(owner)")
    }

    /// The heartbeat of each lease owner: the sum over its jobs changes while it lives.
    func leases() throws -> [(account: AccountID, id: JobID, owner: String, fence: Int64, beat: Int64)] {
        try transaction.rows(
            "SELECT account_id, id, lease_owner, fence, lease_beat FROM platform_job WHERE state = 1"
        ) {
            (
                try $0.id("account_id"), try $0.id("id"), try $0.optionalText("lease_owner") ?? "", try $0.integer("fence"),
                try $0.integer("lease_beat")
            )
        }
    }

    /// Makes a job whose worker is gone ready again. The next lease raises the fence, so the old worker can no longer write.
    func rescue(account: AccountID, id: JobID, fence: Int64, beat: Int64) throws -> Bool {
        try transaction.execute(
            """
            UPDATE platform_job SET state = 0, lease_owner = NULL
            WHERE account_id = \(account) AND id = \(id) AND fence = \(fence) AND lease_beat = \(beat) AND state = 1
            """) == 1
    }

    /// Makes every job of `owner` ready again, when it is certain that the process is gone.
    func rescueAll(of owner: String) throws -> Int {
        try transaction.execute(
            "UPDATE platform_job SET state = 0, lease_owner = NULL WHERE state = 1 AND lease_owner = \(owner)")
    }

    /// When the next job that is not yet due will be.
    func nextRun(after now: Instant) throws -> Instant? {
        try transaction.rows(
            """
            SELECT min(run_at) AS at FROM platform_job WHERE state = 0 AND priority = 0 AND run_at > \(now)
            UNION ALL SELECT min(run_at) FROM platform_job WHERE state = 0 AND priority = 1 AND run_at > \(now)
            UNION ALL SELECT min(run_at) FROM platform_job WHERE state = 0 AND priority = 2 AND run_at > \(now)
            """
        ) { try $0.optionalInstant("at") }.compactMap { $0 }.min()
    }
}

extension Job {
    fileprivate init(row: any SQLRow) throws {
        self.init(
            account: try row.id("account_id"), id: try row.id("id"), queue: try row.text("queue"),
            payload: try row.text("payload"), attempt: try row.int("attempts"), maxAttempts: try row.int("max_attempts"),
            fence: try row.integer("fence"), source: try row.optionalID("source_id"), createdAt: try row.instant("created_at"))
    }
}
