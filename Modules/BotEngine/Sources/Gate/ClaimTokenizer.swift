/// Cuts a folded text into tokens: contacts first, so that a phone number is not a price.
struct ClaimTokenizer {
    private let text: [Unicode.Scalar]
    private var position = 0
    private var tokens: [ClaimToken] = []

    static func tokens(of text: FoldedText) -> [ClaimToken] {
        var tokenizer = ClaimTokenizer(text: text.scalars)
        tokenizer.run()
        return tokenizer.tokens
    }

    private init(text: [Unicode.Scalar]) { self.text = text }

    private func at(_ index: Int) -> Unicode.Scalar? { text.indices.contains(index) ? text[index] : nil }

    private mutating func run() {
        var (gap, line) = (true, true)
        while let scalar = at(position) {
            if scalar.isGap {
                gap = true
                line = line || scalar == "\n"
                position += 1
                continue
            }
            let kind = next(scalar, afterGap: gap)
            if let kind { tokens.append(ClaimToken(kind: kind, followsGap: gap, startsLine: line)) }
            (gap, line) = (false, false)
        }
    }

    private mutating func next(_ scalar: Unicode.Scalar, afterGap: Bool) -> ClaimToken.Kind? {
        if afterGap || scalar == "@" || position == 0 || at(position - 1)?.isWordLetter != true {
            if let contact = ContactReader.read(text, from: position) {
                position = contact.end
                return .contact(contact.text)
            }
        }
        if scalar.isDigit || scalar == "+" || scalar == "(" {
            if let phone = ContactReader.phone(text, from: position) {
                position = phone.end
                return .contact(phone.text)
            }
        }
        if scalar.isDigit || Self.lookalikes[scalar] != nil, let plain = lookalikeNumber() { return plain }
        if scalar.isDigit { return number() }
        if scalar.isWordLetter { return word() }
        position += 1
        return .sign(scalar)
    }

    // MARK: Words

    private mutating func word() -> ClaimToken.Kind {
        let start = position
        while let scalar = at(position) {
            let isInside = scalar == "'" && at(position + 1)?.isWordLetter == true
            guard scalar.isWordLetter || isInside else { break }
            position += 1
        }
        var letters = Array(text[start..<position])
        if letters.contains(where: \.isCyrillic), letters.contains(where: \.isLatin) {
            letters = letters.map { Self.cyrillicTwins[$0] ?? $0 }
        }
        // "м2" and "м3" are one word.
        if letters == ["м"] || letters == ["m"], let digit = at(position), digit == "2" || digit == "3",
            at(position + 1)?.isDigit != true
        {
            letters.append(digit)
            position += 1
        }
        var word = String.UnicodeScalarView()
        word.append(contentsOf: letters)
        let text = String(word)
        return .word(text, Lexicon.meanings(of: text))
    }

    /// Latin letters that pass for Cyrillic ones.
    private static let cyrillicTwins: [Unicode.Scalar: Unicode.Scalar] = [
        "a": "а", "c": "с", "e": "е", "o": "о", "p": "р", "x": "х", "y": "у", "k": "к", "m": "м", "t": "т", "h": "н", "b": "в",
        "i": "і",
    ]

    // MARK: Numbers

    /// Letters that pass for digits.
    private static let lookalikes: [Unicode.Scalar: Character] = ["о": "0", "o": "0", "з": "3", "і": "1", "l": "1"]

