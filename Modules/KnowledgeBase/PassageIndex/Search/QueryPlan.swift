import Kernel

/// What a query asks of the index: its distinct words, each with the terms that passages of either language hold for
/// it.
///
/// Stop words are left out when at least three other words remain, count a quarter when fewer do, and count in full
/// when there are no others.
struct QueryPlan {
    struct Word {
        /// At most one of them occurs in a passage.
        var terms: [[UInt8]]
        var factor: Double
    }

    /// Longer queries are cut, at the words and at the bytes.
    static let longestQuery = 8_192
    static let mostWords = 64

    private(set) var words: [Word] = []

    init(_ query: String, tags: UInt32) {
        let list = TokenList(query.utf8.count > Self.longestQuery ? String(query.unicodeScalars.prefix(2_048)) : query)
        let stops = list.tokens.map { StopWords.contains(list.form(of: $0)) }
        let content = stops.count { !$0 }
        let analyzer = Analyzer()
        var known: Set<[[UInt8]]> = []
        for (token, isStop) in zip(list.tokens, stops) where words.count < Self.mostWords {
            if isStop, content >= 3 { continue }
            let terms = Self.tags(of: token.script, in: tags).map { analyzer.term(of: token, in: list, as: $0) }
            guard known.insert(terms).inserted else { continue }
            words.append(Word(terms: terms, factor: isStop && content > 0 ? 0.25 : 1))
        }
    }

    private static func tags(of script: Token.Script, in tags: UInt32) -> [Analyzer.Tag] {
        switch script {
        case .number, .other: [.plain]
        case .latin: [.latin]
        case .cyrillic: [.russian, .kazakh].filter { tags & (1 << UInt32($0.rawValue)) != 0 }
        }
    }
}
