import BotEngineInterface
import HTTPTypes
import Kernel
import WebSupport

/// `/api/v1/bot`: the bot's settings, and asking it without side effects.
struct BotRoutes: Sendable {
    let editor: SettingsEditor
    let tryout: any BotTryout
    let time: any TimeSource

    struct Settings: Codable, Sendable {
        let enabled: Bool
        let name: String
        let instructions: String
        let greeting: String
        let languages: [Language]
        let provider: BotSettings.Provider
        @Nullable var baseUrl: String?
        @Nullable var model: String?
        let hasKey: Bool
        @Nullable var temperature: Double?
        let burstWaitMs: Int
        let aiNotice: BotSettings.Notice
        let handoffWords: [String]
        let maxRepliesPerConversation: Int
        let prices: [BotSettings.Price]
    }

    struct Change: Codable, Sendable {
        let enabled: Bool
        let name: String
        let instructions: String
        let greeting: String
        let languages: [Language]
        let provider: BotSettings.Provider
        let baseUrl: String?
        let model: String?
        let temperature: Double?
        let burstWaitMs: Int
        let aiNotice: BotSettings.Notice
        let handoffWords: [String]
        let maxRepliesPerConversation: Int
        /// Absent keeps what is stored.
        let prices: [BotSettings.Price]?
        /// Absent or null keeps the stored key, "" removes it.
        let apiKey: String?
    }

    struct Question: Codable, Sendable {
        let text: String
        let language: Language?
    }

    struct Amount: Codable, Sendable {
        let micros: Int64
        let currency: String
    }

    struct Source: Codable, Sendable {
        let entryId: EntryID
        let version: Int
        let title: String
        let quote: String
        let start: Int
        let end: Int
    }

    struct Answer: Codable, Sendable {
        let outcome: String
        let text: String
        let citations: [Source]
        @Nullable var reason: String?
        @Nullable var blocked: String?
        @Nullable var cost: Amount?
        let latencyMs: Int
    }

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/bot", "The bot's settings", access: .permission(.readBot), response: .of(Settings.self)
            ) { call in
                try .json(Settings(try await editor.current(call.account)))
            },
            Route(
                .put, "/api/v1/bot", "Changes the bot's settings", access: .permission(.writeBot), bodyLimit: 64 << 10,
                audit: .inTransaction, request: .of(Change.self), response: .of(Settings.self), handler: change),
            Route(
                .post, "/api/v1/bot/ask", "What the bot would answer; nothing is sent", access: .permission(.readBot),
                bodyLimit: 32 << 10, request: .of(Question.self), response: .of(Answer.self), handler: ask),
        ]
    }

    private func change(_ call: Call) async throws -> Reply {
        let (body, principal) = (try call.decode(Change.self), try call.principal)
        let stored = try await editor.current(principal.account)
        let draft = body.settings(keeping: stored)
        return try .json(
            Settings(
                try await editor.replace(draft, key: body.apiKey, by: principal.actor, account: principal.account)))
    }

    private func ask(_ call: Call) async throws -> Reply {
        let body = try call.decode(Question.self)
        let start = time.uptime()
        let answer = try await tryout.ask(body.text, language: body.language, account: call.account)
        let latency = Int((time.uptime() - start).wholeMicroseconds / 1_000)
        return try .json(Answer(answer, latencyMs: latency))
    }
}

extension BotRoutes.Settings {
    init(_ settings: BotSettings) {
        self.init(
            enabled: settings.enabled, name: settings.name, instructions: settings.instructions, greeting: settings.greeting,
            languages: settings.languages, provider: settings.provider, baseUrl: settings.baseURL, model: settings.model,
            hasKey: settings.sealedKey != nil, temperature: settings.temperature,
            burstWaitMs: Int(settings.burstWait.wholeMicroseconds / 1_000), aiNotice: settings.notice,
            handoffWords: settings.handOffWords, maxRepliesPerConversation: settings.maxReplies, prices: settings.prices)
    }
}

extension BotRoutes.Change {
    func settings(keeping stored: BotSettings) -> BotSettings {
        var settings = BotSettings()
        settings.enabled = enabled
        (settings.name, settings.instructions, settings.greeting) = (name, instructions, greeting)
        (settings.languages, settings.provider) = (languages, provider)
        settings.baseURL = baseUrl?.isEmpty == true ? nil : baseUrl
        settings.model = model?.isEmpty == true ? nil : model
        settings.temperature = temperature
        settings.burstWait = .milliseconds(burstWaitMs)
        (settings.notice, settings.handOffWords) = (aiNotice, handoffWords)
        settings.maxReplies = maxRepliesPerConversation
        settings.prices = prices ?? stored.prices
        return settings
    }
}

extension BotRoutes.Answer {
    init(_ answer: BotAnswer, latencyMs: Int) {
        self.init(
            outcome: answer.handOff == nil ? "answer" : "handoff", text: answer.text,
            citations: answer.citations.map(BotRoutes.Source.init), reason: answer.handOff?.rawValue, blocked: answer.blocked,
            cost: answer.cost.map { BotRoutes.Amount(micros: $0.micros, currency: $0.currency) }, latencyMs: latencyMs)
    }
}

extension BotRoutes.Source {
    init(_ citation: Citation) {
        self.init(
            entryId: citation.entryID, version: citation.version, title: citation.title, quote: citation.quote,
            start: citation.start, end: citation.end)
    }
}
