import AuditInterface
import ChannelsInterface
import Egress
import Kernel
import Persistence
import Vault
import WebSupport

/// Adding, changing and removing an account's endpoints.
struct WebhookAdministration: Sendable {
    private static let mostEndpoints = 20
    /// In hours.
    static let (usualOverlap, longestOverlap) = (24, 168)

    let database: any Database
    let vault: Vault
    let policy: EgressPolicy
    let audit: any AuditTrail
    let randomness: Randomness
    let time: any TimeSource

    /// An endpoint as its owner sees it.
    struct View: Codable, Sendable {
        let id: WebhookID
        let url: String
        let description: String
        let events: [String]
        let state: String
        /// Why it is disabled: person, gone or failing.
        @Nullable var reason: String?
        /// Nothing was accepted since.
        @Nullable var failingSince: Instant?
        /// How many deliveries wait.
        let pending: Int
        /// Until then the former secret signs too.
        @Nullable var formerSecretUntil: Instant?
        let createdAt: Instant
        /// Only in the answers to adding and rotating.
        var secret: String?
    }

    /// What somebody wants of an endpoint; nil leaves things as they are.
    struct Wish: Codable, Sendable {
        var url: String?
        var description: String?
        var events: [String]?
        /// active or disabled
        var state: String?
    }

    /// A new endpoint with its secret. Throws `Problem.invalid` and `.conflict`.
    func add(_ wish: Wish, by caller: Principal) async throws -> View {
        guard let url = wish.url else { throw Problem.invalid(field: "url", "is missing") }
        guard let events = wish.events else { throw Problem.invalid(field: "events", "is missing") }
        let (account, now, audit, id) = (caller.account, time.now(), audit, WebhookID())
        let settings = WebhookSettings(url: try checked(url: url), secrets: [WebhookSecret(randomness)])
        let row = WebhookEndpoint(
            account: account, id: id, description: try Self.checked(description: wish.description ?? ""),
            settings: try settings.sealed(by: try await vault.accountKey(account), webhook: id, account: account),
            events: try Self.checked(events: events), state: .active, reason: nil, createdAt: now)
        try await database.write(in: account) { transaction in
            let store = WebhookStore(transaction: transaction)
            guard try store.all(of: account).count < Self.mostEndpoints else {
                throw Problem.conflict("An account has at most \(Self.mostEndpoints) webhooks; remove one first.")
            }
            try store.insert(row)
            try transaction.publish(WebhookChanged(webhook: id))
            try audit.append(Self.entry("webhook.added", id, caller.actor, now), in: transaction)
        }
        var view = Self.view(row, settings, pending: 0, at: now)
        view.secret = settings.secrets.first?.text
        return view
    }

    func list(_ account: AccountID) async throws -> [View] {
        let (rows, pending) = try await database.read(in: account) { transaction in
            (
                try WebhookStore(transaction: transaction).all(of: account),
                try WebhookDeliveryStore(transaction: transaction, account: account).pending()
            )
        }
        let key = try await vault.accountKey(account)
        return try rows.map { row in
            let settings = try WebhookSettings.open(row.settings, by: key, webhook: row.id, account: account)
            return Self.view(row, settings, pending: pending[row.id] ?? 0, at: time.now())
        }
    }

    /// Throws `Problem.notFound` and `.invalid`. Enabling an endpoint starts its record anew; what failed before stays failed until replayed.
    func change(_ id: WebhookID, _ wish: Wish, by caller: Principal) async throws -> View {
        let url = try wish.url.map { try checked(url: $0) }
        let description = try wish.description.map { try Self.checked(description: $0) }
        let events = try wish.events.map { try Self.checked(events: $0) }
        let state = try wish.state.map { text in
            guard let state = WebhookEndpoint.State(rawValue: text) else {
                throw Problem.invalid(field: "state", "expected active or disabled")
            }
            return state
        }
        return try await edit(id, by: caller, "webhook.changed") { row, settings, _ in
            row.description = description ?? row.description
            row.events = events ?? row.events
            settings.url = url ?? settings.url
            guard let state, state != row.state else { return }
            (row.state, row.reason) = (state, state == .active ? nil : .person)
            (row.failures, row.failingSince, row.pausedUntil) = (0, nil, nil)
        }
    }

