import ChannelsInterface
import Foundation
import Kernel
import Persistence

/// The rows of `channels_webhook_delivery` and `channels_webhook_attempt`.
struct WebhookDeliveryStore {
    let transaction: any SQLTransaction
    let account: AccountID

    /// Queues `notice` for `endpoint`, due at once.
    func insert(_ id: WebhookDeliveryID, _ notice: WebhookNotice, for endpoint: WebhookID, at now: Instant) throws {
        let facts = String(decoding: try JSONEncoder().encode(notice.facts), as: UTF8.self)
        try transaction.execute(
            """
            INSERT INTO channels_webhook_delivery (account_id, id, endpoint_id, event, facts, status, tries, attempts, next_at,
              occurred_at)
            VALUES (\(account), \(id), \(endpoint), \(notice.event.rawValue), \(facts), 'pending', 0, 0, \(now), \(notice.occurredAt))
            """)
    }

    func find(_ id: WebhookDeliveryID) throws -> WebhookDelivery? {
        try transaction.row(
            "SELECT * FROM channels_webhook_delivery WHERE account_id = \(account) AND id = \(id)", WebhookDelivery.init(row:))
    }

    /// Newest first.
    func page(
        of endpoint: WebhookID, status: WebhookDelivery.Status?, before cursor: WebhookDeliveryID?, limit: Int
    ) throws -> [WebhookDelivery] {
        var sql: SQL = "SELECT * FROM channels_webhook_delivery WHERE account_id = \(account) AND endpoint_id = \(endpoint)"
        if let status { sql += " AND status = \(status.rawValue)" }
        if let cursor { sql += " AND id < \(cursor)" }
        return try transaction.rows(sql + " ORDER BY id DESC LIMIT \(limit)", WebhookDelivery.init(row:))
    }

    /// What may be sent now, the longest waiting first.
    func due(for endpoint: WebhookID, at now: Instant, limit: Int) throws -> [WebhookDelivery] {
        try transaction.rows(
            """
            SELECT * FROM channels_webhook_delivery
            WHERE account_id = \(account) AND endpoint_id = \(endpoint) AND status = 'pending' AND next_at <= \(now)
            ORDER BY next_at, id LIMIT \(limit)
            """, WebhookDelivery.init(row:))
    }

    /// When the next delivery of the endpoint is due; nil when none waits.
    func nextDue(for endpoint: WebhookID) throws -> Instant? {
        try transaction.row(
            """
            SELECT min(next_at) AS at FROM channels_webhook_delivery
            WHERE account_id = \(account) AND endpoint_id = \(endpoint) AND status = 'pending'
            """
        ) { try $0.optionalInstant("at") } ?? nil
    }

    /// How many wait, by endpoint.
    func pending() throws -> [WebhookID: Int] {
        try transaction.rows(
            """
            SELECT endpoint_id, count(*) AS count FROM channels_webhook_delivery
            WHERE account_id = \(account) AND status = 'pending' GROUP BY endpoint_id
            """
        ) { (try $0.id("endpoint_id") as WebhookID, try $0.int("count")) }
        .reduce(into: [:]) { $0[$1.0] = $1.1 }
    }

    /// Ends or postpones `delivery` after a try. False when somebody else did, or it was removed.
    func settle(_ delivery: WebhookDelivery, _ status: WebhookDelivery.Status, next: Instant?, at now: Instant) throws -> Bool {
        try transaction.execute(
            """
            UPDATE channels_webhook_delivery SET status = \(status.rawValue), tries = tries + 1, attempts = attempts + 1,
              next_at = \(next), settled_at = \(status == .pending ? nil : now)
            WHERE account_id = \(account) AND id = \(delivery.id) AND status = 'pending' AND attempts = \(delivery.attempts)
            """) == 1
    }

    /// Gives up everything that waits for `endpoint`.
    func giveUp(on endpoint: WebhookID, at now: Instant) throws {
        try transaction.execute(
            """
            UPDATE channels_webhook_delivery SET status = 'failed', next_at = NULL, settled_at = \(now)
            WHERE account_id = \(account) AND endpoint_id = \(endpoint) AND status = 'pending'
            """)
    }

    /// Makes it due now, with ten tries before it; its id stays.
    func replay(_ id: WebhookDeliveryID, at now: Instant) throws {
        try transaction.execute(
            """
            UPDATE channels_webhook_delivery SET status = 'pending', tries = 0, next_at = \(now), settled_at = NULL
            WHERE account_id = \(account) AND id = \(id)
            """)
    }

