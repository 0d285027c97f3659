/// What a number counts.
enum MeasureUnit: Hashable, Sendable {
    enum Currency: Hashable, Sendable { case tenge, ruble, dollar, euro, som, sum, pound, yuan }

    case money(Currency)
    case percent, times
    case second, minute, hour, day, workday, week, month, year
    /// "в 2015 году": a date, not a duration.
    case calendarYear
    case gram, kilogram, tonne, millimetre, centimetre, metre, kilometre, squareMetre, cubicMetre, litre, millilitre
    case piece, person

    var isMoney: Bool { if case .money = self { true } else { false } }
    /// Never what a bare number means.
    var isSpecial: Bool {
        switch self {
        case .percent, .times, .second, .minute, .hour, .day, .workday, .week, .month, .year, .calendarYear: true
        default: false
        }
    }
}

/// A number as a text states it. Values are decimal digits without grouping; two when the grouping can be read either way.
struct Figure: Hashable, Sendable {
    enum Bound: Hashable, Sendable { case from, upTo }

    var values: Set<String>
    var unit: MeasureUnit?
    var bound: Bound?

    static func canonical(_ digits: some StringProtocol, fraction: some StringProtocol) -> String {
        let whole = digits.drop { $0 == "0" }
        var rest = Substring(fraction)
        while rest.last == "0" { rest.removeLast() }
        return (whole.isEmpty ? "0" : String(whole)) + (rest.isEmpty ? "" : "." + rest)
    }

    static func canonical(_ digits: String) -> String { canonical(digits, fraction: "") }

    /// The decimal times a power of ten.
    static func shifted(_ value: String, by places: Int) -> String {
        let parts = value.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let whole = parts.first.map(String.init) ?? "0"
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        let moved = fraction.prefix(places)
        return canonical(
            whole + moved + String(repeating: "0", count: places - moved.count), fraction: fraction.dropFirst(places))
    }
}

/// A calendar day, with or without its year.
struct StatedDate: Hashable, Sendable {
    let day: Int
    let month: Int
    var year: Int?

    init?(day: Int, month: Int, year: Int? = nil) {
        guard (1...31).contains(day), (1...12).contains(month) else { return nil }
        (self.day, self.month) = (day, month)
        self.year = year.map { $0 < 100 ? 2_000 + $0 : $0 }
    }
}
