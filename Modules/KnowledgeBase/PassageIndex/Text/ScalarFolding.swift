import Foundation

/// What a Unicode scalar is to the tokenizer, and its folded form.
struct FoldedScalar {
    enum Class: UInt8 { case separator, space, letter, digit, ideograph, mark, joiner, apostrophe }

    /// The class in the upper byte, the folded scalar below it.
    let packed: UInt32

    init(_ kind: Class, _ value: UInt32 = 0) { packed = UInt32(kind.rawValue) << 24 | value & 0x1F_FFFF }
    private init(packed: UInt32) { self.packed = packed }

    var kind: Class { Class(rawValue: UInt8(truncatingIfNeeded: packed >> 24)) ?? .separator }
    var value: UInt32 { packed & 0x1F_FFFF }

    /// Latin, Greek and Cyrillic, worked out once.
    static let table: [FoldedScalar] = (0..<0x600).map { FoldedScalar(slow: $0) }

    /// Any scalar; those of `table` are better looked up there.
    init(other value: UInt32) {
        switch value {
        case 0x2000...0x200A, 0x202F, 0x205F, 0x3000: self.init(.space)
        case 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFE00...0xFE0F, 0xFEFF: self.init(.mark)
        case 0x2010, 0x2011: self.init(.joiner, 0x2D)
        case 0x2044: self.init(.joiner, 0x2F)
        case 0x2019, 0x02BC: self.init(.apostrophe, 0x27)
        case 0x2012...0x206F, 0x20A0...0x20CF, 0x2190...0x245F, 0x2500...0x2BFF, 0x3001...0x303F: self.init(.separator)
        case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0x2_0000...0x3_FFFF: self.init(.ideograph, value)
        case 0xAC00...0xD7A3: self.init(.letter, value)
        case 0xFF01...0xFF5E: self.init(slow: value - 0xFEE0)
        case 0x1_F000...0x1_FAFF: self.init(.separator)
        default: self.init(slow: value)
        }
    }

    private init(slow value: UInt32) {
        switch value {
        case 0x20, 0xA0: self.init(.space)
        case 0x27: self.init(.apostrophe, 0x27)
        case 0x2A, 0x2B, 0x2C, 0x2D, 0x2E, 0x2F, 0x3A, 0x40, 0x5F, 0x26, 0xD7: self.init(.joiner, value)
        case 0xAD: self.init(.mark)
        case 0x30...0x39: self.init(.digit, value)
        case 0x41...0x5A: self.init(.letter, value + 32)
        case 0x61...0x7A: self.init(.letter, value)
        case 0x400, 0x401, 0x450, 0x451: self.init(.letter, 0x435)
        case 0x402...0x40F: self.init(.letter, value + 80)
        case 0x410...0x42F: self.init(.letter, value + 32)
        case 0x430...0x45F: self.init(.letter, value)
        default: self.init(properties: value)
        }
    }

    private init(properties value: UInt32) {
        if let head = Self.head(of: value) {
            self.init(.letter, head)
            return
        }
        guard let scalar = Unicode.Scalar(value) else {
            self.init(.separator)
            return
        }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format:
            self.init(.mark, value)
        case .spaceSeparator:
            self.init(.space)
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber,
            .spacingMark:
            let lower = properties.lowercaseMapping.unicodeScalars.first ?? scalar
            self.init(.letter, Self.base(of: lower).value)
        case .decimalNumber, .otherNumber:
            guard let number = properties.numericValue, number >= 0, number < 10, number == number.rounded() else {
                self.init(.separator)
                return
            }
            self.init(.digit, 0x30 + UInt32(number))
        default:
            self.init(.separator)
        }
    }

    /// The letter without its marks; й, ї and the like are letters of their own.
    private static func base(of scalar: Unicode.Scalar) -> Unicode.Scalar {
        if (0x400...0x52F).contains(scalar.value) { return scalar }
        let parts = String(Character(scalar)).decomposedStringWithCompatibilityMapping.unicodeScalars
        return parts.first { $0.properties.isAlphabetic } ?? scalar
    }

    /// What follows the folded letter in an expansion: the "i" of "ﬁ".
    static func tail(of value: UInt32) -> StaticString? {
        switch value {
        case 0xDF: "s"
        case 0xC6, 0xE6, 0x152, 0x153: "e"
        case 0xFB00: "f"
        case 0xFB01: "i"
        case 0xFB02: "l"
        case 0xFB03: "fi"
        case 0xFB04: "fl"
        default: nil
        }
    }

    /// ß, æ, œ start with the letter that `tail` completes.
    static func head(of value: UInt32) -> UInt32? {
        switch value {
        case 0xDF, 0x1E9E: 0x73
        case 0xC6, 0xE6: 0x61
        case 0x152, 0x153: 0x6F
        default: nil
        }
    }
}
