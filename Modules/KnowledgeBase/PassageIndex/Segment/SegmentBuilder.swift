import Kernel

/// Analyses passages into one segment, kept in memory.
struct SegmentBuilder {
    private struct Posting { var term: UInt32, passage: UInt32, impact: UInt8 }

    private let analyzer = Analyzer()
    private var writer = SegmentWriter()
    private var count: UInt32 = 0
    /// Tag and folded word, so that a word is stemmed once.
    private var words = TermTable()
    private var termOfWord: [UInt32] = []
    private var terms = TermTable()
    private var postings: [Posting] = []
    /// By term, within the passage at hand.
    private var frequency: [UInt32] = []
    private var seen: [UInt32] = []
    private var list = TokenList()
    private var key: [UInt8] = []

    mutating func add(_ passage: Passage) {
        seen.removeAll(keepingCapacity: true)
        let length =
            take(passage.title, passage.language, times: UInt32(Impact.titleBoost))
            + take(passage.text, passage.language, times: 1)
        for term in seen {
            let impact = Impact.quantised(frequency: Int(frequency[Int(term)]), length: length)
            postings.append(Posting(term: term, passage: count, impact: impact))
            frequency[Int(term)] = 0
        }
        writer.add(passage.id, of: passage.entry)
        writer.tags |= 1 << UInt32(Analyzer.tag(of: .cyrillic, in: passage.language).rawValue)
        count += 1
    }

    /// Counts the terms of one field and returns its length in tokens.
    private mutating func take(_ text: String, _ language: Language, times: UInt32) -> Int {
        list.removeAll()
        var text = text
        text.withUTF8 { list.append($0) }
        var length = 0
        for token in list.tokens {
            if !token.isWhole { length += 1 }
            let term = self.term(of: token, as: Analyzer.tag(of: token.script, in: language))
            if frequency[term] == 0 { seen.append(UInt32(truncatingIfNeeded: term)) }
            frequency[term] &+= times
        }
        return length
    }

    private mutating func term(of token: Token, as tag: Analyzer.Tag) -> Int {
        key.removeAll(keepingCapacity: true)
        key.append(tag.rawValue)
        list.folded.withUnsafeBufferPointer { key.append(contentsOf: $0[token.form]) }
        let (word, isNew) = key.withUnsafeBytes { words.number(of: $0) }
        if !isNew { return Int(termOfWord[word]) }
        let stem = analyzer.term(of: token, in: list, as: tag)
        let (term, isNewTerm) = stem.withUnsafeBytes { terms.number(of: $0) }
        if isNewTerm { frequency.append(0) }
        termOfWord.append(UInt32(truncatingIfNeeded: term))
        return term
    }

    /// The bytes of the segment of everything added.
    func bytes() -> [UInt8] {
        var writer = writer
        var starts = [Int](repeating: 0, count: terms.count + 1)
        for posting in postings { starts[Int(posting.term) + 1] += 1 }
        for term in 0..<terms.count { starts[term + 1] += starts[term] }
        var ends = starts
        var numbers = [UInt32](repeating: 0, count: postings.count)
        var impacts = [UInt8](repeating: 0, count: postings.count)
        for posting in postings {
            let at = ends[Int(posting.term)]
            (numbers[at], impacts[at]) = (posting.passage, posting.impact)
            ends[Int(posting.term)] += 1
        }
        for term in terms.sorted() {
            let range = starts[term]..<starts[term + 1]
            terms.withBytes(of: term) { writer.add($0, Array(numbers[range]), Array(impacts[range])) }
        }
        return writer.bytes()
    }
}
