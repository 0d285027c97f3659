import Kernel

@testable import PassageIndex

/// A small generator whose numbers depend on the seed alone.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state = state &+ 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}

/// Random texts over a small vocabulary, with frequent and rare words, numbers and codes.
struct Corpus {
    static let words: [(String, Language)] = [
        (
            "диван диваны дивана доставка доставки цена цены стол столы кресло кровать матрас скидка оплата заказ гарантия",
            .russian
        ),
        (
            "sofa sofas delivery price prices table chair bed mattress discount payment order warranty size colour",
            .english
        ),
        ("диван баға бағасы үстел орындық төсек жеткізу төлем тапсырыс кепілдік қала үй балалар кітаптар", .kazakh),
    ]
    static let codes = ["189 000", "5 кг", "AB-12/3", "3-местный", "2024", "10:30", "50"]
    var generator: SeededGenerator

    init(_ seed: UInt64) { generator = SeededGenerator(seed) }

    mutating func text(_ language: Language, words count: Int) -> String {
        let vocabulary = Self.words.first { $0.1 == language }?.0.split(separator: " ").map(String.init) ?? []
        return (0..<count).map { _ in
            if Int.random(in: 0..<12, using: &generator) == 0 {
                return Self.codes.randomElement(using: &generator) ?? ""
            }
            let (a, b) = (
                Int.random(in: 0..<vocabulary.count, using: &generator),
                Int.random(in: 0..<vocabulary.count, using: &generator)
            )
            return vocabulary[min(a, b)]
        }.joined(separator: [" ", ", ", ". "].randomElement(using: &generator) ?? " ")
    }

    mutating func passages(_ count: Int, entries: Int = 20) -> [Passage] {
        (0..<count).map { _ in
            let language = Language.allCases.randomElement(using: &generator) ?? .russian
            return Passage(
                id: Identifier(high: generator.next(), low: generator.next()),
                entry: Identifier(high: 7, low: UInt64.random(in: 0..<UInt64(entries), using: &generator)),
                title: text(language, words: Int.random(in: 0...3, using: &generator)),
                text: text(language, words: Int.random(in: 0...40, using: &generator)), language: language)
        }
    }

    mutating func query() -> String {
        let language = Language.allCases.randomElement(using: &generator) ?? .russian
        return text(language, words: Int.random(in: 1...14, using: &generator)) + " "
            + text(.kazakh, words: Int.random(in: 0...2, using: &generator))
    }
}

/// BM25 worked out passage by passage, without an index.
struct BruteForce {
    private var passages: [(Passage, terms: [[UInt8]: Int], length: Int)] = []
    private let analyzer = Analyzer()

    init(_ passages: [Passage]) {
        var known: [String: [UInt8]] = [:]
        for passage in passages {
            var (terms, length): ([[UInt8]: Int], Int) = ([:], 0)
            for (text, times) in [(passage.title, Impact.titleBoost), (passage.text, 1)] {
                let list = TokenList(text)
                for token in list.tokens {
                    let tag = Analyzer.tag(of: token.script, in: passage.language)
                    let key = "\(tag.rawValue) \(list.form(of: token))"
                    let term = known[key] ?? analyzer.term(of: token, in: list, as: tag)
                    known[key] = term
                    terms[term, default: 0] += times
                    if !token.isWhole { length += 1 }
                }
            }
            self.passages.append((passage, terms, length))
        }
    }

    /// `isLive` says what removal has left; frequencies count removed passages too.
    func search(_ query: String, top: Int, isLive: (Passage) -> Bool = { _ in true }) -> [Hit] {
        let tags = passages.reduce(UInt32(0)) {
            $0 | 1 << UInt32(Analyzer.tag(of: .cyrillic, in: $1.0.language).rawValue)
        }
        let weighted = QueryPlan(query, tags: tags).words.map { word in
            let frequency = passages.count { passage in word.terms.contains { passage.terms[$0] != nil } }
            return (word, Impact.weight(frequency: frequency, count: passages.count, factor: word.factor))
        }
        let scored = passages.compactMap { passage, terms, length -> (Passage, Int32)? in
            guard isLive(passage) else { return nil }
            let score = weighted.reduce(Int32(0)) { sum, word in
                let shares = word.0.terms.map { term in
                    terms[term].map { Int32(Impact.quantised(frequency: $0, length: length)) * word.1 } ?? 0
                }
                return sum + (shares.max() ?? 0)
            }
            return score > 0 ? (passage, score) : nil
        }
        return scored.sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0.id < $1.0.id }.prefix(top).map {
            Hit(passage: $0.0.id, entry: $0.0.entry, score: Double($0.1) / Impact.scale)
        }
    }
}
