/// Reads the claims of a text.
struct ClaimScanner {
    private let tokens: [ClaimToken]
    private let isQuestion: Bool
    private var claims = Claims()

    static func claims(of text: String) -> Claims {
        let folded = FoldedText(text)
        let last = folded.scalars.last { !$0.isGap && $0 != "\"" && $0 != "»" }
        var scanner = ClaimScanner(tokens: ClaimTokenizer.tokens(of: folded), isQuestion: last == "?")
        scanner.run()
        return scanner.claims
    }

    private init(tokens: [ClaimToken], isQuestion: Bool) { (self.tokens, self.isQuestion) = (tokens, isQuestion) }

    private func at(_ index: Int) -> ClaimToken? { tokens.indices.contains(index) ? tokens[index] : nil }
    private func has(_ meaning: Lexicon.Meaning, _ index: Int) -> Bool { at(index)?.meanings.contains(meaning) == true }

    private mutating func run() {
        var index = 0
        while index < tokens.count {
            if isListMarker(index) {
                index += 2
            } else if let next = number(index) ?? word(index) {
                index = next
            } else {
                index += 1
            }
        }
    }

    /// "1." or "2)" at the start of a line counts nothing.
    private func isListMarker(_ index: Int) -> Bool {
        guard let token = at(index), token.startsLine, case .number(_, let digits) = token.kind, (1...2).contains(digits.count),
            let mark = at(index + 1), mark.sign == "." || mark.sign == ")", !mark.followsGap, let next = at(index + 2)
        else { return false }
        return next.followsGap && next.sign != "%"
    }

    // MARK: Numbers

    private struct Read {
        var values: Set<String>
        var next: Int
        var digits = ""
        var isWeak = false
    }

    private func read(_ index: Int) -> Read? {
        guard let token = at(index) else { return nil }
        switch token.kind {
        case .number(let values, let digits):
            var read = Read(values: values, next: index + 1, digits: digits)
            if let places = multiplier(index + 1) {
                read.values = Set(values.map { Figure.shifted($0, by: places) })
                read.next += 1
                if at(read.next)?.sign == ".", at(read.next)?.followsGap == false { read.next += 1 }
                read.digits = ""
            } else if at(index + 1)?.word == "т", at(index + 2)?.sign == ".", at(index + 3)?.word == "р" {
                read = Read(values: Set(values.map { Figure.shifted($0, by: 3) }), next: index + 3)
            }
            return read
        case .word: return spelled(index)
        default: return nil
        }
    }

    private func multiplier(_ index: Int) -> Int? {
        guard let token = at(index), let word = token.word else { return nil }
        if !token.followsGap, word == "к" || word == "k" { return 3 }
        for case .number(let number) in token.meanings { if let places = number.multiplier { return places } }
        return nil
    }

    private func spelled(_ index: Int) -> Read? {
        // "полмиллиона"
        if let word = at(index)?.word, word.hasPrefix("пол"), word.count > 5 {
            for case .number(let number) in Lexicon.meanings(of: String(word.dropFirst(3))) {
                if let places = number.multiplier { return Read(values: [Figure.shifted("0.5", by: places)], next: index + 1) }
            }
        }
        var sum = NumberWordSum()
        var position = index
        var end = index
        while let token = at(position) {
            var taken = false
            for case .number(let word) in token.meanings where word != .half && sum.add(word) {
                taken = true
                break
            }
            if taken {
                position += 1
                end = position
            } else if !sum.isEmpty, token.sign == "-" && !token.followsGap || token.word == "and", position == end {
                position += 1
            } else {
                break
            }
        }
        return sum.isEmpty ? nil : Read(values: [sum.value], next: end, isWeak: sum.isWeak)
    }

    /// The unit that follows a number, and where the text goes on.
    private func unit(_ index: Int, of read: Read) -> (unit: MeasureUnit?, next: Int) {
        var next = index
        if at(next)?.sign == "-", at(next)?.followsGap == false, let ending = at(next + 1), let word = ending.word,
            !ending.followsGap, word.count <= 4
        {
            // "5-ти", "10-ға"; but "5-кг".
            next += ending.meanings.contains(where: { if case .unit = $0 { true } else { false } }) ? 1 : 2
        } else if let ending = at(next), !ending.followsGap, let word = ending.word, ["th", "st", "nd", "rd", "й", "я", "е"].contains(word) {
            next += 1
        }
        var (position, isWorking) = (next, false)
        while has(.filler, position) || has(.workingDays, position) {
            isWorking = isWorking || has(.workingDays, position)
            position += 1
        }
        if let sign = at(position)?.sign {
            if sign == "%" { return (.percent, position + 1) }
            if let currency = Lexicon.currencies[sign] { return (.money(currency), position + 1) }
        }
        for case .unit(let unit) in at(position)?.meanings ?? [] {
            let isYear = unit == .year || unit == .gram && at(position)?.word == "г"
            if isYear, read.digits.count == 4, let year = Int(read.digits), (1_900...2_100).contains(year) {
                return (.calendarYear, position + 1)
            }
            return (isWorking && unit == .day ? .workday : unit, position + 1)
        }
        return (nil, next)
    }

