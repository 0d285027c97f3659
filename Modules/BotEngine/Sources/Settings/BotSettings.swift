import Kernel

/// How the bot of one account behaves.
struct BotSettings: Hashable, Sendable {
    enum Provider: String, Codable, Sendable {
        case builtin
        case openAICompatible = "openai_compatible"
    }

    /// What a model's tokens cost, in micros per million tokens.
    struct Price: Codable, Hashable, Sendable {
        let model: String
        let inputPerMillion: Int64
        let outputPerMillion: Int64
        let currency: String
    }

    /// The words of Kazakhstan's AI law: who answers is an automated assistant. One text a language, none may be empty.
    struct Notice: Codable, Hashable, Sendable {
        var en: String
        var ru: String
        var kk: String

        subscript(language: Language) -> String {
            switch language {
            case .english: en
            case .russian: ru
            case .kazakh: kk
            }
        }
    }

    var enabled = true
    var name = "Ассистент"
    var instructions = ""
    var greeting = ""
    /// The bot speaks these; the first one when it cannot tell.
    var languages: [Language] = [.russian, .kazakh, .english]
    var provider = Provider.builtin
    /// Ends in `/v1` or the like, without a trailing slash.
    var baseURL: String?
    /// Lower-case ASCII, without the port: the one place the key may go to.
    var host: String?
    var model: String?
    /// The key, sealed under the account's own.
    var sealedKey: [UInt8]?
    var temperature: Double?
    var burstWait = Duration.milliseconds(2_500)
    var notice = Notice.standard
    var handOffWords = Self.standardHandOffWords
    var maxReplies = 50
    var prices: [Price] = []

    /// The cost of a call, or nil when the model has no price.
    func cost(model: String, tokensIn: Int, tokensOut: Int) -> Money? {
        let price = prices.first { $0.model == model } ?? prices.first { model.hasPrefix($0.model) }
        guard let price else { return nil }
        let micros = Double(tokensIn) * Double(price.inputPerMillion) + Double(tokensOut) * Double(price.outputPerMillion)
        return Int64(exactly: (micros / 1_000_000).rounded(.up)).map { Money(micros: $0, currency: price.currency) }
    }

    static let standardHandOffWords = [
        "оператор", "менеджер", "живой человек", "позовите человека", "соедините с человеком", "human", "operator",
        "real person", "agent", "маман", "адаммен сөйлес", "адам шақыр",
    ]
}

extension BotSettings.Notice {
    static let standard = Self(
        en:
            "An automated assistant (AI) is answering you. It answers from the company's own materials; write “operator” to reach a person.",
        ru:
            "Вам отвечает автоматический помощник (ИИ). Он отвечает по материалам компании; напишите «оператор», чтобы позвать человека.",
        kk:
            "Сізге автоматты көмекші (ЖИ) жауап береді. Ол компания материалдары бойынша жауап береді; адамды шақыру үшін «оператор» деп жазыңыз."
    )
}
