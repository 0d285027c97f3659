/// The words that claims are made of, in Russian, English and Kazakh.
enum Lexicon {
    enum Meaning: Hashable, Sendable {
        case number(NumberWord)
        case unit(MeasureUnit)
        case month(Int)
        /// Monday is 1.
        case days(Set<Int>)
        case relativeDay(String)
        case concept(Concept)
        case negation
        /// "стоит", "price": the number beside it is an amount.
        case price
        /// "рабочих", "business": turns days into working days.
        case workingDays
        /// "календарных", "full": says nothing new.
        case filler
        case from, upTo, between, and
        case within
        case morning, evening
    }

    static let currencies: [Unicode.Scalar: MeasureUnit.Currency] = [
        "₸": .tenge, "₽": .ruble, "$": .dollar, "€": .euro, "£": .pound, "¥": .yuan,
    ]

    struct Entry: Sendable {
        var meanings: [Meaning]
        /// How many letters may follow the stem.
        var endings: Int
    }

    /// What a folded word may mean: its own entry, or that of the longest stem it begins with.
    static func meanings(of word: String) -> [Meaning] {
        if let entry = table[word] { return entry.meanings }
        let letters = word.unicodeScalars
        let count = letters.count
        guard count > 2, count < 30 else { return [] }
        var length = min(count - 1, longest)
        var end = letters.index(letters.startIndex, offsetBy: length)
        while length >= 2 {
            if let entry = table[String(word[..<end])], count - length <= entry.endings { return entry.meanings }
            length -= 1
            end = letters.index(before: end)
        }
        return []
    }

    private static let longest = 14

    private static let table: [String: Entry] = {
        var table: [String: Entry] = [:]
        for source in LexiconWords.all {
            for word in source.words.split(separator: " ") {
                // "скидк~3": up to three letters may follow.
                let parts = word.split(separator: "~")
                guard let stem = parts.first else { continue }
                let endings = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
                var entry = table[String(stem)] ?? Entry(meanings: [], endings: endings)
                entry.meanings.append(source.meaning)
                entry.endings = max(entry.endings, endings)
                table[String(stem)] = entry
            }
        }
        return table
    }()

    /// Concepts of two words: each next word begins with one of the stems.
    static let phrases: [(first: String, next: [String], concept: Concept)] = [
        ("верн", ["деньг", "средств"], .refund), ("money", ["back"], .refund), ("no", ["charge", "cost", "fee"], .free),
        ("на", ["халяв"], .free), ("за", ["наш"], .free), ("лучш", ["цен"], .bestPrice), ("best", ["price"], .bestPrice),
        ("lowest", ["price"], .bestPrice), ("низк", ["цен"], .bestPrice), ("төмен", ["баға"], .bestPrice),
        ("half", ["price", "the", "off", "cost"], .half), ("полов", ["цен", "стоим"], .half), ("жарты", ["баға"], .half),
        ("жартысы", ["ғана"], .half), ("по", ["полов"], .half), ("by", ["half"], .half), ("бөліп", ["төле"], .installment),
        ("ақшаңыз", ["қайтар"], .refund), ("ақша", ["қайтар"], .refund), ("мы", ["обязуе"], .promise),
        ("даем", ["слов"], .promise), ("даю", ["слов"], .promise), ("you", ["have", "my"], .promise),
    ]
}
