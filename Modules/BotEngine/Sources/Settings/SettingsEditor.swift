import AuditInterface
import Egress
import Kernel
import Persistence
import Vault

/// Checks and stores what an administrator wants of the bot.
struct SettingsEditor: Sendable {
    let database: any Database
    let vault: Vault
    let egress: any Egress
    let audit: any AuditTrail
    let cache: SettingsCache
    let time: any TimeSource

    static func sealContext(_ account: AccountID) -> SealContext {
        SealContext(table: "bot_settings", column: "api_key", row: account, account: account)
    }

    func current(_ account: AccountID) async throws -> BotSettings {
        try await database.read(in: account) { try BotSettingsStore(transaction: $0).select(account) } ?? BotSettings()
    }

    /// Replaces the settings. `key`: nil keeps the stored one, "" removes it.
    ///
    /// Throws `Problem.invalid` naming the field. A stored key never follows the address to another host.
    func replace(_ draft: BotSettings, key: String?, by actor: Actor, account: AccountID) async throws -> BotSettings {
        var settings = try await Self.checked(draft, egress: egress, account: account)
        let before = try await current(account)
        settings.sealedKey = before.sealedKey
        if let key {
            settings.sealedKey = key.isEmpty ? nil : try await sealed(key, host: settings.host, account: account)
        } else if before.sealedKey != nil, settings.host != before.host {
            throw Problem.invalid(
                field: "api_key",
                "the stored key belongs to \(before.host ?? "another host"): enter one for the new host or remove it")
        }
        let (result, now) = (settings, time.now())
        let entry = AuditEntry(
            occurredAt: now, actor: actor, action: "bot.settings-changed", object: "bot",
            detail: Self.changes(from: before, to: result, key: key).joined(separator: " "))
        defer { cache.forget(account) }
        try await database.write(in: account) { [audit] transaction in
            try BotSettingsStore(transaction: transaction).save(result, account, at: now)
            try audit.append(entry, in: transaction)
        }
        return result
    }

    private func sealed(_ key: String, host: String?, account: AccountID) async throws -> [UInt8] {
        guard host != nil else { throw Problem.invalid(field: "api_key", "a key needs a base_url to belong to") }
        guard key.utf8.count <= 1_000, key.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            throw Problem.invalid(field: "api_key", "expected at most 1,000 visible ASCII characters")
        }
        return try await vault.accountKey(account).seal(key, as: Self.sealContext(account)).stored
    }

    private static func checked(_ draft: BotSettings, egress: any Egress, account: AccountID) async throws -> BotSettings {
        var settings = draft
        func limit(_ text: String, _ field: String, _ range: ClosedRange<Int>) throws -> String {
            let trimmed = text.trimmingSpaces
            guard range.contains(trimmed.unicodeScalars.count) else {
                throw Problem.invalid(field: field, "expected \(range.lowerBound) to \(range.upperBound) characters")
            }
            return trimmed
        }
        func refuse(_ field: String, _ reason: String) -> Problem { .invalid(field: field, reason) }
        settings.name = try limit(draft.name, "name", 1...80)
        settings.instructions = try limit(draft.instructions, "instructions", 0...8_000)
        settings.greeting = try limit(draft.greeting, "greeting", 0...1_000)
        settings.notice = .init(
            en: try limit(draft.notice.en, "ai_notice.en", 10...500), ru: try limit(draft.notice.ru, "ai_notice.ru", 10...500),
            kk: try limit(draft.notice.kk, "ai_notice.kk", 10...500))
        guard !draft.languages.isEmpty, Set(draft.languages).count == draft.languages.count else {
            throw refuse("languages", "expected each language once, at least one")
        }
        guard draft.handOffWords.count <= 50 else { throw refuse("handoff_words", "expected at most 50") }
        settings.handOffWords = try draft.handOffWords.map { try limit($0, "handoff_words", 2...60) }
        guard draft.burstWait >= .zero, draft.burstWait <= .seconds(15) else {
            throw refuse("burst_wait_ms", "expected 0 to 15000")
        }
        guard (1...1_000).contains(draft.maxReplies) else {
            throw refuse("max_replies_per_conversation", "expected 1 to 1000")
        }
        if let temperature = draft.temperature, !(0...2).contains(temperature) {
            throw refuse("temperature", "expected 0 to 2")
        }
        guard draft.prices.count <= 100,
            draft.prices.allSatisfy({ price in
                (1...200).contains(price.model.utf8.count) && (0...1_000_000_000_000).contains(price.inputPerMillion)
                    && (0...1_000_000_000_000).contains(price.outputPerMillion)
                    && price.currency.utf8.count == 3 && price.currency.utf8.allSatisfy { (65...90).contains($0) }
            })
        else { throw refuse("prices", "expected at most 100 prices with a model, amounts in micros and a three-letter currency") }
        if let model = draft.model { settings.model = try limit(model, "model", 1...200) }
        (settings.baseURL, settings.host) = (nil, nil)
        if let typed = draft.baseURL {
            let address = try ProviderAddress(typed)
            try await address.check(with: egress, account: account)
            (settings.baseURL, settings.host) = (address.text, address.host)
        }
        if settings.provider == .openAICompatible {
            guard settings.baseURL != nil else { throw refuse("base_url", "this provider needs an address") }
            guard settings.model != nil else { throw refuse("model", "this provider needs a model") }
        }
        return settings
    }

    /// The names of the fields that changed: the trail says what was touched, never the texts.
    private static func changes(from old: BotSettings, to new: BotSettings, key: String?) -> [String] {
        let fields: [(String, Bool)] = [
            ("enabled", old.enabled != new.enabled), ("name", old.name != new.name),
            ("instructions", old.instructions != new.instructions), ("greeting", old.greeting != new.greeting),
            ("languages", old.languages != new.languages), ("provider", old.provider != new.provider),
            ("base_url", old.baseURL != new.baseURL), ("model", old.model != new.model), ("api_key", key != nil),
            ("temperature", old.temperature != new.temperature), ("burst_wait_ms", old.burstWait != new.burstWait),
            ("ai_notice", old.notice != new.notice), ("handoff_words", old.handOffWords != new.handOffWords),
            ("max_replies_per_conversation", old.maxReplies != new.maxReplies), ("prices", old.prices != new.prices),
        ]
        return fields.filter(\.1).map(\.0)
    }
}
