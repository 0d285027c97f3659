import ChannelKit

/// Times as Meta writes them, as milliseconds since 1970.
enum GraphTime {
    /// Milliseconds, seconds, either of them as text, or ISO 8601: all of them occur (nyaruka/courier).
    static func milliseconds(_ value: JSON?) -> Int64? {
        guard let value else { return nil }
        guard let number = value.number else { return value.string.flatMap(ofISO) }
        guard number > 0 else { return nil }
        return number < 100_000_000_000 ? Milliseconds.ofSeconds(number) : number
    }

    /// `2026-06-15T08:00:00+0000`; a fraction is dropped, and `Z` and `+00:00` are read, too.
    static func ofISO(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 40, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54, bytes[13] == 0x3A,
            bytes[16] == 0x3A,
            let year = natural(bytes[0..<4]), let month = natural(bytes[5..<7]), let day = natural(bytes[8..<10]),
            let hour = natural(bytes[11..<13]), let minute = natural(bytes[14..<16]), let second = natural(bytes[17..<19]),
            (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second < 61, let shift = offset(bytes[19...])
        else { return nil }
        // Days from civil, Howard Hinnant: years begin in March, so that the leap day is the last.
        let shiftedYear = month > 2 ? year : year - 1
        let (era, yearOfEra) = shiftedYear.quotientAndRemainder(dividingBy: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return (days * 86_400 + hour * 3_600 + minute * 60 + second - shift) * 1_000
    }

    private static func natural(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(String(decoding: digits, as: UTF8.self))
    }

    /// Seconds east of Greenwich.
    private static func offset(_ bytes: ArraySlice<UInt8>) -> Int64? {
        var rest = bytes
        if rest.first == UInt8(ascii: ".") { rest = rest.dropFirst().drop { (0x30...0x39).contains($0) } }
        if rest.elementsEqual("Z".utf8) { return 0 }
        guard let sign = rest.popFirst(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
        let digits = rest.filter { $0 != UInt8(ascii: ":") }
        guard digits.count == 4, let hours = natural(digits[0..<2]), let minutes = natural(digits[2..<4]), hours < 24,
            minutes < 60
        else { return nil }
        let seconds = hours * 3_600 + minutes * 60
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }
}
