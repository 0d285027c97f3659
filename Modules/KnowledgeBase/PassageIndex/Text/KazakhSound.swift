/// What the end of a stem sounds like, which decides the first consonant of an ending.
struct KazakhSound: OptionSet {
    let rawValue: UInt8

    static let vowel = KazakhSound(rawValue: 1)
    /// р, й and the letters that end in a glide: у, и, ю.
    static let glide = KazakhSound(rawValue: 2)
    static let lateral = KazakhSound(rawValue: 4)
    static let nasal = KazakhSound(rawValue: 8)
    static let sibilant = KazakhSound(rawValue: 16)
    /// Voiceless, and б, в, г, д, which loanwords end in.
    static let hard = KazakhSound(rawValue: 32)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(endOf stem: ArraySlice<Unicode.Scalar>) {
        switch stem.last(where: { $0 != "ь" && $0 != "ъ" }) {
        case "а", "ә", "е", "ё", "о", "ө", "ұ", "ү", "ы", "і", "э", "я": self = .vowel
        case "у", "и", "ю", "й", "р": self = .glide
        case "л": self = .lateral
        case "м", "н", "ң": self = .nasal
        case "з", "ж": self = .sibilant
        default: self = .hard
        }
    }

    static func isVowel(_ letter: Unicode.Scalar) -> Bool {
        switch letter {
        case "а", "ә", "е", "ё", "о", "ө", "ұ", "ү", "ы", "і", "э", "ю", "я": true
        default: false
        }
    }
}

/// Whether the vowels are back (а, о, ұ, ы) or front (ә, е, ө, ү, і).
enum KazakhHarmony {
    case back, front, either

    init(of stem: ArraySlice<Unicode.Scalar>) {
        self = .either
        for letter in stem.reversed() {
            switch letter {
            case "а", "о", "ұ", "ы", "я", "ё": self = .back
            case "ә", "е", "ө", "ү", "і", "э": self = .front
            case "и", "ю", "ь": self = .either
            default: continue
            }
            return
        }
    }

    func agrees(with other: KazakhHarmony) -> Bool { self == other || self == .either || other == .either }
}
