import AuditInterface
import ChannelsInterface
import Kernel
import Logging
import Metrics
import Persistence
import Vault

/// Sends what is due to one endpoint. One at a time for each endpoint in the whole installation.
struct WebhookPumpJob: JobPayload {
    static let queue = "channels.webhook"
    let endpoint: WebhookID

    static func wake(_ endpoint: WebhookID, in transaction: any SQLTransaction, after delay: Duration = .zero) throws {
        try transaction.enqueue(
            WebhookPumpJob(endpoint: endpoint), JobOptions(unique: endpoint.description, delay: delay, priority: .background))
    }
}

/// Starts the pump when a repeated delivery is due. A job of its own, so that a pump that waits does not keep news waiting.
struct WebhookWakeJob: JobPayload {
    static let queue = "channels.webhook-wake"
    let endpoint: WebhookID

    static func wake(_ endpoint: WebhookID, at moment: Instant, now: Instant, in transaction: any SQLTransaction) throws {
        try transaction.enqueue(
            WebhookWakeJob(endpoint: endpoint),
            JobOptions(
                unique: "\(endpoint)/\(moment.microseconds / 1_000_000)", delay: moment.duration(since: now),
                priority: .background))
    }
}

/// Brings deliveries to an endpoint, at least once each, in no promised order.
struct WebhookPump: Sendable {
    /// Deliveries to one endpoint that are under way at once.
    private static let width = 4
    /// Then others have their turn.
    private static let longestRun = Duration.seconds(30)
    /// An endpoint of which nothing was accepted for so long is disabled.
    static let longestFailing = Duration.seconds(5 * 86_400)

    let database: any Database
    let vault: Vault
    let sender: WebhookSender
    let audit: any AuditTrail
    let slots: WebhookSlots
    let randomness: Randomness
    let time: any TimeSource
    let logger: Logger

    func run(_ job: WebhookPumpJob, _ context: JobContext) async throws {
        let (account, id, time) = (context.job.account, job.endpoint, time)
        guard let first = try await endpoint(id, account), first.state == .active else {
            return try await context.complete { _ in }
        }
        let isFailing = first.isFailing
        guard slots.take(isFailing: isFailing) else {
            throw JobDeferred(by: .milliseconds(500 + Int64(randomness.next() % 1_000)))
        }
        defer { slots.giveBack(isFailing: isFailing) }
        try await work(id, account)
        try await context.complete { transaction in
            guard let endpoint = try WebhookStore(transaction: transaction).find(id, of: account), endpoint.state == .active,
                let due = try WebhookDeliveryStore(transaction: transaction, account: account).nextDue(for: id)
            else { return }
            let (now, next) = (time.now(), max(due, endpoint.pausedUntil ?? due))
            if next <= now {
                try WebhookPumpJob.wake(id, in: transaction)
            } else {
                try WebhookWakeJob.wake(id, at: next, now: now, in: transaction)
            }
        }
    }

    private func endpoint(_ id: WebhookID, _ account: AccountID) async throws -> WebhookEndpoint? {
        try await database.read(in: account) { try WebhookStore(transaction: $0).find(id, of: account) }
    }

