import Kernel
import Persistence

/// The rows of `channels_channel`.
struct ChannelStore {
    let transaction: any SQLTransaction

    private static let columns: SQL =
        "account_id, id, kind, name, mode, state, problem, settings, memory, condition, last_inbound_at, created_at"

    func insert(_ channel: ChannelRow, routeHash: [UInt8]) throws {
        try transaction.execute(
            """
            INSERT INTO channels_channel (account_id, id, kind, name, mode, state, problem, route_hash, settings, memory, created_at)
            VALUES (\(channel.account), \(channel.id), \(channel.kind), \(channel.name), \(channel.mode), \(channel.state.rawValue),
              \(channel.problem), \(routeHash), \(channel.settings), \(channel.memory), \(channel.createdAt))
            """)
    }

    func find(_ id: ChannelID, of account: AccountID) throws -> ChannelRow? {
        try transaction.row(
            "SELECT \(sql: Self.columns) FROM channels_channel WHERE account_id = \(account) AND id = \(id)",
            ChannelRow.init(row:))
    }

    func kind(of id: ChannelID, in account: AccountID) throws -> String? {
        try transaction.row("SELECT kind FROM channels_channel WHERE account_id = \(account) AND id = \(id)") {
            try $0.text("kind")
        }
    }

    /// The oldest first; several where the channels of one app share a hook.
    func find(routeHash: [UInt8]) throws -> [ChannelRow] {
        try transaction.rows(
            "SELECT \(sql: Self.columns) FROM channels_channel WHERE route_hash = \(routeHash) ORDER BY id",
            ChannelRow.init(row:))
    }

    func all(of account: AccountID) throws -> [ChannelRow] {
        try transaction.rows(
            "SELECT \(sql: Self.columns) FROM channels_channel WHERE account_id = \(account) ORDER BY id", ChannelRow.init(row:))
    }

    func update(_ channel: ChannelRow) throws {
        try transaction.execute(
            """
            UPDATE channels_channel SET name = \(channel.name), mode = \(channel.mode), state = \(channel.state.rawValue),
              problem = \(channel.problem), settings = \(channel.settings)
            WHERE account_id = \(channel.account) AND id = \(channel.id)
            """)
    }

    func set(problem: String?, state: ChannelRow.State, of id: ChannelID, account: AccountID) throws {
        try transaction.execute(
            """
            UPDATE channels_channel SET problem = \(problem), state = \(state.rawValue)
            WHERE account_id = \(account) AND id = \(id) AND state <> 'paused'
            """)
    }

    /// What is remembered, empty when nothing; nil without such a channel. The row stays locked until the transaction ends.
    func lockedMemory(of id: ChannelID, account: AccountID) throws -> [UInt8]? {
        try transaction.execute("UPDATE channels_channel SET memory = memory WHERE account_id = \(account) AND id = \(id)")
        return try transaction.row("SELECT memory FROM channels_channel WHERE account_id = \(account) AND id = \(id)") {
            try $0.optionalBlob("memory") ?? []
        }
    }

    func set(memory: [UInt8], of id: ChannelID, account: AccountID) throws {
        try transaction.execute("UPDATE channels_channel SET memory = \(memory) WHERE account_id = \(account) AND id = \(id)")
    }

    /// What is known of its health; nil without such a channel. The row stays locked until the transaction ends.
    func lockedCondition(of id: ChannelID, account: AccountID) throws -> ChannelCondition? {
        try transaction.execute("UPDATE channels_channel SET condition = condition WHERE account_id = \(account) AND id = \(id)")
        return try transaction.row("SELECT condition FROM channels_channel WHERE account_id = \(account) AND id = \(id)") {
            ChannelCondition(stored: try $0.optionalText("condition"))
        }
    }

    func set(condition: ChannelCondition, of id: ChannelID, account: AccountID) throws {
        try transaction.execute(
            "UPDATE channels_channel SET condition = \(try condition.stored()) WHERE account_id = \(account) AND id = \(id)")
    }

