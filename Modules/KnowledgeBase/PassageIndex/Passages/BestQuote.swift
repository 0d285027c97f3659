import Kernel

/// The sentence, line or table row of a passage that answers a question best.
package struct BestQuote: Hashable, Sendable {
    package let text: String
    /// Where it stands in the passage, in UTF-8 bytes.
    package let utf8: Range<Int>
    /// Where it stands in the passage, in UTF-16 code units.
    package let utf16: Range<Int>
    /// The share of the question's words it holds, weighted by how telling they are, plus up to 1.5 for a number where
    /// the question asks for one; 0 when it has nothing to do with the question.
    package let score: Double

    /// Chooses by the weighted overlap of words; a line that asks itself hands its overlap to the line below. Of equal
    /// lines the first wins.
    ///
    /// - Returns: nil when the passage has no words.
    package init?(answering question: String, in passage: String) {
        self.init(answering: QuoteQuestion(question), in: passage, QuoteLine.all(of: passage))
    }

    /// The same with the question and the passage's lines at hand: a question is asked of many passages, a passage many questions.
    package init?(answering question: QuoteQuestion, in passage: String, _ lines: [QuoteLine]) {
        let scores = question.scores(of: lines)
        guard let top = scores.indices.max(by: { (scores[$0], $1) < (scores[$1], $0) }) else { return nil }
        let range = lines[top].range
        (utf8, score) = (range, scores[top])
        var passage = passage
        let (start, end, quote) = passage.withUTF8 { bytes in
            var offsets = OffsetConverter()
            let bounds = range.clamped(to: 0..<bytes.count)
            let start = offsets.utf16(bounds.lowerBound, in: bytes)
            let end = offsets.utf16(bounds.upperBound, in: bytes)
            return (start, end, String(decoding: bytes[bounds], as: UTF8.self))
        }
        (utf16, text) = (start..<end, quote)
    }
}

/// One quotable line of a passage.
package struct QuoteLine: Sendable {
    let range: Range<Int>
    let words: [String]
    /// The words' terms, in every language.
    let terms: Set<[UInt8]>
    let hasNumber: Bool
    let hasCurrency: Bool
    let isQuestion: Bool

    package static func all(of passage: String) -> [QuoteLine] {
        var passage = passage
        return passage.withUTF8 { all(of: $0) }
    }

    private static func all(of text: UnsafeBufferPointer<UInt8>) -> [QuoteLine] {
        let analyzer = Analyzer()
        return TextLine.all(of: text).flatMap { line -> [Range<Int>] in
            guard line.kind != .blank, line.kind != .ruler else { return [] }
            let content = line.content.dropFirst(TextLine.marker(text, line.content))
            return line.kind == .row
                ? [withoutEdges(text, content.startIndex..<content.endIndex)]
                : SentenceScanner.sentences(text, in: content.startIndex..<content.endIndex)
        }.compactMap { QuoteLine($0, in: text, analyzer) }
    }

    /// A row without the bars around it.
    private static func withoutEdges(_ text: UnsafeBufferPointer<UInt8>, _ row: Range<Int>) -> Range<Int> {
        var (low, high) = (row.lowerBound, row.upperBound)
        while low < high, text[low] == 0x7C || TextLine.isSpace(text[low]) { low += 1 }
        while high > low, text[high - 1] == 0x7C || TextLine.isSpace(text[high - 1]) { high -= 1 }
        return low..<high
    }

    private init?(_ range: Range<Int>, in text: UnsafeBufferPointer<UInt8>, _ analyzer: Analyzer) {
        var list = TokenList()
        list.append(UnsafeBufferPointer(rebasing: text[range]))
        guard !list.tokens.isEmpty else { return nil }
        self.range = range
        words = list.tokens.map { list.form(of: $0) }
        terms = Set(list.tokens.flatMap { analyzer.terms(of: $0, in: list) })
        hasNumber = list.tokens.contains { $0.script == .number }
        let line = String(decoding: text[range], as: UTF8.self)
        hasCurrency = line.unicodeScalars.contains { $0.value > 0x7F ? QuestionAim.isCurrency($0) : $0 == "$" }
        isQuestion = line.hasSuffix("?")
    }
}

/// A question's words, ready to be looked for in lines.
package struct QuoteQuestion: Sendable {
    private var words: [(terms: [[UInt8]], weight: Double)] = []
    private let aim: QuestionAim

    package init(_ question: String) {
        let list = TokenList(String(question.unicodeScalars.prefix(QueryPlan.longestQuery / 4)))
        let analyzer = Analyzer()
        aim = QuestionAim(of: list.tokens.map { list.form(of: $0) })
        var known: Set<[[UInt8]]> = []
        for token in list.tokens.prefix(QueryPlan.mostWords) {
            let (terms, form) = (analyzer.terms(of: token, in: list), list.form(of: token))
            guard known.insert(terms).inserted else { continue }
            let weight =
                StopWords.contains(form) ? 0.1 : QuestionAim.names(form) ? 0.3 : token.script == .number ? 1.5 : 1
            words.append((terms, weight))
        }
    }

    func scores(of lines: [QuoteLine]) -> [Double] {
        let weighted = words.map { word in
            let holders = lines.count { line in word.terms.contains { line.terms.contains($0) } }
            let rarity = Double(lines.count + 1) / Double(holders + 1)
            return (word.terms, word.weight * (0.5 + min(1, rarity / 4)))
        }
        let total = max(weighted.reduce(0) { $0 + $1.1 }, 0.001)
        var scores: [Double] = []
        var handed = 0.0
        for line in lines {
            let overlap =
                weighted.reduce(0) { sum, word in word.0.contains { line.terms.contains($0) } ? sum + word.1 : sum }
                / total
            if line.isQuestion, lines.contains(where: { !$0.isQuestion }) {
                handed = overlap * 0.8
                scores.append(0)
                continue
            }
            let bonus = aim.bonus(words: line.words, hasNumber: line.hasNumber, hasCurrency: line.hasCurrency)
            let length = 1 / (1 + 0.002 * Double(line.range.count))
            scores.append((overlap + handed) * length + bonus * (overlap + handed > 0 ? 1 : 0.25))
            handed = 0
        }
        return scores
    }
}

extension Analyzer {
    /// The terms a word may have, whatever the language of its passage.
    fileprivate func terms(of token: Token, in list: TokenList) -> [[UInt8]] {
        switch token.script {
        case .number, .other: [term(of: token, in: list, as: .plain)]
        case .latin: [term(of: token, in: list, as: .latin)]
        case .cyrillic: [term(of: token, in: list, as: .russian), term(of: token, in: list, as: .kazakh)]
        }
    }
}
