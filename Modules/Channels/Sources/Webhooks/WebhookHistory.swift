import AuditInterface
import ChannelsInterface
import Kernel
import Persistence
import Vault
import WebSupport

/// What was sent to endpoints, how it went, and sending it again.
struct WebhookHistory: Sendable {
    let database: any Database
    let vault: Vault
    let audit: any AuditTrail
    let time: any TimeSource

    struct Attempt: Codable, Sendable {
        let number: Int
        let at: Instant
        /// In milliseconds.
        let duration: Int64
        /// The HTTP status.
        @Nullable var code: Int?
        /// Why there was no answer: timeout, unresolved, unreachable, tls, broken, blocked, too_large.
        @Nullable var failure: String?
        /// The first kilobyte of the answer, for eight days; in the view of one delivery alone.
        var answer: String?
    }

    struct Delivery: Codable, Sendable {
        let id: WebhookDeliveryID
        /// As the receiver sees it in `webhook-id`.
        let webhookId: String
        let event: String
        let facts: [String: String]
        let status: String
        @Nullable var nextAt: Instant?
        let occurredAt: Instant
        @Nullable var settledAt: Instant?
        let attempts: [Attempt]
    }

    /// Newest first. Throws `Problem.notFound` for an endpoint that is not there.
    func page(
        of endpoint: WebhookID, status: String?, after cursor: String?, limit: Int, account: AccountID
    ) async throws -> Page<Delivery> {
        let status = try status.map { text in
            guard let status = WebhookDelivery.Status(rawValue: text) else {
                throw Problem.invalid(field: "status", "expected pending, delivered or failed")
            }
            return status
        }
        let last = try cursor.map { text in
            guard let id = WebhookDeliveryID(text) else { throw Problem.invalid(field: "after", "is no cursor of this list") }
            return id
        }
        let (page, attempts) = try await database.read(in: account) { transaction in
            guard try WebhookStore(transaction: transaction).find(endpoint, of: account) != nil else { throw Problem.notFound }
            let store = WebhookDeliveryStore(transaction: transaction, account: account)
            let found = try store.page(of: endpoint, status: status, before: last, limit: limit + 1)
            let page = Page(found, size: limit) { $0.id.description }
            return (page, try store.attempts(of: page.elements.map(\.id)))
        }
        return page.map { Self.view($0, (attempts[$0.id] ?? []).map { Self.view($0, answer: nil) }) }
    }

    /// With what was answered, as far as it may still be read.
    func delivery(_ id: WebhookDeliveryID, account: AccountID) async throws -> Delivery {
        let found = try await database.read(in: account) { transaction -> (WebhookDelivery, [WebhookAttempt])? in
            let store = WebhookDeliveryStore(transaction: transaction, account: account)
            guard let delivery = try store.find(id) else { return nil }
            return (delivery, try store.attempts(of: [id])[id] ?? [])
        }
        guard let (delivery, rows) = found else { throw Problem.notFound }
        var attempts: [Attempt] = []
        for row in rows { attempts.append(Self.view(row, answer: try await answer(row, account))) }
        return Self.view(delivery, attempts)
    }

    /// Sends a test to the endpoint alone.
    func test(_ id: WebhookID, by caller: Principal) async throws -> Delivery {
        let (account, now, audit) = (caller.account, time.now(), audit)
        let made = WebhookDeliveryID()
        try await database.write(in: account) { transaction in
            try Self.requireActive(id, account, transaction)
            let notice = WebhookNotice(.ping, facts: [:], occurredAt: now)
            try WebhookDeliveryStore(transaction: transaction, account: account).insert(made, notice, for: id, at: now)
            try WebhookPumpJob.wake(id, in: transaction)
            try audit.append(WebhookAdministration.entry("webhook.tested", id, caller.actor, now), in: transaction)
        }
        return try await delivery(made, account: account)
    }

    /// Sends it again under its id, with the whole schedule before it. Of one that waits the next try is now.
    func replay(_ id: WebhookDeliveryID, by caller: Principal) async throws -> Delivery {
        let (account, now, audit) = (caller.account, time.now(), audit)
        try await database.write(in: account) { transaction in
            let store = WebhookDeliveryStore(transaction: transaction, account: account)
            guard let delivery = try store.find(id) else { throw Problem.notFound }
            try Self.requireActive(delivery.endpoint, account, transaction)
            try store.replay(id, at: now)
            try WebhookPumpJob.wake(delivery.endpoint, in: transaction)
            try audit.append(
                WebhookAdministration.entry(
                    "webhook.replayed", delivery.endpoint, caller.actor, now, detail: "delivery/\(id)"), in: transaction)
        }
        return try await delivery(id, account: account)
    }

    /// Sends again what failed of all that happened since, and says how many deliveries that are.
    func replayFailed(of id: WebhookID, since: Instant, by caller: Principal) async throws -> Int {
        let (account, now, audit) = (caller.account, time.now(), audit)
        return try await database.write(in: account) { transaction in
            try Self.requireActive(id, account, transaction)
            let count = try WebhookDeliveryStore(transaction: transaction, account: account)
                .replayFailed(of: id, since: since, at: now)
            try WebhookPumpJob.wake(id, in: transaction)
            try audit.append(
                WebhookAdministration.entry("webhook.replayed", id, caller.actor, now, detail: "\(count) deliveries"),
                in: transaction)
            return count
        }
    }

    private static func requireActive(_ id: WebhookID, _ account: AccountID, _ transaction: any SQLTransaction) throws {
        guard let endpoint = try WebhookStore(transaction: transaction).find(id, of: account) else { throw Problem.notFound }
        guard endpoint.state == .active else { throw Problem.conflict("The webhook is disabled; enable it first.") }
    }

    private func answer(_ row: WebhookAttempt, _ account: AccountID) async throws -> String? {
        guard let sealed = row.answer else { return nil }
        let key: SubjectKey?
        do {
            if let person = row.person {
                key = try await vault.existingKey(for: KeyID(sameAs: person), in: account)
            } else {
                key = try await vault.accountKey(account)
            }
        } catch VaultError.keyDestroyed { return nil }
        let place = WebhookAttempt.context(row.delivery, row.number, account)
        return try key.map { String(decoding: try $0.open(Sealed(stored: sealed), as: place), as: UTF8.self) }
    }

    private static func view(_ row: WebhookAttempt, answer: String?) -> Attempt {
        Attempt(
            number: row.number, at: row.at, duration: row.duration, code: row.code, failure: row.failure?.rawValue, answer: answer
        )
    }

    private static func view(_ row: WebhookDelivery, _ attempts: [Attempt]) -> Delivery {
        Delivery(
            id: row.id, webhookId: row.publicID, event: row.notice.event.rawValue, facts: row.notice.facts,
            status: row.status.rawValue, nextAt: row.nextAt, occurredAt: row.notice.occurredAt, settledAt: row.settledAt,
            attempts: attempts)
    }
}
