import Glibc
import Kernel
import PassageIndex

/// Texts that look like a shop's: Zipfian words with endings, function words, prices; a third English. The seed decides
/// all.
struct SyntheticCorpus {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &+ 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return z ^ z >> 31
        }
    }

    private struct Tongue {
        var language: Language
        var function: [String]
        var stems: [String]
        var endings: [String]
    }

    private static let onsets = "б в г д з к л м н п р с т ст пр кр гр тр сл пл х ч ш".split(separator: " ").map(
        String.init)
    private static let vowels = "а о е и у а о е я".split(separator: " ").map(String.init)
    private static let codas = "к н р т л в м с ст нк рт д ж".split(separator: " ").map(String.init)
    private static let latin: [Character: String] = [
        "б": "b", "в": "v", "г": "g", "д": "d", "з": "z", "к": "k", "л": "l", "м": "m", "н": "n", "п": "p", "р": "r",
        "с": "s", "т": "t", "х": "h", "ч": "ch", "ш": "sh", "а": "a", "о": "o", "е": "e", "и": "i", "у": "u", "я": "ia",
        "ж": "j",
    ]

    private var generator: Generator
    private let tongues: [Tongue]
    private var entry = Identifier<EntrySubject>()

    init(seed: UInt64) {
        var generator = Generator(state: seed)
        let stems = (0..<60_000).map { _ in
            let syllables = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                Self.pick(Self.onsets, &generator) + Self.pick(Self.vowels, &generator)
            }
            return syllables.joined() + Self.pick(Self.codas, &generator)
        }
        tongues = [
            Tongue(
                language: .russian,
                function: "и в не на с что по как для из у это за от мы вы к до при или если можно есть так же".split(
                    separator: " "
                ).map(String.init),
                stems: stems,
                endings: [
                    "", "а", "у", "ом", "е", "ы", "ов", "ами", "ах", "ный", "ная", "ного", "ить", "ит", "ают", "ка",
                    "ки", "ость",
                ]),
            Tongue(
                language: .english,
                function: "the of and to a in is for on that with as are it you or if can be your".split(separator: " ")
                    .map(String.init),
                stems: stems.map { $0.map { Self.latin[$0] ?? "" }.joined() },
                endings: ["", "", "", "s", "ing", "ed", "er", "ly"]),
        ]
        self.generator = generator
    }

    mutating func passage() -> Passage {
        let tongue = tongues[Int.random(in: 0..<3, using: &generator) == 0 ? 1 : 0]
        if Int.random(in: 0..<4, using: &generator) == 0 { entry = Identifier() }
        let length = Int.random(in: 50...130, using: &generator)
        let title = (0..<3).map { _ in content(tongue) }.joined(separator: " ")
        var text = ""
        for position in 0..<length {
            text += position == 0 ? "" : position % 11 == 0 ? ". " : " "
            text += word(tongue)
        }
        return Passage(id: Identifier(), entry: entry, title: title, text: text + ".", language: tongue.language)
    }

    /// A long natural question: function words, frequent words, and words of one passage.
    mutating func question(about passages: [Passage]) -> String {
        let passage = passages[Int.random(in: 0..<passages.count, using: &generator)]
        let tongue = passage.language == .english ? tongues[1] : tongues[0]
        let words = passage.text.split(whereSeparator: { $0 == " " || $0 == "." })
        let count = Int.random(in: 12...20, using: &generator)
        return (0..<count).map { _ in
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<3: Self.pick(tongue.function, &generator)
            case 3..<6: content(tongue)
            default: words.isEmpty ? "" : String(words[Int.random(in: 0..<words.count, using: &generator)])
            }
        }.joined(separator: " ") + "?"
    }

    private mutating func word(_ tongue: Tongue) -> String {
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<6: Self.pick(tongue.function, &generator)
        case 6: "\(Int.random(in: 1...999, using: &generator)) 000"
        default: content(tongue)
        }
    }

    /// Rank r with a probability that falls as 1/r.
    private mutating func content(_ tongue: Tongue) -> String {
        let share = Double.random(in: 0..<1, using: &generator)
        let rank = Int(pow(Double(tongue.stems.count), share)) - 1
        return tongue.stems[max(0, min(tongue.stems.count - 1, rank))] + Self.pick(tongue.endings, &generator)
    }

    private static func pick(_ list: [String], _ generator: inout Generator) -> String {
        list[Int.random(in: 0..<list.count, using: &generator)]
    }
}
