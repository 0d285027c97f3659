import Kernel

extension Sequence where Element == UInt8 {
    /// Lower-case hexadecimal, two digits a byte.
    package var hex: String {
        var digits: [UInt8] = []
        digits.reserveCapacity(underestimatedCount * 2)
        for byte in self {
            for nibble in [byte >> 4, byte & 15] { digits.append(nibble < 10 ? nibble + 48 : nibble + 87) }
        }
        return String(decoding: digits, as: UTF8.self)
    }
}

extension Array where Element == UInt8 {
    /// Reads hexadecimal digits of either case; nil for an odd number of them or anything else.
    package init?(hex text: some StringProtocol) {
        self = []
        var upper: UInt8?
        for character in text.utf8 {
            guard let digit = hexValue(character) else { return nil }
            if let high = upper {
                append(high << 4 | digit)
                upper = nil
            } else {
                upper = digit
            }
        }
        guard upper == nil else { return nil }
    }
}
