package import Kernel

/// The bot of an account, without side effects: for trying it out.
package protocol BotTryout: Sendable {
    /// What the bot would answer to `text` as the first message of a conversation. Sends and stores nothing but the call's ledger row.
    func ask(_ text: String, language: Language?, account: AccountID) async throws -> BotAnswer
}

/// What the bot would do.
package struct BotAnswer: Sendable {
    package let text: String
    package let citations: [Citation]
    /// Set when it would call a person instead of answering.
    package let handOff: HandOffReason?
    /// The sentence that no source supports, when that is the reason.
    package let blocked: String?
    package let cost: Money?

    package init(text: String, citations: [Citation], handOff: HandOffReason?, blocked: String?, cost: Money?) {
        (self.text, self.citations, self.handOff) = (text, citations, handOff)
        (self.blocked, self.cost) = (blocked, cost)
    }
}

/// What a web chat or channel must say about the bot before it speaks.
package protocol BotNotice: Sendable {
    /// The notice that an automated assistant answers; nil when the bot is off.
    func notice(language: Language, account: AccountID) async throws -> String?
}
