import ChannelsInterface
import Kernel
import Persistence

/// An endpoint as it is stored.
struct WebhookEndpoint: Sendable {
    enum State: String, Sendable { case active, disabled }
    /// Why it is disabled.
    enum Reason: String, Sendable {
        /// Somebody of the company switched it off.
        case person
        /// It answered 410: it wants no more.
        case gone
        /// Every delivery of five days failed.
        case failing
    }

    let account: AccountID
    let id: WebhookID
    var description: String
    /// Sealed `WebhookSettings`.
    var settings: [UInt8]
    var events: [WebhookEvent]
    var state: State
    var reason: Reason?
    /// In a row.
    var failures = 0
    var failingSince: Instant?
    /// It asked to be left alone until then.
    var pausedUntil: Instant?
    let createdAt: Instant

    /// After so many failures in a row its deliveries go one at a time, in the places kept for such endpoints.
    var isFailing: Bool { failures >= 3 }
}

/// The rows of `channels_webhook`.
struct WebhookStore {
    let transaction: any SQLTransaction

    func insert(_ row: WebhookEndpoint) throws {
        try transaction.execute(
            """
            INSERT INTO channels_webhook (account_id, id, description, settings, events, state, failures, created_at)
            VALUES (\(row.account), \(row.id), \(row.description), \(row.settings), \(Self.text(row.events)), \(row.state.rawValue), 0,
              \(row.createdAt))
            """)
    }

    func find(_ id: WebhookID, of account: AccountID) throws -> WebhookEndpoint? {
        try transaction.row(
            "SELECT * FROM channels_webhook WHERE account_id = \(account) AND id = \(id)", WebhookEndpoint.init(row:))
    }

    /// As `find`; the row stays locked until the transaction ends.
    func locked(_ id: WebhookID, of account: AccountID) throws -> WebhookEndpoint? {
        try transaction.execute("UPDATE channels_webhook SET state = state WHERE account_id = \(account) AND id = \(id)")
        return try find(id, of: account)
    }

    func all(of account: AccountID) throws -> [WebhookEndpoint] {
        try transaction.rows(
            "SELECT * FROM channels_webhook WHERE account_id = \(account) ORDER BY id", WebhookEndpoint.init(row:))
    }

    /// The enabled ones that want to hear of `event`.
    func subscribers(to event: WebhookEvent, of account: AccountID) throws -> [WebhookID] {
        try transaction.rows(
            "SELECT id, events FROM channels_webhook WHERE account_id = \(account) AND state = 'active' ORDER BY id"
        ) { (try $0.id("id") as WebhookID, try $0.text("events")) }
        .filter { Self.events($0.1).contains(event) }.map(\.0)
    }

    /// Writes everything that changes in an endpoint's life.
    func update(_ row: WebhookEndpoint) throws {
        try transaction.execute(
            """
            UPDATE channels_webhook SET description = \(row.description), settings = \(row.settings),
              events = \(Self.text(row.events)), state = \(row.state.rawValue), reason = \(row.reason?.rawValue),
              failures = \(row.failures), failing_since = \(row.failingSince), paused_until = \(row.pausedUntil)
            WHERE account_id = \(row.account) AND id = \(row.id)
            """)
    }

    func delete(_ id: WebhookID, of account: AccountID) throws -> Bool {
        try transaction.execute("DELETE FROM channels_webhook WHERE account_id = \(account) AND id = \(id)") == 1
    }

    private static func text(_ events: [WebhookEvent]) -> String { events.map(\.rawValue).joined(separator: " ") }

    fileprivate static func events(_ text: String) -> [WebhookEvent] {
        text.split(separator: " ").compactMap { WebhookEvent(rawValue: String($0)) }
    }
}

extension WebhookEndpoint {
    fileprivate init(row: any SQLRow) throws {
        (account, id, description) = (try row.id("account_id"), try row.id("id"), try row.text("description"))
        (settings, events) = (try row.blob("settings"), WebhookStore.events(try row.text("events")))
        (state, reason) = (try row.choice("state"), try row.optionalText("reason").flatMap(Reason.init(rawValue:)))
        (failures, failingSince) = (try row.int("failures"), try row.optionalInstant("failing_since"))
        (pausedUntil, createdAt) = (try row.optionalInstant("paused_until"), try row.instant("created_at"))
    }
}