    /// Replays what failed of what happened since, and says how many there are.
    func replayFailed(of endpoint: WebhookID, since: Instant, at now: Instant) throws -> Int {
        try transaction.execute(
            """
            UPDATE channels_webhook_delivery SET status = 'pending', tries = 0, next_at = \(now), settled_at = NULL
            WHERE account_id = \(account) AND endpoint_id = \(endpoint) AND status = 'failed' AND occurred_at >= \(since)
            """)
    }

    /// Removes all that was to be sent to an endpoint.
    func delete(of endpoint: WebhookID) throws {
        try transaction.execute(
            """
            DELETE FROM channels_webhook_attempt WHERE account_id = \(account) AND delivery_id IN (
              SELECT id FROM channels_webhook_delivery WHERE account_id = \(account) AND endpoint_id = \(endpoint))
            """)
        try transaction.execute(
            "DELETE FROM channels_webhook_delivery WHERE account_id = \(account) AND endpoint_id = \(endpoint)")
    }

    /// `attempt.answer` is sealed.
    func insert(_ attempt: WebhookAttempt) throws {
        try transaction.execute(
            """
            INSERT INTO channels_webhook_attempt (account_id, delivery_id, number, person_id, at, duration, code, failure, answer)
            VALUES (\(account), \(attempt.delivery), \(attempt.number), \(attempt.person), \(attempt.at), \(attempt.duration),
              \(attempt.code), \(attempt.failure?.rawValue), \(attempt.answer))
            """)
    }

    /// The tries of these deliveries, the first first; of each at most the latest fifty.
    func attempts(of deliveries: [WebhookDeliveryID]) throws -> [WebhookDeliveryID: [WebhookAttempt]] {
        guard !deliveries.isEmpty else { return [:] }
        return try transaction.rows(
            """
            SELECT * FROM channels_webhook_attempt WHERE account_id = \(account) AND delivery_id IN (\(list: deliveries))
            ORDER BY delivery_id, number
            """, WebhookAttempt.init(row:)
        ).reduce(into: [:]) { $0[$1.delivery, default: []].append($1) }.mapValues { $0.suffix(50) }
    }
}

/// What concerns every account.
struct WebhookUpkeepStore {
    let transaction: any SQLTransaction

    /// The endpoints with deliveries that are due since `moment`; the thousand that wait longest.
    func overdue(since moment: Instant) throws -> [(account: AccountID, endpoint: WebhookID)] {
        try transaction.rows(
            """
            SELECT account_id, endpoint_id, min(next_at) AS at FROM channels_webhook_delivery
            WHERE status = 'pending' AND next_at <= \(moment) GROUP BY account_id, endpoint_id ORDER BY at LIMIT 1000
            """
        ) { (try $0.id("account_id"), try $0.id("endpoint_id")) }
    }

    func expire(answersBefore answers: Instant, rowsBefore rows: Instant) throws {
        try transaction.execute("UPDATE channels_webhook_attempt SET answer = NULL WHERE at < \(answers) AND answer IS NOT NULL")
        try transaction.execute("DELETE FROM channels_webhook_attempt WHERE at < \(rows)")
        try transaction.execute(
            "DELETE FROM channels_webhook_delivery WHERE occurred_at < \(rows) AND status <> 'pending'")
    }
}

extension WebhookDelivery {
    fileprivate init(row: any SQLRow) throws {
        (account, id, endpoint) = (try row.id("account_id"), try row.id("id"), try row.id("endpoint_id"))
        notice = WebhookNotice(
            try row.choice("event"),
            facts: (try? JSONDecoder().decode([String: String].self, from: Data(try row.text("facts").utf8))) ?? [:],
            occurredAt: try row.instant("occurred_at"))
        (status, tries, attempts) = (try row.choice("status"), try row.int("tries"), try row.int("attempts"))
        (nextAt, settledAt) = (try row.optionalInstant("next_at"), try row.optionalInstant("settled_at"))
    }
}

extension WebhookAttempt {
    fileprivate init(row: any SQLRow) throws {
        (delivery, number, person) = (try row.id("delivery_id"), try row.int("number"), try row.optionalID("person_id"))
        (at, duration) = (try row.instant("at"), try row.integer("duration"))
        code = try row.optionalInteger("code").flatMap(Int.init(exactly:))
        failure = try row.optionalText("failure").flatMap(WebhookFailure.init(rawValue:))
        answer = try row.optionalBlob("answer")
    }
}
