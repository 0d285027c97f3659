import Kernel
import KnowledgeBaseInterface

/// How well a hit answers a question, by the words they share.
///
/// A search score only ranks; it says nothing about whether the best hit is any good, and changes with the size of the
/// collection. So what counts is the share of the question's own words that the passage (or its title) speaks of. A name,
/// a model or a number that is missing decides alone: the price of another sofa is no answer.
struct Evidence: Sendable {
    /// Below it a person is called. Three of five words are enough; one of two is not.
    static let needed = 0.6

    let coverage: Double
    /// The quoted line itself, or the line before it (a question with its answer below), speaks of the subject.
    let isQuoteOnSubject: Bool
    let lacksDecisive: Bool
    let lacksAmount: Bool

    init(_ hit: KnowledgeHit, for question: QuestionWords) {
        let quote = WordMatch.words(of: hit.citation.quote + " " + Self.line(before: hit.citation.quote, in: hit.passage))
        let passage = WordMatch.words(of: hit.passage + " " + hit.citation.title)
        func speaks(_ words: [String], _ word: String) -> Bool { words.contains { WordMatch.areForms($0, word) } }
        let covered = question.content.filter { speaks(passage, $0) || speaks(quote, $0) }
        coverage = question.content.isEmpty ? 0 : Double(covered.count) / Double(question.content.count)
        isQuoteOnSubject = question.content.contains { speaks(quote, $0) }
        lacksDecisive = question.decisive.contains { word in !covered.contains(word) }
        let figures = question.asksPrice ? ClaimScanner.claims(of: hit.citation.quote) : Claims()
        lacksAmount =
            question.asksPrice && figures.figures.isEmpty && figures.ranges.isEmpty
            && !figures.concepts.contains { $0.concept == .free }
    }

    var isEnough: Bool { coverage >= Self.needed && isQuoteOnSubject && !lacksDecisive && !lacksAmount }

    private static func line(before quote: String, in passage: String) -> Substring {
        guard let found = passage.range(of: quote) else { return "" }
        let above = passage[..<found.lowerBound].split(separator: "\n", omittingEmptySubsequences: true)
        return above.last { $0.contains { !$0.isWhitespace } } ?? ""
    }
}

extension String {
    /// Where `part` first stands.
    fileprivate func range(of part: String) -> Range<Index>? { part.isEmpty ? nil : firstRange(of: part) }
}
