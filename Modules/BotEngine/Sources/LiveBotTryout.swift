import BillingInterface
import BotEngineInterface
import Kernel
import Persistence

/// Asks the bot without a conversation: nothing is sent and nothing kept but the ledger's rows.
struct LiveBotTryout: BotTryout {
    static let longestQuestion = 4_000

    let database: any Database
    let settings: SettingsCache
    let mind: BotMind
    let usage: any UsageLedger
    let time: any TimeSource

    func ask(_ text: String, language: Language?, account: AccountID) async throws -> BotAnswer {
        let text = text.trimmingSpaces
        guard (1...Self.longestQuestion).contains(text.unicodeScalars.count) else {
            throw Problem.invalid(field: "text", "expected 1 to \(Self.longestQuestion) characters")
        }
        let settings = try await settings.settings(of: account)
        let ledger = CallLedger(
            database: database, usage: usage, account: account, conversation: nil, trigger: nil, time: time)
        let asked = BotMind.Asked(
            account: account, text: text, messages: [.init(isCustomer: true, text: text, id: nil)], history: [],
            language: language
                ?? CustomerLanguage.choose(question: text, history: [], stated: nil, spoken: settings.languages),
            settings: settings, asker: "h:tryout")
        if settings.provider != .builtin, try await !usage.allows(.aiCall, quantity: 1, account: account) {
            return BotAnswer(text: "", citations: [], handOff: .limit, blocked: nil, cost: nil)
        }
        let decision = try await mind.decide(asked, ledger: ledger)
        let cost = ledger.cost
        try await ledger.settle()
        switch decision {
        case .reply(let text, let citations):
            return BotAnswer(text: text, citations: citations, handOff: nil, blocked: nil, cost: cost)
        case .handOff(let reason, _, let blocked):
            return BotAnswer(text: "", citations: [], handOff: reason, blocked: blocked, cost: cost)
        }
    }
}

/// The notice of the settings, in the customer's language.
struct LiveBotNotice: BotNotice {
    let settings: SettingsCache

    func notice(language: Language, account: AccountID) async throws -> String? {
        let settings = try await settings.settings(of: account)
        return settings.enabled ? settings.notice[language] : nil
    }
}
