import Kernel

/// Work that one process of the installation does each interval.
struct Cron: Sendable {
    let name: String
    let interval: Duration
    let action: @Sendable () async throws -> Void

    static let migration = Migration(
        "platform.3-schedules", "CREATE TABLE platform_schedule (name TEXT PRIMARY KEY, next_at BIGINT NOT NULL)")

    /// True in the one process that may run it now; the next run is set in the same statement.
    ///
    /// A next run further away than two intervals was set before the wall clock was set back; it counts as due. Processes whose
    /// clocks differ by less than an interval still agree.
    func take(_ database: any Database, at now: Instant) async throws -> Bool {
        let (name, next) = (name, now.advanced(by: interval))
        let absurd = next.advanced(by: interval)
        return try await database.writeSystem(.jobs) { transaction in
            try transaction.execute(
                "INSERT INTO platform_schedule (name, next_at) VALUES (\(name), \(now)) ON CONFLICT DO NOTHING")
            return try transaction.execute(
                """
                UPDATE platform_schedule SET next_at = \(next)
                WHERE name = \(name) AND (next_at <= \(now) OR next_at > \(absurd))
                """) == 1
        }
    }
}
