import Kernel
import KnowledgeBaseInterface

/// Answers with the exact line of the best passage. Deterministic, without a network: what it can say is what is written.
struct BuiltinAnswerer: Answerer {
    static let name = "builtin"
    private static let mostQuotes = 2

    let time: any TimeSource

    func draft(_ question: BotQuestion, ledger: CallLedger) async throws -> Draft {
        let start = time.uptime()
        let draft = Self.draft(question)
        let id = AICallID()
        // Nothing leaves the process, so there are no segments.
        try ledger.note(
            AICall(
                id: id, at: time.now(), conversation: ledger.conversation, trigger: ledger.trigger, provider: Self.name,
                model: Self.name, region: nil, purpose: "answer", segments: [], redactions: [], toolsOffered: []),
            CallOutcome(id: id, result: .answered, cost: nil, latency: time.uptime() - start))
        return draft
    }

    private static func draft(_ question: BotQuestion) -> Draft {
        if let talk = SmallTalk(question.text) { return smallTalk(talk, question) }
        let confirmation = Confirmation(in: question.text)
        var good = quotable(question.hits, QuestionWords(question.text))
        // Around a question people greet, introduce themselves and say that they want to ask: none of that needs a source.
        if good.isEmpty, let asked = asked(question.text) { good = quotable(question.hits, QuestionWords(asked)) }
        if let confirmation { return confirming(confirmation, good.isEmpty ? question.hits : good, question.language) }
        guard !good.isEmpty else { return .handOff(.noAnswer, question.hits.isEmpty ? "nothing found" : "weak evidence") }
        return quoting(good, question.language)
    }

    /// The last sentence with a question mark, or what follows a politeness and its comma; nil when that is the whole text.
    private static func asked(_ text: String) -> String? {
        let sentences = text.split { $0.isNewline || ".!;:".contains($0) }
        let polite = ["подскажите пожалуйста,", "скажите пожалуйста,", "подскажите,", "скажите,"]
        let lower = text.lowercased()
        if let opening = polite.first(where: { lower.hasPrefix($0) }) { return String(text.dropFirst(opening.count)) }
        guard sentences.count > 1, let question = sentences.last(where: { $0.contains("?") }) else { return nil }
        return String(question)
    }

    private static func smallTalk(_ talk: SmallTalk, _ question: BotQuestion) -> Draft {
        var text = BuiltinPhrases.reply(to: talk, question.language)
        let greeting = question.settings.greeting
        if case .greeting = talk, !greeting.isEmpty, Language(guessing: greeting) == question.language { text = greeting }
        return Draft(body: .fixed, text: text)
    }

    /// The hits whose evidence is enough; a second one only if it is as good and from the same entry.
    private static func quotable(_ hits: [KnowledgeHit], _ words: QuestionWords) -> [KnowledgeHit] {
        let judged = hits.map { ($0, Evidence($0, for: words)) }.filter(\.1.isEnough)
        guard
            let best = judged.enumerated().max(by: { ($0.element.1.coverage, -$0.offset) < ($1.element.1.coverage, -$1.offset) })?
                .element
        else { return [] }
        let others = judged.map(\.0).filter {
            $0.citation.entryID == best.0.citation.entryID && $0.citation.quote != best.0.citation.quote && best.1.coverage == 1
                && Evidence($0, for: words).coverage == 1
        }
        return Array(([best.0] + others).prefix(mostQuotes))
    }

    private static func quoting(_ hits: [KnowledgeHit], _ language: Language) -> Draft {
        let text = BuiltinPhrases.frame(hits.map(\.citation.quote), language)
        return Draft(
            body: .answer, text: text, citations: hits.map(\.citation),
            statements: [.init(text: text, sources: hits.flatMap(sources))])
    }

    /// A customer who names a figure wants it confirmed: the draft confirms it, and the gate decides whether that is so.
    private static func confirming(_ claim: Confirmation, _ hits: [KnowledgeHit], _ language: Language) -> Draft {
        let sentence = BuiltinPhrases.confirmation(of: claim.text, language)
        let (texts, best) = (hits.flatMap(sources), hits.prefix(1))
        var draft = quoting(Array(best), language)
        draft.text = best.isEmpty ? sentence : sentence + "\n" + draft.text
        draft.statements.insert(.init(text: sentence, sources: texts), at: 0)
        return draft
    }

    private static func sources(_ hit: KnowledgeHit) -> [String] { [hit.citation.quote, hit.passage, hit.citation.title] }
}

/// The sentence of a question that names an amount, a share or a factor.
struct Confirmation: Hashable, Sendable {
    /// Without the words of asking: "скидку 80 %" of "А скидку 80 %?".
    let text: String

    init?(in question: String) {
        guard let sentence = SentenceSplitter.sentences(of: question).first(where: { ClaimScanner.claims(of: $0).namesTerms })
        else { return nil }
        var words = sentence.split(separator: " ")
        while let word = words.first, Self.opening.contains(word.lowercased().filter { $0.isLetter }) { words.removeFirst() }
        let stripped = words.joined(separator: " ").trimmingSpaces
        let plain = stripped.reversed().drop { "?!. ".contains($0) }.reversed()
        guard !plain.isEmpty else { return nil }
        text = String(plain)
    }

    private static let opening: Set<String> = [
        "а", "и", "но", "ну", "же", "тогда", "можно", "дайте", "дадите", "сделайте", "сделаете", "есть", "ли", "у", "вас", "мне",
        "будет",
        "правда", "что", "точно", "это", "and", "can", "could", "i", "get", "a", "do", "you", "have", "is", "it", "true", "that",
        "give",
        "me", "so", "then", "what", "about", "сізде", "ал", "маған", "бересіз", "бар",
    ]
}
