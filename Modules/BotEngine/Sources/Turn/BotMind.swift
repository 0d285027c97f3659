import ConversationsInterface
import Kernel
import KnowledgeBaseInterface

/// From a question to what the bot will do about it: the part that a turn and a try-out share.
struct BotMind: Sendable {
    static let passages = 5

    let knowledge: any KnowledgeSearch
    let builtin: any Answerer
    let provider: any Answerer

    enum Decision: Sendable {
        case reply(text: String, citations: [Citation])
        case handOff(HandOffReason, detail: String, blocked: String?)
    }

    func decide(_ asked: Asked, ledger: CallLedger) async throws -> Decision {
        let settings = asked.settings
        if HandOffWords(settings.handOffWords).occur(in: asked.text) {
            return .handOff(.askedForHuman, detail: "", blocked: nil)
        }
        let (knowledge, account) = (knowledge, asked.account)
        let search: @Sendable (String) async throws -> [KnowledgeHit] = {
            try await knowledge.search($0, top: Self.passages, account: account)
        }
        let answerer = settings.provider == .builtin ? builtin : provider
        // Greetings and thanks need no search.
        let hits: [KnowledgeHit]
        if settings.provider == .builtin {
            hits = SmallTalk(asked.text) != nil ? [] : try await search(asked.text)
        } else {
            // "Is it still for sale?" names nothing: what they write about does.
            hits = try await search(asked.topic.map { asked.text + "\n" + $0.title } ?? asked.text)
        }
        let question = BotQuestion(
            account: account, text: asked.text, messages: asked.messages, history: asked.history, topic: asked.topic,
            language: asked.language, settings: settings, asker: asked.asker, hits: hits, search: search)
        do {
            return judge(try await answerer.draft(question, ledger: ledger), ledger)
        } catch let failure as AnswererFailed {
            return .handOff(failure.code == "limit" ? .limit : .providerFailed, detail: failure.code, blocked: nil)
        }
    }

    private func judge(_ draft: Draft, _ ledger: CallLedger) -> Decision {
        switch draft.body {
        case .handOff(let reason, let detail):
            ledger.mark(.handedOver, detail: reason.rawValue)
            return .handOff(reason, detail: detail, blocked: nil)
        case .fixed:
            ledger.mark(.answered)
            return .reply(text: draft.text, citations: [])
        case .answer:
            if let blocked = GroundingGate().firstUnsupported(in: draft.statements) {
                ledger.mark(.blocked, detail: HandOffReason.unsupportedClaim.rawValue)
                return .handOff(.unsupportedClaim, detail: blocked.claim, blocked: blocked.sentence)
            }
            ledger.mark(.answered)
            return .reply(text: draft.text, citations: draft.citations)
        }
    }

    /// What is asked, before anything was looked up.
    struct Asked: Sendable {
        let account: AccountID
        let text: String
        let messages: [BotQuestion.Line]
        let history: [BotQuestion.Line]
        var topic: ConversationTopic?
        let language: Language
        let settings: BotSettings
        let asker: String
    }
}
