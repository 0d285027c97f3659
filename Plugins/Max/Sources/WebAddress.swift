import ChannelKit

/// An absolute https address from MAX, in printable ASCII as requests need it.
struct WebAddress: Equatable {
    let text: String
    /// In lower case, without port.
    let host: String

    /// Nil for other schemes, for credentials before the host and for what is too long to be requested.
    init?(_ address: String) {
        guard address.utf8.count <= MaxLimit.addressBytes, address.utf8.starts(with: "https://".utf8) else { return nil }
        let authority = address.utf8.dropFirst(8).prefix { !"/?#".utf8.contains($0) }
        guard authority.allSatisfy({ PercentEncoding.isAlphanumeric($0) || ".-:".utf8.contains($0) }) else { return nil }
        host = String(decoding: authority.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self).lowercased()
        text = PercentEncoding.encoded(address) { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }
        guard !host.isEmpty, text.utf8.count <= MaxLimit.addressBytes else { return nil }
    }

    /// Whether files of ours may go there. The upload hosts change, their domains have not (iu.oneme.ru, fu.oneme.ru, vu.okcdn.ru).
    var isUploadHost: Bool { ["oneme.ru", "okcdn.ru", "max.ru"].contains { host == $0 || host.hasSuffix("." + $0) } }
}

enum PercentEncoding {
    /// A value of a query or one segment of a path.
    static func encoded(_ value: String) -> String {
        encoded(value) { isAlphanumeric($0) || "-_.~,".utf8.contains($0) }
    }

    static func encoded(_ value: String, keeping isKept: (UInt8) -> Bool) -> String {
        var bytes: [UInt8] = []
        for byte in value.utf8 {
            if isKept(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), Hexadecimal.upper(byte >> 4), Hexadecimal.upper(byte & 0x0F)]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

/// Digits of a value below 16.
enum Hexadecimal {
    static func upper(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 &+ value }
    static func lower(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 &+ value }
}
