import ChannelKit

/// Wappi writes the same member as text here and as a number there, in snake_case in webhooks and in camelCase in its API:
/// each is read by all its names and in all its forms.
extension JSON.Object {
    /// The first of these members that holds a text, or a whole number, and is not empty.
    func text(_ keys: String...) -> String? {
        for key in keys {
            guard let text = self[key]?.scalarText, !text.isEmpty else { continue }
            return text
        }
        return nil
    }

    /// The id of a message, the first there is. No messenger's is nearly too long for the host.
    func id(_ keys: String...) -> String? {
        for key in keys {
            if let text = text(key), text.utf8.count <= WappiLimit.messageBytes { return text }
        }
        return nil
    }

    func flag(_ keys: String...) -> Bool {
        keys.contains { key in
            switch self[key] {
            case .bool(let value): value
            case .int(let value): value == 1
            case .string(let value): value == "true" || value == "1"
            default: false
            }
        }
    }

    func number(_ keys: String...) -> Double? {
        for key in keys { if let number = self[key]?.number { return number } }
        return nil
    }

    /// A whole number above zero.
    func positive(_ keys: String...) -> Int64? {
        for key in keys {
            if let number = self[key]?.number, number >= 1, let whole = Int64(exactly: number.rounded(.down)) { return whole }
        }
        return nil
    }

    /// Milliseconds since 1970. Zero stands for "unknown".
    func time(_ keys: String...) -> Int64? {
        for key in keys { if let time = self[key].flatMap(Timestamp.milliseconds) { return time } }
        return nil
    }

    /// An object, also where it comes as the text of one.
    func nested(_ key: String) -> JSON.Object? {
        switch self[key] {
        case .object(let object): object
        case .array(let values): values.first?.object
        case .string(let text) where text.hasPrefix("{"): (try? JSON.parse(text))?.object
        default: nil
        }
    }
}

extension JSON {
    /// A text, or a whole number as text.
    var scalarText: String? {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        default: nil
        }
    }

    /// A finite number, also one written as text.
    var number: Double? {
        let value = double ?? string.flatMap { Double($0) }
        guard let value, value.isFinite else { return nil }
        return value
    }
}

/// Times as Wappi writes them.
enum Timestamp {
    /// Unix seconds, possibly fractional, or milliseconds (MAX), or RFC 3339.
    static func milliseconds(_ value: JSON) -> Int64? {
        if let number = value.number {
            guard number > 0 else { return nil }
            return Int64(exactly: (number > 100_000_000_000 ? number : number * 1_000).rounded(.down))
        }
        return value.string.flatMap(parse)
    }

    /// `2026-10-05T12:00:00.57+03:00`; up to nine digits of a second, `Z` or an offset or neither.
    static func parse(_ text: String) -> Int64? {
        var digits = DigitReader(text)
        guard let year = digits.number(4), digits.skip("-"), let month = digits.number(2), digits.skip("-"),
            let day = digits.number(2), digits.skip("T") || digits.skip(" "), let hour = digits.number(2), digits.skip(":"),
            let minute = digits.number(2), digits.skip(":"), let second = digits.number(2),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        let fraction = digits.skip(".") ? digits.thousandths() : 0
        var offset: Int64 = 0
        if !digits.skip("Z"), let sign: Int64 = digits.skip("+") ? 1 : digits.skip("-") ? -1 : nil {
            guard let hours = digits.number(2), digits.skip(":"), let minutes = digits.number(2) else { return nil }
            offset = sign * (hours * 60 + minutes)
        }
        guard digits.isAtEnd else { return nil }
        let days = daysSince1970(year, month, day)
        return ((days * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1_000 + fraction
    }

    /// Proleptic Gregorian calendar; years begin in March, so that the leap day is the last.
    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

/// Reads ASCII digits and signs one after the other.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ sign: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == sign.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func digit() -> Int64? {
        guard let first = rest.first, (0x30...0x39).contains(first) else { return nil }
        rest = rest.dropFirst()
        return Int64(first - 0x30)
    }

    mutating func number(_ count: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// The first three digits of a fraction; the others are skipped.
    mutating func thousandths() -> Int64 {
        var (value, weight): (Int64, Int64) = (0, 100)
        while let digit = digit() {
            value += digit * weight
            weight /= 10
        }
        return value
    }
}