    private mutating func number(_ index: Int) -> Int? {
        switch at(index)?.kind {
        case .date(let date):
            claims.dates.insert(date)
            return index + 1
        case .time(let minutes):
            claims.times.insert(minutes)
            return index + 1
        case .contact(let contact):
            claims.contacts.insert(contact)
            return index + 1
        default: break
        }
        guard let first = read(index) else { return half(index) }
        var (unit, next) = unit(first.next, of: first)
        if first.isWeak, unit == nil, multiplier(first.next) == nil { return nil }
        if let after = clock(first, unit, next) ?? calendar(first, next) { return after }
        if unit == nil { unit = currency(before: index) }
        var figure = Figure(values: first.values, unit: unit, bound: bound(index))
        if let second = rangeEnd(index, first, next) {
            let (other, after) = self.unit(second.next, of: second)
            if unit == nil, other == nil, let end = calendar(second, after) {
                _ = calendar(first, second.next)
                if let month = month(at: after) { insertDate(first, month) }
                return end
            }
            var high = Figure(values: second.values, unit: other ?? unit)
            if unit == nil, other == nil { high.unit = nil }
            (figure.unit, figure.bound) = (unit ?? other, nil)
            claims.ranges.append(.init(low: figure, high: high))
            return after
        }
        claims.figures.append(figure)
        return next
    }

    /// "half an hour", "жарты сағат", "полчаса", "вдвое".
    private mutating func half(_ index: Int) -> Int? {
        guard let token = at(index), let word = token.word else { return nil }
        if token.meanings.contains(.number(.half)) {
            let position = at(index + 1)?.word == "an" || at(index + 1)?.word == "a" ? index + 2 : index + 1
            for case .unit(let unit) in at(position)?.meanings ?? [] {
                claims.figures.append(Figure(values: ["0.5"], unit: unit))
                return position + 1
            }
        } else if word.hasPrefix("пол"), word.count > 5 {
            for case .unit(let unit) in Lexicon.meanings(of: String(word.dropFirst(3))) {
                claims.figures.append(Figure(values: ["0.5"], unit: unit))
                return index + 1
            }
        }
        let factors = ["вдвое": "2", "втрое": "3", "вчетверо": "4", "twice": "2", "вполовину": "2", "thrice": "3"]
        guard let factor = factors[word] else { return nil }
        claims.figures.append(Figure(values: [factor], unit: .times))
        return index + 1
    }

    private func currency(before index: Int) -> MeasureUnit? {
        guard let token = at(index - 1) else { return nil }
        if let sign = token.sign { return Lexicon.currencies[sign].map(MeasureUnit.money) }
        guard let word = token.word, ["kzt", "usd", "eur", "rub", "kgs", "uzs", "cny"].contains(word) else { return nil }
        for case .unit(let unit) in token.meanings { return unit }
        return nil
    }

    private func bound(_ index: Int) -> Figure.Bound? {
        has(.upTo, index - 1) ? .upTo : has(.from, index - 1) ? .from : nil
    }

    /// The second number of "5–7", "от 5 до 7", "from 5 to 7", "between 5 and 7".
    private func rangeEnd(_ index: Int, _ first: Read, _ next: Int) -> Read? {
        guard let token = at(next) else { return nil }
        if token.sign == "-" {
            guard let second = read(next + 1), at(next + 1)?.word == nil || !second.isWeak else { return nil }
            // A dash with spaces may also part a model's number from its price.
            if token.followsGap, let low = first.values.first.flatMap(Double.init), let high = second.values.first.flatMap(Double.init),
                low >= high || low == 0 || high / low > 20
            {
                return nil
            }
            return second
        }
        let opens = has(.from, index - 1) || has(.between, index - 1)
        guard opens, has(.upTo, next) || has(.and, next) && has(.between, index - 1) else { return nil }
        return read(next + 1)
    }

    // MARK: Calendar and clock

    /// "10 утра", "8 pm", "2 часа дня".
    private mutating func clock(_ read: Read, _ unit: MeasureUnit?, _ next: Int) -> Int? {
        guard unit == nil || unit == .hour, let hour = read.values.first.flatMap({ Int($0) }), (0...24).contains(hour),
            read.values.count == 1
        else { return nil }
        let isMorning = has(.morning, next)
        let isEvening = has(.evening, next) && (unit == .hour || at(next)?.word != "дня")
        guard isMorning || isEvening else { return nil }
        claims.times.insert((isEvening && hour < 12 ? hour + 12 : hour) * 60)
        return next + 1
    }

    private func month(at index: Int) -> Int? {
        for case .month(let month) in at(index)?.meanings ?? [] { return month }
        return nil
    }

    private mutating func insertDate(_ read: Read, _ month: Int, year: Int? = nil) {
        guard let day = read.values.first.flatMap({ Int($0) }), let date = StatedDate(day: day, month: month, year: year) else {
            return
        }
        claims.dates.insert(date)
    }

