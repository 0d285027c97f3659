import Glibc

/// An IPv4 or IPv6 address. IPv4 inside IPv6 (`::ffff:0:0/96`) is IPv4 here, so no rule can be passed by that spelling.
package struct IPAddress: Hashable, Sendable {
    /// 4 or 16 bytes, most significant first.
    package let bytes: [UInt8]

    /// 4 or 16 bytes; anything else is nil.
    package init?(bytes: [UInt8]) {
        switch bytes.count {
        case 4: self.bytes = bytes
        case 16:
            let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
            self.bytes = isMapped ? Array(bytes[12...]) : bytes
        default: return nil
        }
    }

    /// The strict forms only: four decimal numbers, or RFC 4291 without a zone.
    package init?(_ text: some StringProtocol) {
        var buffer = [UInt8](repeating: 0, count: 16)
        let text = String(text)
        if inet_pton(AF_INET, text, &buffer) == 1 {
            self.init(bytes: Array(buffer[..<4]))
        } else if inet_pton(AF_INET6, text, &buffer) == 1 {
            self.init(bytes: buffer)
        } else {
            return nil
        }
    }

    /// The address in the bytes of a `sockaddr` of the family `AF_INET` or `AF_INET6`.
    init?(family: Int32, socketAddress raw: UnsafeRawBufferPointer) {
        switch family {
        case AF_INET where raw.count >= 8: self.init(bytes: Array(raw[4..<8]))
        case AF_INET6 where raw.count >= 24: self.init(bytes: Array(raw[8..<24]))
        default: return nil
        }
    }
}

extension IPAddress: CustomStringConvertible {
    package var description: String {
        var text = [CChar](repeating: 0, count: 64)
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, 64) != nil else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A CIDR network: `10.0.0.0/8`, `fc00::/7`.
package struct NetworkRange: Hashable, Sendable, CustomStringConvertible {
    private let base: IPAddress
    private let bits: Int

    /// An address and, unless it means that address alone, a prefix length; anything else is nil.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let base = IPAddress(first) else { return nil }
        let width = base.bytes.count * 8
        if parts.count == 2 {
            guard let bits = Int(parts[1]), (0...width).contains(bits) else { return nil }
            self.bits = bits
        } else {
            bits = width
        }
        self.base = base
    }

    package func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == base.bytes.count else { return false }
        let (whole, rest) = bits.quotientAndRemainder(dividingBy: 8)
        guard address.bytes[..<whole].elementsEqual(base.bytes[..<whole]) else { return false }
        return rest == 0 || (address.bytes[whole] ^ base.bytes[whole]) >> (8 - rest) == 0
    }

    package var description: String { "\(base)/\(bits)" }
}
