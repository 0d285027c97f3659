import WireJSON

/// How a secret is written into its place.
package enum SecretEncoding: String, Hashable, Sendable {
    /// As it is; refused when it holds anything but printable ASCII.
    case raw
    /// Percent-encoded for a URL path, query or form. A colon stays, as RFC 3986 allows in all three.
    case percent
    /// The inside of a JSON string.
    case json

    func encode(_ value: String, name: String) throws -> String {
        switch self {
        case .raw:
            guard WireOutput.isHeaderValue(value) else { throw RenderingFault.unusableSecret(name) }
            return value
        case .percent:
            // A segment of dots would climb out of the path.
            guard value != ".", value != ".." else { throw RenderingFault.unusableSecret(name) }
            var bytes: [UInt8] = []
            for byte in value.utf8 {
                if Self.isUnreserved(byte) {
                    bytes.append(byte)
                } else {
                    bytes.append(UInt8(ascii: "%"))
                    bytes.append(Self.hexDigit(byte >> 4))
                    bytes.append(Self.hexDigit(byte & 0x0F))
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        case .json: return String(JSON.string(value).text.dropFirst().dropLast())
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~:".utf8.contains(byte)
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
