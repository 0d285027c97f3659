import AuditInterface
package import ChannelsInterface
package import Kernel
import Persistence
import PluginHost
import Vault

/// Connecting, changing and removing channels: behind the routes and the command line alike.
package struct ChannelAdministration: Sendable {
    let database: any Database
    let vault: Vault
    let drivers: DriverRegistry
    let channels: OpenChannels
    let exchange: ProviderExchange
    let health: HealthCheck
    let audit: any AuditTrail
    let time: any TimeSource
    let publicURL: String
    /// Lets a kind's plugin try again.
    let release: @Sendable (_ kind: String) throws -> Void

    /// A channel as its owner sees it; secrets are not in it.
    package struct View: Codable, Sendable {
        package let id: ChannelID
        package let kind: String
        package let name: String
        package let mode: String
        package let state: String
        package let problem: String?
        package let webhookPath: String?
        /// Names of the other channels that the provider reaches by the same address: those of the same app.
        package var sharedWith: [String] = []
        package let publicKey: String?
        package let lastInboundAt: Instant?
        package let createdAt: Instant
        package let settings: [String: String]
        package let webChat: WebChatSettings?
        /// Of a web chat: where it last ran.
        package let seen: ChannelCondition.Sighting?
        package let health: Health
        package let plugin: Plugin
        /// Only in the answer to connecting: the secrets that were made up, for whoever registers the webhook by hand.
        package var generated: [String: String]?
    }

    /// How the channel is at its provider, and how its outbox stands.
    package struct Health: Codable, Sendable {
        let state: ChannelCondition.State
        let reason: ChannelCondition.Text?
        /// The plugin's own name of the reason: `signed-out` where signing in helps.
        let code: String?
        let detail: String?
        let checkedAt: Instant?
        let account: ChannelCondition.Account?
        let pending: Int64?
        let waiting: Int, uncertain: Int, failed: Int
        let notices: [ChannelCondition.Notice]

        init(_ condition: ChannelCondition, _ backlog: ChannelBacklog) {
            (state, reason, code, detail) = (condition.state, condition.reason, condition.code, condition.detail)
            (checkedAt, account, pending) = (condition.checkedAt, condition.account, condition.pending)
            (waiting, uncertain, failed) = (backlog.waiting, backlog.uncertain, backlog.failed)
            notices = condition.notices
        }
    }

    /// How the plugin behind the channel is: working, restarting, quarantined, or missing; and how it is loaded, unless it is missing.
    package struct Plugin: Codable, Sendable { let state: String, reason: String?, mode: PluginMode? }

    /// A new channel. Where the plugin names a risk, it must be accepted; the audit trail keeps who did and when. `secret` is the
    /// webhook secret that was made up, for people who register the webhook themselves.
    package func add(
        kind: String, name: String, mode: String?, settings given: [String: String],
        webChat change: WebChatSettings.Change? = nil, riskAccepted: Bool = false,
        by actor: Actor, account: AccountID
    ) async throws -> (view: View, secret: String?) {
        guard let driver = drivers[kind] else {
            throw Problem.invalid(field: "kind", "expected one of \(drivers.descriptions.map(\.kind).joined(separator: ", "))")
        }
        let mode = mode ?? driver.description.modes.first?.rawValue ?? "none"
        guard driver.description.modes.contains(where: { $0.rawValue == mode }) else {
            throw Problem.invalid(
                field: "mode", "expected one of \(driver.description.modes.map(\.rawValue).joined(separator: ", "))")
        }
        let risk = driver.description.risk
        guard risk == nil || riskAccepted else {
            throw Problem.invalid(field: "risk_accepted", "must be true, for whoever knows this: \(risk?.english ?? "")")
        }
        let name = try Self.checkedName(name)
        let relatives = mode == "webhook" ? try await sameApp(driver.description, given, account) : []
        var settings = try Self.fresh(driver.description, sharing: relatives.first?.settings)
        let looks = try Self.merge(given, into: &settings, description: driver.description, isNew: true)
        try settings.change(webChat: change, looks: looks)
        let key = try await vault.accountKey(account)
        let id = ChannelID()
        let row = ChannelRow(
            account: account, id: id, kind: kind, name: name, mode: mode, state: .active,
            settings: try settings.sealed(by: key, channel: id, account: account), createdAt: time.now())
        let (hash, audit) = (Digest.sha256(settings.route), audit)
        try await database.write(in: account) { transaction in
            try ChannelStore(transaction: transaction).insert(row, routeHash: hash)
            if mode == "polling" { try transaction.enqueue(PollJob(channel: id), PollJob.options(id)) }
            try transaction.publish(ChannelChanged(channel: id))
            try audit.append(Self.entry("channel.connected", id, actor, row.createdAt, detail: kind), in: transaction)
            if risk != nil {
                try audit.append(Self.entry("channel.risk-accepted", id, actor, row.createdAt, detail: kind), in: transaction)
            }
        }
        let made = driver.description.settings.filter { $0.isGenerated && $0.isSecret }
        var view = view(row, settings)
        view.sharedWith = relatives.filter { $0.settings.route == settings.route }.map(\.row.name)
        view.generated = made.reduce(into: [:]) { $0[$1.name] = settings.secrets[$1.name] }
        return (view, made.first.flatMap { settings.secrets[$0.name] })
    }

    package func list(_ account: AccountID) async throws -> [View] {
        let weekAgo = time.now().advanced(by: .seconds(-7 * 86_400))
        let (rows, backlogs) = try await database.read(in: account) { transaction in
            let store = ChannelStore(transaction: transaction)
            return (try store.all(of: account), try store.backlogs(of: account, failedSince: weekAgo))
        }
        let key = try await vault.accountKey(account)
        let opened = try rows.map { row in
            (row, try ChannelSettings.open(row.settings, by: key, channel: row.id, account: account))
        }
        let names = Dictionary(grouping: opened, by: \.1.route)
        return opened.map { row, settings in
            var view = view(row, settings, backlogs[row.id] ?? ChannelBacklog())
            view.sharedWith = (names[settings.route] ?? []).filter { $0.0.id != row.id }.map(\.0.name)
            return view
        }
    }

    /// The account's channels that are of the same app at the provider, the oldest first: it has one address for all of them.
    private func sameApp(
        _ description: ChannelDescription, _ given: [String: String], _ account: AccountID
    ) async throws -> [OpenChannel] {
        guard let shared = description.sharedHook, let secret = given[shared.secret], !secret.isEmpty else { return [] }
        let rows = try await database.read(in: account) { try ChannelStore(transaction: $0).all(of: account) }
        var found: [OpenChannel] = []
        for row in rows where row.mode == "webhook" {
            guard let other = drivers[row.kind]?.description.sharedHook, other.family == shared.family else { continue }
            let channel = try await channels.open(row)
            if channel.settings.secrets[other.secret] == secret { found.append(channel) }
        }
        return found
    }

    /// A channel's settings before anybody entered something. One that shares a hook has its address and what was made up to prove it.
    private static func fresh(
        _ description: ChannelDescription, sharing other: ChannelSettings?
    ) throws -> ChannelSettings {
        guard let other else {
            let isWebChat = description.isWebChat
            return ChannelSettings(
                route: try Token(prefix: isWebChat ? ChannelSettings.webChatPrefix : "").text, plain: [:], secrets: [:],
                webChat: isWebChat ? WebChatSettings() : nil)
        }
        let made = description.settings.filter { $0.isGenerated && $0.isVerificationKey }.map(\.name)
        return ChannelSettings(
            route: other.route, plain: [:], secrets: other.secrets.filter { made.contains($0.key) }, webChat: nil)
    }

    func change(
        _ id: ChannelID, name: String?, state: String?, settings given: [String: String]?,
        webChat change: WebChatSettings.Change? = nil, by actor: Actor, account: AccountID
    ) async throws -> View {
        guard let open = try await channels.channel(id, of: account) else { throw Problem.notFound }
        var (row, settings) = (open.row, open.settings)
        if let name { row.name = try Self.checkedName(name) }
        if let state {
            guard state == "active" || state == "paused" else {
                throw Problem.invalid(field: "state", "expected active or paused")
            }
            row.state = state == "active" ? .active : .paused
            row.problem = nil
        }
        if given != nil || change != nil {
            let looks = try Self.merge(given ?? [:], into: &settings, description: open.driver.description, isNew: false)
            try settings.change(webChat: change, looks: looks)
            row.settings = try settings.sealed(by: try await vault.accountKey(account), channel: id, account: account)
        }
        let (changed, audit, now) = (row, audit, time.now())
        try await database.write(in: account) { transaction in
            try ChannelStore(transaction: transaction).update(changed)
            if changed.mode == "polling" { try transaction.enqueue(PollJob(channel: id), PollJob.options(id)) }
            try transaction.publish(ChannelChanged(channel: id))
            try audit.append(Self.entry("channel.changed", id, actor, now), in: transaction)
        }
        channels.forget()
        let weekAgo = now.advanced(by: .seconds(-7 * 86_400))
        let backlogs = try await database.read(in: account) {
            try ChannelStore(transaction: $0).backlogs(of: account, failedSince: weekAgo)
        }
        return view(row, settings, backlogs[id] ?? ChannelBacklog())
    }

    func remove(_ id: ChannelID, by actor: Actor, account: AccountID) async throws {
        let (audit, now) = (audit, time.now())
        try await database.write(in: account) { transaction in
            guard try ChannelStore(transaction: transaction).delete(id, account: account) else { throw Problem.notFound }
            try transaction.publish(ChannelChanged(channel: id))
            try audit.append(Self.entry("channel.removed", id, actor, now), in: transaction)
        }
        channels.forget()
    }

    /// What the provider says about the credentials and the webhook.
    package struct TestResult: Codable, Sendable {
        package let ok: Bool
        package let detail: String
        package let problem: String?
        /// The problem in the reader's languages, where the plugin has words for it.
        package let reason: ChannelCondition.Text?
        /// The plugin's own name of the reason: `signed-out` where signing in helps.
        package let code: String?

        init(ok: Bool, detail: String, problem: String?, reason: ChannelCondition.Text? = nil, code: String? = nil) {
            (self.ok, self.detail, self.problem) = (ok, detail, problem)
            (self.reason, self.code) = (reason, code)
        }
    }

    package func test(_ id: ChannelID, account: AccountID) async throws -> TestResult {
        guard let open = try await channels.channel(id, of: account) else { throw Problem.notFound }
        let (condition, works) = try await health.check(open)
        let name = condition.account.map { $0.username.map { "@" + $0 } ?? $0.name } ?? ""
        let problem =
            condition.state == .healthy ? nil : condition.reason?.en ?? condition.detail ?? "the plugin gave no clear answer"
        return TestResult(
            ok: works, detail: name, problem: problem, reason: problem == nil ? nil : condition.reason,
            code: problem == nil ? nil : condition.code)
    }

    /// Subscribes to the provider's deliveries, or prepares polling.
    package func connect(_ id: ChannelID, account: AccountID) async throws -> TestResult {
        guard let open = try await channels.channel(id, of: account) else { throw Problem.notFound }
        let ending: ProviderExchange.Ending
        do { ending = try await exchange.run(.connect(webhook: open.webhookURL(publicURL)), in: open) } catch let error
            as BlockedAddress
        {
            return TestResult(ok: false, detail: "", problem: error.description)
        }
        switch ending.result {
        case .connected(let connected):
            // What the plugin learnt while connecting serves the check.
            if let fresh = try await channels.channel(id, of: account) { _ = try await health.check(fresh) }
            return TestResult(ok: true, detail: connected.username.map { "@" + $0 } ?? connected.name, problem: nil)
        case .failed(let failure):
            return TestResult(
                ok: false, detail: "", problem: failure.reason.text.english, reason: ChannelCondition.Text(failure.reason.text),
                code: failure.reason.code)
        default: return TestResult(ok: false, detail: "", problem: "the plugin gave no clear answer")
        }
    }

    /// Lets the plugin of the channel try again at once, in every process of the installation. Nothing happens to one that works.
    func releasePlugin(of id: ChannelID, by actor: Actor, account: AccountID) async throws {
        let (audit, now) = (audit, time.now())
        let kind = try await database.write(in: account) { transaction in
            guard let kind = try ChannelStore(transaction: transaction).kind(of: id, in: account) else { throw Problem.notFound }
            try audit.append(Self.entry("channel.plugin-released", id, actor, now, detail: kind), in: transaction)
            return kind
        }
        try release(kind)
    }

    private static func checkedName(_ name: String) throws -> String {
        guard (1...100).contains(name.count), name.unicodeScalars.allSatisfy({ $0.value >= 32 }) else {
            throw Problem.invalid(field: "name", "expected 1 to 100 characters")
        }
        return name
    }

    /// Puts `given` where each field belongs and refuses what the channel has no field for. A web chat's looks are returned.
    private static func merge(
        _ given: [String: String], into settings: inout ChannelSettings, description: ChannelDescription, isNew: Bool
    ) throws -> [String: String] {
        let fields = Dictionary(description.settings.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var looks: [String: String] = [:]
        for (name, value) in given {
            // What was made up stays when a form sends it empty.
            if value.isEmpty, fields[name]?.isGenerated == true { continue }
            guard value.utf8.count <= 4_096 else { throw Problem.invalid(field: "settings.\(name)", "at most 4096 bytes") }
            if let field = fields[name] {
                if field.isSecret { settings.secrets[name] = value } else { settings.plain[name] = value }
                if field.kind == .baseURL, !value.isEmpty, !(value.hasPrefix("https://") || value.hasPrefix("http://")) {
                    throw Problem.invalid(field: "settings.\(name)", "expected an address that begins with https://")
                }
            } else if description.isWebChat, WebChatSettings.lookNames.contains(name) {
                looks[name] = value
            } else {
                throw Problem.invalid(field: "settings.\(name)", "this channel has no such setting")
            }
        }
        for field in description.settings where isNew {
            let value = field.isSecret ? settings.secrets[field.name] : settings.plain[field.name]
            // A form sends what was left empty as "".
            if value?.isEmpty ?? true, field.isGenerated { settings.secrets[field.name] = try Token().text }
            if value?.isEmpty ?? true, field.isRequired, !field.isGenerated {
                throw Problem.invalid(field: "settings.\(field.name)", "is required")
            }
        }
        return looks
    }

    private func view(_ row: ChannelRow, _ settings: ChannelSettings, _ backlog: ChannelBacklog = ChannelBacklog()) -> View {
        View(
            id: row.id, kind: row.kind, name: row.name, mode: row.mode, state: row.state.rawValue,
            problem: row.problem ?? plugin(row.kind).reason,
            webhookPath: row.mode == "webhook" ? "/hooks/\(settings.route)" : nil,
            publicKey: settings.webChat != nil ? settings.route : nil, lastInboundAt: row.lastInboundAt, createdAt: row.createdAt,
            settings: settings.shown, webChat: settings.webChat,
            seen: row.condition.seen, health: Health(row.condition, backlog), plugin: plugin(row.kind))
    }

    private func plugin(_ kind: String) -> Plugin {
        guard let driver = drivers[kind] else {
            return Plugin(state: "missing", reason: PluginOutage.missing(kind, drivers.refusal(of: kind)), mode: nil)
        }
        let (state, reason): (String, String?) =
            switch driver.condition {
            case .working: ("working", nil)
            case .restarting(let reason): ("restarting", "The plugin crashed and starts again: \(reason).")
            case .quarantined(let reason): ("quarantined", "The plugin crashed too often and stays off: \(reason).")
            }
        return Plugin(state: state, reason: reason, mode: driver.mode)
    }

    static func entry(_ action: String, _ id: ChannelID, _ actor: Actor, _ at: Instant, detail: String = "") -> AuditEntry {
        AuditEntry(occurredAt: at, actor: actor, action: action, object: "channel/\(id)", detail: detail)
    }
}
