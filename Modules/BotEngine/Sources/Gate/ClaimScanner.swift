/// Reads the claims of a text.
struct ClaimScanner {
    let tokens: [ClaimToken]
    let isQuestion: Bool
    var claims = Claims()

    static func claims(of text: String) -> Claims {
        let folded = FoldedText(text)
        let last = folded.scalars.last { !$0.isGap && $0 != "\"" && $0 != "»" }
        var scanner = ClaimScanner(tokens: ClaimTokenizer.tokens(of: folded), isQuestion: last == "?")
        scanner.run()
        return scanner.claims
    }

    private init(tokens: [ClaimToken], isQuestion: Bool) { (self.tokens, self.isQuestion) = (tokens, isQuestion) }

    func at(_ index: Int) -> ClaimToken? { tokens.indices.contains(index) ? tokens[index] : nil }
    func has(_ meaning: Lexicon.Meaning, _ index: Int) -> Bool { at(index)?.meanings.contains(meaning) == true }

    mutating func run() {
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
    func isListMarker(_ index: Int) -> Bool {
        guard let token = at(index), token.startsLine, case .number(_, let digits) = token.kind, (1...2).contains(digits.count),
            let mark = at(index + 1), mark.sign == "." || mark.sign == ")", !mark.followsGap, let next = at(index + 2)
        else { return false }
        return next.followsGap && next.sign != "%"
    }

    // MARK: Numbers

    struct Read {
        var values: Set<String>
        var next: Int
        var digits = ""
        var isWeak = false
    }

    func read(_ index: Int) -> Read? {
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

    func multiplier(_ index: Int) -> Int? {
        guard let token = at(index), let word = token.word else { return nil }
        if !token.followsGap, word == "к" || word == "k" { return 3 }
        for case .number(let number) in token.meanings { if let places = number.multiplier { return places } }
        return nil
    }

    func spelled(_ index: Int) -> Read? {
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
    func unit(_ index: Int, of read: Read) -> (unit: MeasureUnit?, next: Int) {
        var next = index
        if at(next)?.sign == "-", at(next)?.followsGap == false, let ending = at(next + 1), let word = ending.word,
            !ending.followsGap, word.count <= 4
        {
            // "5-ти", "10-ға"; but "5-кг".
            next += ending.meanings.contains(where: { if case .unit = $0 { true } else { false } }) ? 1 : 2
        } else if let ending = at(next), !ending.followsGap, let word = ending.word,
            ["th", "st", "nd", "rd", "й", "я", "е"].contains(word)
        {
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

    mutating func number(_ index: Int) -> Int? {
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
    mutating func half(_ index: Int) -> Int? {
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

    func currency(before index: Int) -> MeasureUnit? {
        guard let token = at(index - 1) else { return nil }
        if let sign = token.sign { return Lexicon.currencies[sign].map(MeasureUnit.money) }
        guard let word = token.word, ["kzt", "usd", "eur", "rub", "kgs", "uzs", "cny"].contains(word) else { return nil }
        for case .unit(let unit) in token.meanings { return unit }
        return nil
    }

    func bound(_ index: Int) -> Figure.Bound? {
        has(.upTo, index - 1) ? .upTo : has(.from, index - 1) ? .from : nil
    }

    /// The second number of "5–7", "от 5 до 7", "from 5 to 7", "between 5 and 7".
    func rangeEnd(_ index: Int, _ first: Read, _ next: Int) -> Read? {
        guard let token = at(next) else { return nil }
        if token.sign == "-" {
            guard let second = read(next + 1), at(next + 1)?.word == nil || !second.isWeak else { return nil }
            // A dash with spaces may also part a model's number from its price.
            if token.followsGap, let low = first.values.first.flatMap(Double.init),
                let high = second.values.first.flatMap(Double.init),
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
    mutating func clock(_ read: Read, _ unit: MeasureUnit?, _ next: Int) -> Int? {
        guard unit == nil || unit == .hour, let hour = read.values.first.flatMap({ Int($0) }), (0...24).contains(hour),
            read.values.count == 1
        else { return nil }
        let isMorning = has(.morning, next)
        let isEvening = has(.evening, next) && (unit == .hour || at(next)?.word != "дня")
        guard isMorning || isEvening else { return nil }
        claims.times.insert((isEvening && hour < 12 ? hour + 12 : hour) * 60)
        return next + 1
    }

    func month(at index: Int) -> Int? {
        for case .month(let month) in at(index)?.meanings ?? [] { return month }
        return nil
    }

    mutating func insertDate(_ read: Read, _ month: Int, year: Int? = nil) {
        guard let day = read.values.first.flatMap({ Int($0) }), let date = StatedDate(day: day, month: month, year: year) else {
            return
        }
        claims.dates.insert(date)
    }

    /// "5 мая", "5 мая 2026 г."
    mutating func calendar(_ read: Read, _ next: Int) -> Int? {
        guard let month = month(at: next), read.values.count == 1, let day = read.values.first.flatMap({ Int($0) }),
            (1...31).contains(day)
        else { return nil }
        let (year, end) = year(next + 1)
        insertDate(read, month, year: year)
        return end
    }

    func year(_ index: Int) -> (Int?, Int) {
        let start = at(index)?.sign == "," ? index + 1 : index
        guard case .number(_, let digits)? = at(start)?.kind, digits.count == 4, let year = Int(digits),
            (1_900...2_100).contains(year)
        else { return (nil, index) }
        let isNamed = at(start + 1)?.meanings.contains { $0 == .unit(.year) || $0 == .unit(.gram) } == true
        return (year, isNamed ? start + 2 : start + 1)
    }
}
