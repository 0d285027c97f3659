import Foundation
import Kernel
import Persistence

/// The `bot_settings` table. An account without a row has the defaults.
struct BotSettingsStore {
    let transaction: any SQLTransaction

    static let migration = Migration(
        "bot.1-settings",
        """
        CREATE TABLE bot_settings (
          account_id UUID NOT NULL PRIMARY KEY, enabled SMALLINT NOT NULL, name TEXT NOT NULL, instructions TEXT NOT NULL,
          greeting TEXT NOT NULL, languages TEXT NOT NULL, provider TEXT NOT NULL, base_url TEXT, host TEXT, model TEXT,
          api_key BYTEA, temperature DOUBLE PRECISION, burst_wait_ms BIGINT NOT NULL, notice TEXT NOT NULL,
          handoff_words TEXT NOT NULL, max_replies BIGINT NOT NULL, prices TEXT NOT NULL, updated_at BIGINT NOT NULL
        )
        """)

    static let dataMap: [String: DataClass] = [
        "account_id": .identifier, "enabled": .operational, "name": .business, "instructions": .business,
        "greeting": .business, "languages": .business, "provider": .business, "base_url": .business, "host": .business,
        "model": .business, "api_key": .secret, "temperature": .business, "burst_wait_ms": .business, "notice": .business,
        "handoff_words": .business, "max_replies": .business, "prices": .business, "updated_at": .operational,
    ]

    func select(_ account: AccountID) throws -> BotSettings? {
        try transaction.row("SELECT * FROM bot_settings WHERE account_id = \(account)", BotSettings.init(row:))
    }

    /// How long the bot waits for the end of a burst; nil when it is switched off.
    func burstWait(_ account: AccountID) throws -> Duration? {
        let stored = try transaction.row("SELECT enabled, burst_wait_ms FROM bot_settings WHERE account_id = \(account)") { row in
            try row.bool("enabled") ? Duration.milliseconds(try row.integer("burst_wait_ms")) : nil
        }
        guard let stored else { return BotSettings().enabled ? BotSettings().burstWait : nil }
        return stored
    }

    func save(_ settings: BotSettings, _ account: AccountID, at now: Instant) throws {
        let languages = settings.languages.map(\.rawValue).joined(separator: ",")
        let (notice, words) = (try Self.json(settings.notice), try Self.json(settings.handOffWords))
        let waited = settings.burstWait.wholeMicroseconds / 1_000
        try transaction.execute(
            """
            INSERT INTO bot_settings (account_id, enabled, name, instructions, greeting, languages, provider, base_url, host,
              model, api_key, temperature, burst_wait_ms, notice, handoff_words, max_replies, prices, updated_at)
            VALUES (\(account), \(settings.enabled), \(settings.name), \(settings.instructions), \(settings.greeting),
              \(languages), \(settings.provider.rawValue), \(settings.baseURL), \(settings.host), \(settings.model),
              \(settings.sealedKey), \(settings.temperature), \(waited), \(notice), \(words), \(settings.maxReplies),
              \(try Self.json(settings.prices)), \(now))
            ON CONFLICT (account_id) DO UPDATE SET enabled = excluded.enabled, name = excluded.name,
              instructions = excluded.instructions, greeting = excluded.greeting, languages = excluded.languages,
              provider = excluded.provider, base_url = excluded.base_url, host = excluded.host, model = excluded.model,
              api_key = excluded.api_key, temperature = excluded.temperature, burst_wait_ms = excluded.burst_wait_ms,
              notice = excluded.notice, handoff_words = excluded.handoff_words, max_replies = excluded.max_replies,
              prices = excluded.prices, updated_at = excluded.updated_at
            """)
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

extension BotSettings {
    fileprivate init(row: any SQLRow) throws {
        func decoded<Value: Decodable>(_ column: String, _ type: Value.Type = Value.self) throws -> Value {
            try JSONDecoder().decode(type, from: Data(try row.text(column).utf8))
        }
        self.init()
        enabled = try row.bool("enabled")
        (name, instructions, greeting) = (try row.text("name"), try row.text("instructions"), try row.text("greeting"))
        languages = try row.text("languages").split(separator: ",").compactMap { Language(rawValue: String($0)) }
        provider = try row.choice("provider")
        (baseURL, host, model) = (try row.optionalText("base_url"), try row.optionalText("host"), try row.optionalText("model"))
        sealedKey = try row.optionalBlob("api_key")
        temperature = try row.optionalReal("temperature")
        burstWait = .milliseconds(try row.integer("burst_wait_ms"))
        notice = try decoded("notice")
        handOffWords = try decoded("handoff_words")
        maxReplies = try row.int("max_replies")
        prices = try decoded("prices")
    }
}
