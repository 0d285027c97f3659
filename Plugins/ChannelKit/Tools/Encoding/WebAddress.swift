/// An absolute https address that a provider gave, in printable ASCII as the host takes it.
public struct WebAddress: Equatable, Sendable {
    /// What the host takes for addresses and file references.
    public static let longest = 8_192
    public let text: String
    /// In lower case, without port.
    public let host: String

    /// Encodes what no request can hold. Nil for other schemes, for credentials before the host, and for what is too long before or
    /// after that.
    public init?(_ address: String) { self.init(address, upTo: Self.longest) }

    /// The same with a limit of one's own, in bytes.
    public init?(_ address: String, upTo bytes: Int) {
        guard address.utf8.count <= bytes, address.utf8.starts(with: "https://".utf8) else { return nil }
        let authority = address.utf8.dropFirst(8).prefix { !"/?#".utf8.contains($0) }
        guard authority.allSatisfy({ PercentEncoding.isAlphanumeric($0) || ".-:".utf8.contains($0) }) else { return nil }
        host = String(decoding: authority.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self).lowercased()
        text = PercentEncoding.encoded(address) { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }
        guard !host.isEmpty, text.utf8.count <= bytes else { return nil }
    }

    /// `address` itself, when it can be requested as it is: a signed address must not be changed.
    public static func verbatim(_ address: String, upTo bytes: Int = longest) -> String? {
        WebAddress(address, upTo: bytes)?.text == address ? address : nil
    }

    /// Whether the host is one of `domains` or below one of them.
    public func isBelow(_ domains: [String]) -> Bool { domains.contains { host == $0 || host.hasSuffix("." + $0) } }
}