    private func work(_ id: WebhookID, _ account: AccountID) async throws {
        let end = time.uptime() + Self.longestRun
        while time.uptime() < end {
            let now = time.now()
            let found = try await database.read(in: account) { transaction -> (WebhookEndpoint, [WebhookDelivery])? in
                guard let endpoint = try WebhookStore(transaction: transaction).find(id, of: account), endpoint.state == .active,
                    endpoint.pausedUntil ?? now <= now
                else { return nil }
                return (
                    endpoint,
                    try WebhookDeliveryStore(transaction: transaction, account: account)
                        .due(for: id, at: now, limit: endpoint.isFailing ? 1 : Self.width)
                )
            }
            guard let (endpoint, deliveries) = found, !deliveries.isEmpty else { return }
            let settings = try WebhookSettings.open(
                endpoint.settings, by: try await vault.accountKey(account), webhook: id, account: account)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for delivery in deliveries { group.addTask { try await attempt(delivery, settings) } }
                try await group.waitForAll()
            }
        }
    }

    private func attempt(_ delivery: WebhookDelivery, _ settings: WebhookSettings) async throws {
        let (start, began) = (time.now(), time.uptime())
        let outcome = try await sender.send(delivery, by: settings)
        let attempt = WebhookAttempt(
            delivery: delivery.id, number: delivery.attempts + 1, person: outcome.person, at: start,
            duration: (time.uptime() - began).wholeMicroseconds / 1_000, code: outcome.code, failure: outcome.failure,
            answer: try await seal(outcome, delivery))
        try await settle(delivery, outcome, attempt)
        Counter(
            label: "sevensales_webhook_attempts_total", dimensions: [("outcome", outcome.isSuccess ? "delivered" : "failed")]
        ).increment()
    }

    /// Under the key of whose data was sent; a person who was erased since leaves no answer either.
    private func seal(_ outcome: WebhookSender.Outcome, _ delivery: WebhookDelivery) async throws -> [UInt8]? {
        guard !outcome.answer.isEmpty else { return nil }
        let key: SubjectKey
        if let person = outcome.person {
            do {
                guard let found = try await vault.existingKey(for: KeyID(sameAs: person), in: delivery.account) else {
                    return nil
                }
                key = found
            } catch VaultError.keyDestroyed { return nil }
        } else {
            key = try await vault.accountKey(delivery.account)
        }
        let place = WebhookAttempt.context(delivery.id, delivery.attempts + 1, delivery.account)
        return try key.seal(outcome.answer, as: place).stored
    }

    private func settle(_ delivery: WebhookDelivery, _ outcome: WebhookSender.Outcome, _ attempt: WebhookAttempt) async throws {
        let (account, now, audit) = (delivery.account, time.now(), audit)
        let next = outcome.isSuccess ? nil : nextTry(of: delivery, outcome, now)
        let status: WebhookDelivery.Status = outcome.isSuccess ? .delivered : next == nil ? .failed : .pending
        let disabled = try await database.write(in: account) { transaction -> WebhookEndpoint.Reason? in
            let store = WebhookDeliveryStore(transaction: transaction, account: account)
            guard try store.settle(delivery, status, next: next, at: now) else { return nil }
            try store.insert(attempt)
            failpoint("webhook_out.reschedule")
            let endpoints = WebhookStore(transaction: transaction)
            // A healthy endpoint's row is not touched by each of its deliveries.
            guard let known = try endpoints.find(delivery.endpoint, of: account), !outcome.isSuccess || known.failures > 0,
                var endpoint = try endpoints.locked(delivery.endpoint, of: account), endpoint.state == .active
            else { return nil }
            let reason = endpoint.note(outcome, at: now)
            try endpoints.update(endpoint)
            guard let reason else { return nil }
            try store.giveUp(on: endpoint.id, at: now)
            try transaction.publish(WebhookChanged(webhook: endpoint.id))
            try audit.append(
                AuditEntry(
                    occurredAt: now, actor: .system, action: "webhook.disabled", object: "webhook/\(endpoint.id)",
                    detail: reason.rawValue), in: transaction)
            return reason
        }
        if let disabled {
            logger.notice(
                "an endpoint was disabled", metadata: ["webhook": "\(delivery.endpoint)", "reason": "\(disabled.rawValue)"])
        }
    }

    /// Nil when there is none.
    private func nextTry(of delivery: WebhookDelivery, _ outcome: WebhookSender.Outcome, _ now: Instant) -> Instant? {
        guard delivery.isRepeated, outcome.failure != .tooLarge, outcome.code != 410,
            let delay = WebhookSchedule.delay(after: delivery.tries + 1, randomness)
        else { return nil }
        return now.advanced(by: max(delay, min(outcome.retryAfter ?? .zero, WebhookSchedule.longestPause)))
    }
}

extension WebhookEndpoint {
    /// Keeps what an attempt tells about the endpoint. Says why when it is disabled now.
    fileprivate mutating func note(_ outcome: WebhookSender.Outcome, at now: Instant) -> Reason? {
        guard !outcome.isSuccess else {
            (failures, failingSince, pausedUntil) = (0, nil, nil)
            return nil
        }
        failures += 1
        failingSince = failingSince ?? now
        if let pause = outcome.retryAfter { pausedUntil = now.advanced(by: min(pause, WebhookSchedule.longestPause)) }
        if outcome.code == 410 {
            (state, reason) = (.disabled, .gone)
        } else if let failingSince, now.duration(since: failingSince) >= WebhookPump.longestFailing {
            (state, reason) = (.disabled, .failing)
        }
        return reason
    }
}
