/// Moments as providers write them, read as milliseconds since 1970. What is not after 1970 stands for "unknown" everywhere.
public enum Timestamp {
    /// Unix seconds or milliseconds, whole or with a fraction, as a number or as text, or RFC 3339. Up to 100,000,000,000 a
    /// number counts seconds: in milliseconds that is 1973, in seconds the year 5138.
    public static func milliseconds(_ value: JSON?) -> Int64? {
        guard let value else { return nil }
        if let whole = value.wholeNumber {
            guard whole > 0 else { return nil }
            return whole <= 100_000_000_000 ? Milliseconds.ofSeconds(whole) : whole
        }
        guard let number = value.number else { return value.string.flatMap(ofRFC3339) }
        guard number > 0 else { return nil }
        return Int64(exactly: (number <= 100_000_000_000 ? number * 1_000 : number).rounded(.down))
    }

    /// `2026-10-05T12:00:00.57+03:00`. A space for the `T`, an offset without its colon and no offset at all (then it is UTC) are
    /// read too: ISO 8601 as Meta and Wappi write it. Digits beyond the millisecond are dropped.
    public static func ofRFC3339(_ text: String) -> Int64? {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2), reader.skip("T") || reader.skip(" "), let hour = reader.number(2), reader.skip(":"),
            let minute = reader.number(2), reader.skip(":"), let second = reader.number(2),
            year >= 1970, (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        let fraction = reader.skip(".") ? reader.thousandths() : 0
        guard let offset = reader.minutesEast(), reader.isAtEnd else { return nil }
        let minutes = (daysSince1970(year, month, day) * 24 + hour) * 60 + minute - offset
        let moment = minutes * Milliseconds.minute + second * 1_000 + fraction
        return moment >= 0 ? moment : nil
    }

    /// Proleptic Gregorian calendar, by Howard Hinnant: years begin in March, so that the leap day is the last.
    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let (era, yearOfEra) = (month > 2 ? year : year - 1).quotientAndRemainder(dividingBy: 400)
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

    /// `Z`, `+03:00`, `+0300` or nothing.
    mutating func minutesEast() -> Int64? {
        if skip("Z") || isAtEnd { return 0 }
        guard let sign: Int64 = skip("+") ? 1 : skip("-") ? -1 : nil, let hours = number(2) else { return nil }
        _ = skip(":")
        guard let minutes = number(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
