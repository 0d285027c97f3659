/// What words alone assert: days, months, promises, one hour in "within an hour".
extension ClaimScanner {
    mutating func word(_ index: Int) -> Int? {
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
