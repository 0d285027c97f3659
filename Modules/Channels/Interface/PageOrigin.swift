/// Where a page comes from, as browsers write it into the `Origin` header, or a rule for several of them:
/// `https://shop.example`, `https://shop.example:8443`, `https://*.shop.example`.
package struct PageOrigin: Hashable, Sendable {
    package let scheme: String
    /// Lower-case ASCII; of a rule for subdomains what follows `*.`.
    package let host: String
    /// Nil for the scheme's own.
    package let port: Int?
    /// Whether it stands for every subdomain of `host`, but not for `host` itself.
    package let isForSubdomains: Bool

    /// Nil for what is no origin. A slash at the end is forgiven; anything after it is not.
    package init?(_ text: String) {
        guard text.utf8.count <= 270, let colon = text.firstRange(of: "://") else { return nil }
        scheme = text[..<colon.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" else { return nil }
        var rest = text[colon.upperBound...].lowercased()[...]
        if rest.hasSuffix("/") { rest.removeLast() }
        isForSubdomains = rest.hasPrefix("*.")
        if isForSubdomains { rest.removeFirst(2) }
        let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, Self.isHost(name) else { return nil }
        host = String(name)
        guard parts.count == 2 else {
            port = nil
            return
        }
        guard parts[1].allSatisfy({ $0.isASCII && $0.isNumber }), let number = UInt16(parts[1]), number > 0 else { return nil }
        port = Int(number) == (scheme == "https" ? 443 : 80) ? nil : Int(number)
    }

    /// That of the page with this address; nil for what is no address of a page.
    package init?(ofAddress address: String) {
        guard let colon = address.firstRange(of: "://") else { return nil }
        let end = address[colon.upperBound...].firstIndex { "/?#".contains($0) } ?? address.endIndex
        self.init(String(address[..<end]))
        guard !isForSubdomains else { return nil }
    }

    /// As it is written down; reading it again gives an equal one.
    package var text: String { "\(scheme)://\(isForSubdomains ? "*." : "")\(host)\(port.map { ":\($0)" } ?? "")" }

    /// Whether a page of `origin` is meant.
    package func matches(_ origin: PageOrigin) -> Bool {
        guard !origin.isForSubdomains, scheme == origin.scheme, port == origin.port else { return false }
        return isForSubdomains ? origin.host.hasSuffix(".\(host)") : origin.host == host
    }

    private static func isHost(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy {
                        (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-")
                    }
            }
    }
}
