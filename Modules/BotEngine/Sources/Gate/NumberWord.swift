/// A number written out, or the part of one.
enum NumberWord: Hashable, Sendable {
    /// 0 to 19.
    case unit(Int64)
    case ten(Int64)
    case hundred(Int64)
    /// English "hundred" and Kazakh "жүз", which multiply what stands before them.
    case timesHundred
    case thousand, million, billion
    case half
    case oneAndHalf
    /// "один", "one", "бір", "он": numbers only beside a unit or another number.
    case weak(Int64)

    var multiplier: Int? {
        switch self {
        case .thousand: 3
        case .million: 6
        case .billion: 9
        default: nil
        }
    }
}

/// Adds up a row of number words, checking that they go together.
struct NumberWordSum {
    private var total: Int64 = 0
    private var current: Int64 = 0
    private var hasHalf = false
    /// What the next word's place must be below.
    private var room: Int64 = .max
    private var lastMultiplier: Int64 = .max
    private(set) var isEmpty = true
    private(set) var isWeak = true

    /// False when `word` begins another number.
    mutating func add(_ word: NumberWord) -> Bool {
        func take(_ value: Int64, below limit: Int64, leaving rest: Int64) -> Bool {
            guard room >= limit, !hasHalf else { return false }
            current += value
            room = rest
            return true
        }
        let fits: Bool
        switch word {
        case .unit(let value): fits = value >= 10 ? take(value, below: 100, leaving: 1) : take(value, below: 10, leaving: 1)
        case .weak(let value): fits = value >= 10 ? take(value, below: 100, leaving: 10) : take(value, below: 10, leaving: 1)
        case .ten(let value): fits = take(value, below: 100, leaving: 10)
        case .hundred(let value): fits = take(value, below: 1_000, leaving: 100)
        case .timesHundred:
            fits = current < 10 && !hasHalf && (current > 0 || room == .max || room >= 1_000)
            if fits {
                current = max(1, current) * 100
                room = 100
            }
        case .oneAndHalf:
            fits = isEmpty
            if fits { (current, hasHalf) = (1, true) }
        case .half: fits = false
        case .thousand, .million, .billion:
            let factor: Int64 = word == .thousand ? 1_000 : word == .million ? 1_000_000 : 1_000_000_000
            fits = factor < lastMultiplier
            if fits {
                let value = hasHalf ? current * factor + factor / 2 : max(1, current) * factor
                (total, current, hasHalf, room, lastMultiplier) = (total + value, 0, false, .max, factor)
            }
        }
        guard fits else { return false }
        isEmpty = false
        if case .weak = word { isWeak = isWeak && true } else { isWeak = false }
        return true
    }

    var value: String { Figure.canonical(String(total + current), fraction: hasHalf ? "5" : "") }
}
