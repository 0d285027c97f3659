import AuditInterface
import BillingInterface
import ConversationsInterface
import Kernel
import Logging
import Persistence
import Vault

/// Runs a turn: reads the conversation, decides, and posts the reply or calls a person, in one transaction.
struct TurnRunner: Sendable {
    private static let transcriptLength = 24

    let database: any Database
    let settings: SettingsCache
    let conversations: any BotConversations
    let mind: BotMind
    let usage: any UsageLedger
    let audit: any AuditTrail
    let time: any TimeSource
    let logger: Logger

    func run(_ job: TurnJob, _ context: JobContext) async throws {
        let (account, conversation) = (context.job.account, job.conversation)
        let settings = try await settings.settings(of: account)
        var burst: TurnStore.Burst?
        if settings.burstWait > .zero {
            burst = try await database.read(in: account) { try TurnStore(transaction: $0).burst(conversation) }
            if let burst {
                let left = BurstWait.remaining(burst, wait: settings.burstWait, at: time.now())
                if left > .zero { throw JobDeferred(by: left) }
            }
        }
        let close = Closing(conversation: conversation, seen: burst?.lastAt)
        guard settings.enabled, let state = try await conversations.state(of: conversation, account: account),
            state.owner == .bot, !state.closed
        else { return try await close.quietly(context) }
        let transcript = try await conversations.transcript(
            of: conversation, limit: Self.transcriptLength, account: account)
        guard let question = OpenQuestion(transcript, at: time.now()) else { return try await close.quietly(context) }
        failpoint("bot.plan.after")
        let ledger = CallLedger(
            database: database, usage: usage, account: account, conversation: conversation, trigger: question.trigger,
            time: time)
        let decision = try await decide(question, state, settings, ledger, account)
        try await carryOut(
            Plan(decision: decision, question: question, state: state, settings: settings), ledger, close, context)
    }

    private func decide(
        _ question: OpenQuestion, _ state: ConversationState, _ settings: BotSettings, _ ledger: CallLedger, _ account: AccountID
    ) async throws -> BotMind.Decision {
        guard state.botReplies < settings.maxReplies else { return .handOff(.limit, detail: "replies", blocked: nil) }
        guard !question.text.isEmpty else { return .handOff(.noAnswer, detail: "no text", blocked: nil) }
        let isRemote = settings.provider != .builtin
        if isRemote, try await !usage.allows(.aiCall, quantity: 1, account: account) {
            return .handOff(.limit, detail: "plan", blocked: nil)
        }
        let asked = BotMind.Asked(
            account: account, text: question.text, messages: question.lines.map(Self.line),
            history: question.history.suffix(12).map(Self.line), topic: state.topic,
            language: CustomerLanguage.choose(
                question: question.text, history: question.history, stated: state.language, spoken: settings.languages),
            settings: settings, asker: Self.pseudonym(of: state.contact, account))
        // Without a network the answer is there sooner than the dots would be.
        if isRemote { await conversations.typing(true, in: state.id, account: account) }
        do {
            let decision = try await mind.decide(asked, ledger: ledger)
            if isRemote { await conversations.typing(false, in: state.id, account: account) }
            return decision
        } catch {
            if isRemote { await conversations.typing(false, in: state.id, account: account) }
            throw error
        }
    }

    private struct Plan: Sendable {
        let decision: BotMind.Decision
        let question: OpenQuestion
        let state: ConversationState
        let settings: BotSettings
    }

    private func carryOut(_ plan: Plan, _ ledger: CallLedger, _ close: Closing, _ context: JobContext) async throws {
        let now = time.now()
        let prepared = try await prepared(plan, ledger, at: now, account: context.job.account)
        let entry = Self.auditEntry(plan, ledger, at: now)
        let (conversations, audit) = (conversations, audit)
        failpoint("ai.call.before_commit")
        do {
            try await context.complete { transaction in
                switch plan.decision {
                case .reply: try conversations.post(prepared, in: transaction)
                case .handOff(let reason, _, _): try conversations.handOff(reason, farewell: prepared, in: transaction)
                }
                try ledger.settle(in: transaction, at: now)
                try audit.append(entry, in: transaction)
                try close.end(in: transaction)
            }
        } catch Problem.staleTurn {
            // A person was faster. The calls were made all the same.
            logger.debug("the bot's turn was taken", metadata: ["conversation": "\(plan.state.id)"])
            ledger.mark(.stale)
            try await context.complete { transaction in
                try ledger.settle(in: transaction, at: now)
                try close.end(in: transaction)
            }
        }
    }

    /// What the customer will read, sealed: the answer, or that a person will answer.
    private func prepared(_ plan: Plan, _ ledger: CallLedger, at now: Instant, account: AccountID) async throws -> PreparedReply {
        let language = CustomerLanguage.choose(
            question: plan.question.text, history: plan.question.history, stated: plan.state.language,
            spoken: plan.settings.languages)
        let trigger = plan.question.trigger
        let (id, citations): (MessageID, [Citation])
        var text: String
        switch plan.decision {
        case .reply(let answer, let sources): (id, text, citations) = (ReplyIdentity.reply(to: trigger), answer, sources)
        case .handOff: (id, text, citations) = (ReplyIdentity.farewell(to: trigger), BuiltinPhrases.handOff(language), [])
        }
        if plan.state.botReplies == 0 { text = plan.settings.notice[language] + "\n\n" + text }
        return try await conversations.prepare(
            BotReply(
                id: id, conversation: plan.state.id, fence: plan.state.fence, text: text, citations: citations, cost: ledger.cost,
                at: now), account: account)
    }

    private static func auditEntry(_ plan: Plan, _ ledger: CallLedger, at now: Instant) -> AuditEntry {
        let calls = ledger.callIDs.map(\.description).joined(separator: ",")
        let object = "conversation/\(plan.state.id)"
        switch plan.decision {
        case .reply(_, let citations):
            let sources = citations.map { "\($0.entryID)@\($0.version)" }.joined(separator: ",")
            return AuditEntry(
                occurredAt: now, actor: .bot, action: "bot.replied", object: object, detail: "calls=\(calls) sources=\(sources)")
        case .handOff(let reason, _, _):
            return AuditEntry(
                occurredAt: now, actor: .bot, action: "bot.handed-over", object: object,
                detail: "reason=\(reason.rawValue) calls=\(calls)")
        }
    }

    private static func line(_ line: TranscriptLine) -> BotQuestion.Line {
        BotQuestion.Line(isCustomer: line.author == .customer, text: line.text, id: line.id)
    }

    /// Stable for a customer, meaningless outside.
    private static func pseudonym(of contact: ContactID, _ account: AccountID) -> String {
        "h:" + Digest.sha256(Array("bot.asker".utf8) + account.bytes + contact.bytes).prefix(16).hex
    }
}

/// Forgets the burst that a turn has dealt with.
struct Closing: Sendable {
    let conversation: ConversationID
    let seen: Instant?

    func end(in transaction: any SQLTransaction) throws {
        if let seen { try TurnStore(transaction: transaction).end(conversation, upTo: seen) }
    }

    /// When there is nothing to answer.
    func quietly(_ context: JobContext) async throws {
        guard seen != nil else { return }
        try await context.complete { try end(in: $0) }
    }
}