    /// A new secret. The former ones go on signing for `overlap` hours, so that receivers can change theirs in peace.
    func rotate(_ id: WebhookID, overlap: Int, by caller: Principal) async throws -> View {
        guard (0...Self.longestOverlap).contains(overlap) else {
            throw Problem.invalid(field: "overlap_hours", "expected 0 to \(Self.longestOverlap)")
        }
        let fresh = WebhookSecret(randomness)
        var view = try await edit(id, by: caller, "webhook.secret-rotated") { _, settings, now in
            settings.rotate(to: fresh, until: now.advanced(by: .seconds(overlap * 3_600)), at: now)
        }
        view.secret = fresh.text
        return view
    }

    func remove(_ id: WebhookID, by caller: Principal) async throws {
        let (account, audit, now) = (caller.account, audit, time.now())
        try await database.write(in: account) { transaction in
            guard try WebhookStore(transaction: transaction).delete(id, of: account) else { throw Problem.notFound }
            try WebhookDeliveryStore(transaction: transaction, account: account).delete(of: id)
            try transaction.publish(WebhookChanged(webhook: id))
            try audit.append(Self.entry("webhook.removed", id, caller.actor, now), in: transaction)
        }
    }

    private func edit(
        _ id: WebhookID, by caller: Principal, _ action: String,
        _ change: @escaping @Sendable (inout WebhookEndpoint, inout WebhookSettings, Instant) -> Void
    ) async throws -> View {
        let (account, audit, now, key) = (caller.account, audit, time.now(), try await vault.accountKey(caller.account))
        return try await database.write(in: account) { transaction in
            let store = WebhookStore(transaction: transaction)
            guard var row = try store.locked(id, of: account) else { throw Problem.notFound }
            var settings = try WebhookSettings.open(row.settings, by: key, webhook: id, account: account)
            change(&row, &settings, now)
            row.settings = try settings.sealed(by: key, webhook: id, account: account)
            try store.update(row)
            let deliveries = WebhookDeliveryStore(transaction: transaction, account: account)
            if row.state == .disabled {
                try deliveries.giveUp(on: id, at: now)
            } else {
                try WebhookPumpJob.wake(id, in: transaction)
            }
            try transaction.publish(WebhookChanged(webhook: id))
            try audit.append(Self.entry(action, id, caller.actor, now), in: transaction)
            return Self.view(row, settings, pending: try deliveries.pending()[id] ?? 0, at: now)
        }
    }

    private func checked(url: String) throws -> String {
        let wanted = "expected a public address that begins with https://"
        guard url.utf8.count <= 2_048 else { throw Problem.invalid(field: "url", "at most 2048 bytes") }
        if let refusal = policy.refusal(of: url) { throw Problem.invalid(field: "url", "\(wanted) (\(refusal.description))") }
        return url
    }

    private static func checked(description: String) throws -> String {
        guard description.count <= 200, description.unicodeScalars.allSatisfy({ $0.value >= 32 }) else {
            throw Problem.invalid(field: "description", "expected at most 200 characters in one line")
        }
        return description
    }

    private static func checked(events: [String]) throws -> [WebhookEvent] {
        let found = try events.map { name in
            guard let event = WebhookEvent(rawValue: name) else {
                let known = WebhookEvent.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem.invalid(field: "events", "expected some of \(known)")
            }
            return event
        }
        let wanted = WebhookEvent.allCases.filter { found.contains($0) && $0 != .ping }
        guard !wanted.isEmpty else { throw Problem.invalid(field: "events", "expected at least one event") }
        return wanted
    }

    private static func view(_ row: WebhookEndpoint, _ settings: WebhookSettings, pending: Int, at now: Instant) -> View {
        View(
            id: row.id, url: settings.url, description: row.description, events: row.events.map(\.rawValue),
            state: row.state.rawValue, reason: row.reason?.rawValue, failingSince: row.failingSince, pending: pending,
            formerSecretUntil: settings.secrets.dropFirst().compactMap(\.until).filter { $0 > now }.max(),
            createdAt: row.createdAt)
    }

    static func entry(_ action: String, _ id: WebhookID, _ actor: Actor, _ at: Instant, detail: String = "") -> AuditEntry {
        AuditEntry(occurredAt: at, actor: actor, action: action, object: "webhook/\(id)", detail: detail)
    }
}