    /// The channels of all accounts that have a provider to ask, some at a time.
    func withProvider(after cursor: ChannelID?, limit: Int) throws -> [(account: AccountID, id: ChannelID)] {
        var sql: SQL = "SELECT account_id, id FROM channels_channel WHERE mode <> 'none' AND state <> 'paused'"
        if let cursor { sql += " AND id > \(cursor)" }
        return try transaction.rows(sql + " ORDER BY id LIMIT \(limit)") { (try $0.id("account_id"), try $0.id("id")) }
    }

    /// Of all accounts; the thousand oldest are enough to be told live.
    func all(ofKind kind: String) throws -> [(account: AccountID, id: ChannelID)] {
        try transaction.rows("SELECT account_id, id FROM channels_channel WHERE kind = \(kind) ORDER BY id LIMIT 1000") {
            (try $0.id("account_id"), try $0.id("id"))
        }
    }

    /// Messages on their way, of uncertain end, and failed in the last week, by channel.
    func backlogs(of account: AccountID, failedSince limit: Instant) throws -> [ChannelID: ChannelBacklog] {
        try transaction.rows(
            """
            SELECT channel_id, status, count(*) AS count FROM channels_outbound
            WHERE account_id = \(account) AND status <> 'sent' AND (status <> 'failed' OR changed_at > \(limit))
            GROUP BY channel_id, status
            """
        ) { (try $0.id("channel_id") as ChannelID, try $0.choice("status") as DeliveryStatus, try $0.int("count")) }
        .reduce(into: [:]) { found, row in
            var backlog = found[row.0] ?? ChannelBacklog()
            switch row.1 {
            case .uncertain: backlog.uncertain += row.2
            case .failed: backlog.failed += row.2
            default: backlog.waiting += row.2
            }
            found[row.0] = backlog
        }
    }

    func touch(_ id: ChannelID, account: AccountID, at now: Instant) throws {
        try transaction.execute(
            "UPDATE channels_channel SET last_inbound_at = \(now) WHERE account_id = \(account) AND id = \(id)")
    }

    func delete(_ id: ChannelID, account: AccountID) throws -> Bool {
        try SignInStore(transaction: transaction).delete(id, account: account)
        try transaction.execute("DELETE FROM channels_turn WHERE account_id = \(account) AND channel_id = \(id)")
        return try transaction.execute("DELETE FROM channels_channel WHERE account_id = \(account) AND id = \(id)") == 1
    }
}

/// How much of a channel's outbox is not at its end.
struct ChannelBacklog: Sendable {
    var waiting = 0, uncertain = 0, failed = 0
}

/// A channel as it is stored.
struct ChannelRow: Sendable {
    enum State: String, Sendable {
        case active, paused
        /// It needs a person: new credentials, most often.
        case failed
    }

    let account: AccountID
    let id: ChannelID
    let kind: String
    var name: String
    var mode: String
    var state: State
    var problem: String?
    /// Sealed `ChannelSettings`.
    var settings: [UInt8]
    /// Sealed: what the plugin asked to remember.
    var memory: [UInt8]?
    private var storedCondition: String?
    var lastInboundAt: Instant?
    let createdAt: Instant

    /// Read when it is asked for: most who read a row want to send.
    var condition: ChannelCondition { ChannelCondition(stored: storedCondition) }

    fileprivate init(row: any SQLRow) throws {
        (account, id, kind) = (try row.id("account_id"), try row.id("id"), try row.text("kind"))
        (name, mode, state) = (try row.text("name"), try row.text("mode"), try row.choice("state"))
        (problem, settings, memory) = (try row.optionalText("problem"), try row.blob("settings"), try row.optionalBlob("memory"))
        storedCondition = try row.optionalText("condition")
        (lastInboundAt, createdAt) = (try row.optionalInstant("last_inbound_at"), try row.instant("created_at"))
    }

    init(
        account: AccountID, id: ChannelID, kind: String, name: String, mode: String, state: State, settings: [UInt8],
        createdAt: Instant
    ) {
        (self.account, self.id, self.kind, self.name, self.mode) = (account, id, kind, name, mode)
        (self.state, self.settings, self.createdAt) = (state, settings, createdAt)
    }
}
