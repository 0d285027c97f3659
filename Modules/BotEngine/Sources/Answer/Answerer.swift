import ConversationsInterface
import Kernel
import KnowledgeBaseInterface

/// Drafts an answer. Whatever it says passes the grounding gate before anybody sees it.
protocol Answerer: Sendable {
    /// Notes every call it makes in `ledger`. Throws `AnswererFailed` when its provider cannot be used now.
    func draft(_ question: BotQuestion, ledger: CallLedger) async throws -> Draft
}

/// What an answerer is asked.
struct BotQuestion: Sendable {
    struct Line: Hashable, Sendable {
        let isCustomer: Bool
        let text: String
        let id: MessageID?
    }

    let account: AccountID
    let text: String
    /// The messages that make up the question.
    let messages: [Line]
    let history: [Line]
    /// What the customer writes about, from outside as their messages are.
    let topic: ConversationTopic?
    let language: Language
    let settings: BotSettings
    /// Whoever asks, as the provider may know them: a hash.
    let asker: String
    let hits: [KnowledgeHit]
    let search: @Sendable (String) async throws -> [KnowledgeHit]
}

/// A text that may be sent once the gate has agreed.
struct Draft: Sendable {
    enum Body: Sendable {
        case answer
        /// A fixed phrase of ours or the owner's, which asserts nothing.
        case fixed
        case handOff(HandOffReason, detail: String)
    }

    var body: Body
    var text = ""
    var citations: [Citation] = []
    /// The text in pieces, each with what it rests on.
    var statements: [Statement] = []

    struct Statement: Sendable {
        let text: String
        /// Texts of the cited passages and tool results.
        let sources: [String]
    }

    static func handOff(_ reason: HandOffReason, _ detail: String) -> Draft { Draft(body: .handOff(reason, detail: detail)) }
}

/// The provider cannot be used; `code` is a short word for the ledger and the hand-off.
struct AnswererFailed: Error, Hashable {
    let code: String
}