    /// "1О0" or "ЗО %": digits with letters among them that look like digits.
    private mutating func lookalikeNumber() -> ClaimToken.Kind? {
        if position > 0, at(position - 1)?.isWordLetter == true { return nil }
        var end = position
        var digits = ""
        var (real, false_) = (0, 0)
        while let scalar = at(end), scalar.isDigit || scalar.isWordLetter {
            if scalar.isDigit {
                digits.unicodeScalars.append(scalar)
                real += 1
            } else if let digit = Self.lookalikes[scalar] {
                digits.append(digit)
                false_ += 1
            } else {
                return nil
            }
            end += 1
        }
        guard false_ > 0 else { return nil }
        if real == 0 {
            // Letters alone are a number only where nothing else makes sense.
            var next = end
            while at(next) == " " { next += 1 }
            guard let sign = at(next), sign == "%" || Lexicon.currencies[sign] != nil else { return nil }
        } else if real == 1, false_ == 1, at(end - 1) == "l" {
            return nil  // "5l" is five litres.
        }
        position = end
        return .number([Figure.canonical(digits)], digits: digits)
    }

    private func digitRun(_ start: Int) -> String {
        var digits = ""
        var index = start
        while let scalar = at(index), scalar.isDigit {
            digits.unicodeScalars.append(scalar)
            index += 1
        }
        return digits
    }

    private mutating func number() -> ClaimToken.Kind {
        let first = digitRun(position)
        let after = position + first.count
        if let time = time(first, after) { return time }
        if let date = date(first, after) { return date }
        var groups = [first]
        var end = after
        let separator = at(end)
        let isGrouped = (1...3).contains(first.count) && (!first.hasPrefix("0") || first == "0")
        if isGrouped, let separator, separator == " " || separator == "'" || separator == "," || separator == "." {
            while at(end) == separator {
                let group = digitRun(end + 1)
                guard group.count == 3 else { break }
                groups.append(group)
                end += 4
            }
        }
        var values: Set<String> = []
        var whole = groups.joined()
        if groups.count == 2, separator == "," || separator == ".", groups[1] != "000" {
            // "1.500" is fifteen hundred or one and a half.
            values.insert(Figure.canonical(first, fraction: groups[1]))
            if first == "0" { whole = "" }
        } else if groups.count >= 2, first == "0" {
            (groups, end, whole) = ([first], after, first)
        }
        if groups.count == 1 || separator != "," && separator != "." || groups.count > 2 {
            if let point = at(end), point == "," || point == ".", point != separator || groups.count == 1 {
                let fraction = digitRun(end + 1)
                if !fraction.isEmpty {
                    position = end + 1 + fraction.count
                    return .number([Figure.canonical(whole, fraction: fraction)], digits: "")
                }
            }
        }
        if !whole.isEmpty { values.insert(Figure.canonical(whole)) }
        position = end
        return .number(values, digits: groups.count == 1 ? first : "")
    }

    private mutating func time(_ hours: String, _ end: Int) -> ClaimToken.Kind? {
        let separator = at(end)
        guard hours.count <= 2, separator == ":" || separator == "-", let hour = Int(hours), hour <= 24 else { return nil }
        let digits = digitRun(end + 1)
        guard digits.count == 2, let minute = Int(digits), minute < 60, separator == ":" || minute == 0 else { return nil }
        position = end + 3
        return .time(hour * 60 + minute)
    }

    /// 05.05.2026, 5/5/26, 2026-05-05.
    private mutating func date(_ first: String, _ end: Int) -> ClaimToken.Kind? {
        guard let separator = at(end), separator == "." || separator == "/" || separator == "-" else { return nil }
        let second = digitRun(end + 1)
        let next = end + 1 + second.count
        guard (1...2).contains(second.count), at(next) == separator else { return nil }
        let third = digitRun(next + 1)
        let stop = next + 1 + third.count
        guard at(stop)?.isDigit != true, let a = Int(first), let b = Int(second), let c = Int(third) else { return nil }
        let date: StatedDate?
        if first.count == 4, third.count <= 2 {
            date = StatedDate(day: c, month: b, year: a)
        } else if first.count <= 2, third.count == 4 || third.count == 2 {
            date = StatedDate(day: a, month: b, year: c)
        } else {
            return nil
        }
        guard let date else { return nil }
        position = stop
        return .date(date)
    }
}
