/// A piece of a sentence, as far as claims care.
struct ClaimToken: Sendable {
    enum Kind: Sendable {
        case word(String, [Lexicon.Meaning])
        /// Its possible values, and whether it is written as a plain run of digits.
        case number(Set<String>, digits: String)
        case date(StatedDate)
        /// Minutes since midnight.
        case time(Int)
        case contact(String)
        case sign(Unicode.Scalar)
    }

    let kind: Kind
    let followsGap: Bool
    let startsLine: Bool

    var word: String? { if case .word(let word, _) = kind { word } else { nil } }
    var sign: Unicode.Scalar? { if case .sign(let sign) = kind { sign } else { nil } }
    var meanings: [Lexicon.Meaning] { if case .word(_, let meanings) = kind { meanings } else { [] } }
}
