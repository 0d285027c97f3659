/// All that a text asserts, and all that it can support.
struct Claims: Sendable {
    struct Range: Hashable, Sendable {
        let low: Figure
        let high: Figure
    }

    struct Named: Hashable, Sendable {
        let concept: Concept
        let isNegated: Bool
    }

    var figures: [Figure] = []
    var ranges: [Range] = []
    var dates: Set<StatedDate> = []
    /// Months without a day.
    var months: Set<Int> = []
    /// Minutes since midnight.
    var times: Set<Int> = []
    var days: Set<Int> = []
    var relativeDays: Set<String> = []
    var contacts: Set<String> = []
    var concepts: Set<Named> = []
    /// Percent and currency signs that no readable number belongs to.
    var unreadable: Set<String> = []
    /// Units that stand alone, as in the head of a table.
    var bareUnits: Set<MeasureUnit> = []
    /// Speaks of a price, so that a number without a unit is an amount.
    var speaksOfPrice = false

    var isEmpty: Bool {
        figures.isEmpty && ranges.isEmpty && dates.isEmpty && months.isEmpty && times.isEmpty && days.isEmpty
            && relativeDays.isEmpty && contacts.isEmpty && concepts.isEmpty && unreadable.isEmpty
    }

    /// Whether it names an amount, a share or a factor: something a customer may want confirmed.
    var namesTerms: Bool {
        figures.contains { $0.unit == .percent || $0.unit == .times || $0.unit?.isMoney == true }
            || concepts.contains { $0.concept == .half } || !unreadable.isEmpty
    }

    /// In a word, the first claim that none of `sources` supports; nil when each stands in one of them.
    func firstUnsupported(by sources: [Claims]) -> String? {
        func stands(_ test: (Claims) -> Bool) -> Bool { sources.contains(where: test) }
        for word in unreadable.sorted() where !stands({ $0.unreadable.contains(word) }) { return word }
        for contact in contacts.sorted() where !stands({ $0.contacts.contains(contact) }) { return "contact" }
        for figure in figures where !stands({ $0.supports(figure, isAmount: speaksOfPrice) }) {
            return "number \(figure.values.min() ?? "")"
        }
        for range in ranges where !stands({ $0.supports(range) }) { return "range" }
        for date in dates where !stands({ $0.supports(date) }) { return "date" }
        for month in months where !stands({ $0.months.contains(month) || $0.dates.contains { $0.month == month } }) {
            return "month"
        }
        for time in times where !stands({ $0.times.contains(time) }) { return "time" }
        if !days.isEmpty, !days.isSubset(of: sources.reduce(into: []) { $0.formUnion($1.days) }) { return "day" }
        for day in relativeDays.sorted() where !stands({ $0.relativeDays.contains(day) }) { return day }
        for concept in concepts.sorted(by: { $0.concept.rawValue < $1.concept.rawValue })
        where !stands({ $0.concepts.contains(concept) }) {
            return concept.concept.rawValue
        }
        return nil
    }

    private func supports(_ figure: Figure, isAmount: Bool) -> Bool {
        if figures.contains(where: { matches(figure, $0, isAmount: isAmount) }) { return true }
        // The end of a range is not the range: "7 days" is not what "5 to 7 days" promises, "up to 7 days" is.
        if let bound = figure.bound,
            ranges.contains(where: { matches(figure, bound == .from ? $0.low : $0.high, isAmount: isAmount) })
        {
            return true
        }
        guard figure.unit == nil || figure.unit == .calendarYear else { return false }
        return figure.values.contains { value in
            guard let number = Int(value) else { return false }
            return figure.unit == nil && number <= 24 && times.contains(number * 60) || dates.contains { $0.year == number }
        }
    }

    private func supports(_ range: Range) -> Bool {
        if ranges.contains(where: { matches(range.low, $0.low, isAmount: false) && matches(range.high, $0.high, isAmount: false) }
        ) {
            return true
        }
        // "from 10 to 20" for "10:00–20:00".
        guard range.low.unit == nil, range.high.unit == nil else { return false }
        return [range.low, range.high].allSatisfy { figure in
            figure.values.contains { value in Int(value).map { $0 <= 24 && times.contains($0 * 60) } ?? false }
        }
    }

    private func supports(_ date: StatedDate) -> Bool {
        dates.contains { $0.day == date.day && $0.month == date.month && (date.year == nil || $0.year == date.year) }
    }

    /// Whether the source's figure says what `claim` does.
    private func matches(_ claim: Figure, _ source: Figure, isAmount: Bool) -> Bool {
        guard !claim.values.isDisjoint(with: source.values) else { return false }
        if claim.bound != nil, source.bound != nil, claim.bound != source.bound { return false }
        guard let unit = claim.unit else {
            guard let other = source.unit else { return true }
            return isAmount ? other.isMoney : !other.isSpecial
        }
        return unit == source.unit || source.unit == nil && (bareUnits.contains(unit) || unit == .calendarYear)
    }
}
