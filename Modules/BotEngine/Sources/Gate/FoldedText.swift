/// A text as the gate reads it: lower case, one kind of space, dash, apostrophe and digit, nothing invisible.
struct FoldedText: Sendable {
    private(set) var scalars: [Unicode.Scalar] = []

    init(_ text: String) {
        scalars.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if scalar.value < 128 { appendASCII(scalar) } else { append(scalar) }
        }
    }

    private mutating func appendASCII(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 65...90: scalars.append(Unicode.Scalar(UInt8(scalar.value) | 0x20))
        case 13: scalars.append("\n")
        case 10, 32...126: scalars.append(scalar)
        case 9, 11, 12: scalars.append(" ")
        default: break
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        // Cyrillic first: it is most of what comes.
        case 0x410...0x42F: add(scalar.value + 0x20)
        case 0x430...0x44F: scalars.append(scalar)
        case 0x401, 0x451: scalars.append("е")
        case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF, 0xFE00...0xFE0F, 0xE0000...0xE01EF, 0x180E: break
        case 0x306 where scalars.last == "и": scalars[scalars.count - 1] = "й"
        case 0x300...0x36F, 0x483...0x489, 0x20D0...0x20FF: break
        case 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: scalars.append(" ")
        case 0x85, 0x2028, 0x2029: scalars.append("\n")
        case 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63: scalars.append("-")
        case 0x2018, 0x2019, 0x2BC, 0xB4, 0x2032: scalars.append("'")
        case 0xFE6A, 0x66A, 0x2030: scalars.append("%")
        case 0x2044, 0x2215: scalars.append("/")
        case 0xFF01...0xFF5E:
            if let plain = Unicode.Scalar(scalar.value - 0xFEE0) { appendASCII(plain) }
        case 0xBC: appendFraction("25")
        case 0xBD: appendFraction("5")
        case 0xBE: appendFraction("75")
        default: appendOther(scalar)
        }
    }

    private mutating func appendOther(_ scalar: Unicode.Scalar) {
        let properties = scalar.properties
        if let type = properties.numericType, type != .numeric, let value = properties.numericValue, (0...9).contains(value) {
            scalars.append(Unicode.Scalar(UInt8(48 + Int(value))))
        } else {
            scalars.append(contentsOf: properties.lowercaseMapping.unicodeScalars.prefix(1))
        }
    }

    /// "½" is 0.5, and "1½" is 1.5.
    private mutating func appendFraction(_ digits: String) {
        if scalars.last?.isDigit != true { scalars.append("0") }
        scalars.append(".")
        scalars.append(contentsOf: digits.unicodeScalars)
    }

    private mutating func add(_ value: UInt32) {
        if let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
    }
}

extension Unicode.Scalar {
    var isDigit: Bool { (48...57).contains(value) }
    var isLatin: Bool { (97...122).contains(value) }
    var isCyrillic: Bool { (0x400...0x52F).contains(value) }
    /// Of a word, in folded text.
    var isWordLetter: Bool { isLatin || isCyrillic || value > 127 && properties.isAlphabetic }
    var isGap: Bool { self == " " || self == "\n" }
}