    /// "5 мая", "5 мая 2026 г."
    private mutating func calendar(_ read: Read, _ next: Int) -> Int? {
        guard let month = month(at: next), read.values.count == 1, let day = read.values.first.flatMap({ Int($0) }),
            (1...31).contains(day)
        else { return nil }
        let (year, end) = year(next + 1)
        insertDate(read, month, year: year)
        return end
    }

    private func year(_ index: Int) -> (Int?, Int) {
        let start = at(index)?.sign == "," ? index + 1 : index
        guard case .number(_, let digits)? = at(start)?.kind, digits.count == 4, let year = Int(digits), (1_900...2_100).contains(year)
        else { return (nil, index) }
        let isNamed = at(start + 1)?.meanings.contains { $0 == .unit(.year) || $0 == .unit(.gram) } == true
        return (year, isNamed ? start + 2 : start + 1)
    }

    // MARK: Words

    private mutating func word(_ index: Int) -> Int? {
        guard let token = at(index) else { return nil }
        if let sign = token.sign {
            if Lexicon.currencies[sign] != nil {
                if read(index + 1) == nil { claims.unreadable.insert(String(sign)) }
                if let currency = Lexicon.currencies[sign] { claims.bareUnits.insert(.money(currency)) }
            } else if sign == "%" {
                claims.unreadable.insert("%")
                claims.bareUnits.insert(.percent)
            }
            return nil
        }
        phrase(index)
        for meaning in token.meanings {
            switch meaning {
            case .unit(let unit):
                claims.bareUnits.insert(unit)
                if unit == .hour, let next = clockAfterWord(index) { return next }
                if isTime(unit), has(.within, index + 1), at(index + 1)?.word == "ішінде" {
                    claims.figures.append(Figure(values: ["1"], unit: unit))
                }
            case .month(let month):
                if let day = read(index + 1), case .number? = at(index + 1)?.kind, unit(day.next, of: day).unit == nil,
                    let value = day.values.first.flatMap({ Int($0) }), (1...31).contains(value)
                {
                    let end = unit(day.next, of: day).next
                    let (year, next) = year(end)
                    insertDate(day, month, year: year)
                    return next
                }
                if token.word != "may" { claims.months.insert(month) }
            case .days(let days): return weekdays(index, days)
            case .relativeDay(let day): if !isQuestion { claims.relativeDays.insert(day) }
            case .concept(let concept): insert(concept, index)
            case .price: claims.speaksOfPrice = true
            case .within: if let next = impliedOne(index) { return next }
            default: break
            }
        }
        return nil
    }

    private func isTime(_ unit: MeasureUnit) -> Bool {
        [.second, .minute, .hour, .day, .week, .month, .year].contains(unit)
    }

    /// "сағат 10": ten o'clock, while "10 сағат" are ten hours.
    private mutating func clockAfterWord(_ index: Int) -> Int? {
        guard at(index)?.word?.hasPrefix("сағат") == true, let hour = read(index + 1), case .number? = at(index + 1)?.kind,
            let value = hour.values.first.flatMap({ Int($0) }), (0...24).contains(value)
        else { return nil }
        claims.times.insert(value * 60)
        return unit(hour.next, of: hour).next
    }

    /// "в течение часа", "within an hour": one of them.
    private mutating func impliedOne(_ index: Int) -> Int? {
        let position = at(index + 1)?.word == "a" || at(index + 1)?.word == "an" ? index + 2 : index + 1
        guard let token = at(position), let word = token.word, word.count > 2 else { return nil }
        for case .unit(let unit) in token.meanings where isTime(unit) {
            claims.figures.append(Figure(values: ["1"], unit: unit))
            return position + 1
        }
        return nil
    }

    private mutating func weekdays(_ index: Int, _ days: Set<Int>) -> Int {
        claims.days.formUnion(days)
        let isJoined = at(index + 1)?.sign == "-" || has(.upTo, index + 1)
        guard isJoined, case .days(let others)? = at(index + 2)?.meanings.first, let first = days.min(), let last = others.max(),
            days.count == 1, others.count == 1
        else { return index + 1 }
        claims.days.formUnion(first <= last ? Set(first...last) : Set(first...7).union(1...last))
        return index + 3
    }

    private mutating func phrase(_ index: Int) {
        guard let word = at(index)?.word, let next = at(index + 1)?.word else { return }
        for phrase in Lexicon.phrases where word.hasPrefix(phrase.first) && phrase.next.contains(where: next.hasPrefix) {
            insert(phrase.concept, index)
        }
    }

    private mutating func insert(_ concept: Concept, _ index: Int) {
        if concept == .free, at(index)?.word == "free" {
            // "feel free", "sugar-free" promise nothing.
            if at(index - 1)?.word == "feel" || at(index - 1)?.sign == "-" && at(index)?.followsGap == false { return }
        }
        let isNegated = (index - 3...index + 2).contains { $0 != index && has(.negation, $0) }
        claims.concepts.insert(.init(concept: concept, isNegated: isNegated))
    }
}
