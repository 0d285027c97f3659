/// Base64 (RFC 4648) without padding, in one of its two alphabets.
enum Base64 {
    enum Alphabet: Sendable {
        case standard, url

        fileprivate var last: (UInt8, UInt8) {
            switch self {
            case .standard: (UInt8(ascii: "+"), UInt8(ascii: "/"))
            case .url: (UInt8(ascii: "-"), UInt8(ascii: "_"))
            }
        }

        fileprivate func character(_ value: UInt8) -> UInt8 {
            switch value {
            case 0...25: value + 65
            case 26...51: value + 71
            case 52...61: value - 4
            case 62: last.0
            default: last.1
            }
        }

        fileprivate func value(_ character: UInt8) -> UInt8? {
            switch character {
            case 65...90: character - 65
            case 97...122: character - 71
            case 48...57: character + 4
            case last.0: 62
            case last.1: 63
            default: nil
            }
        }
    }

    static func encode(_ bytes: some Collection<UInt8>, _ alphabet: Alphabet) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var (pending, bits): (UInt32, UInt32) = (0, 0)
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet.character(UInt8(pending >> bits & 63)))
            }
            pending &= 63
        }
        if bits > 0 { text.append(alphabet.character(UInt8(pending << (6 - bits) & 63))) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Exactly what `encode` would have written, or nil: no padding, no white space, no stray bits at the end.
    static func decode(_ text: some StringProtocol, _ alphabet: Alphabet) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 3 / 4)
        var (pending, bits): (UInt32, UInt32) = (0, 0)
        for character in text.utf8 {
            guard let value = alphabet.value(character) else { return nil }
            pending = pending << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(pending >> bits & 255))
            }
            pending &= 255
        }
        guard bits < 6, pending & (1 << bits - 1) == 0 else { return nil }
        return bytes
    }
}

extension Collection where Element == UInt8 {
    /// URL-safe base64 without padding.
    package var base64URL: String { Base64.encode(self, .url) }
}

extension Array where Element == UInt8 {
    /// Reads canonical URL-safe base64 without padding; anything else is nil.
    package init?(base64URL text: some StringProtocol) {
        guard let bytes = Base64.decode(text, .url) else { return nil }
        self = bytes
    }
}
