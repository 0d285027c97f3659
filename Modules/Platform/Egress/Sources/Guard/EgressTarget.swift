import CCurl

/// An address that passed the guard's reading: what will be asked for, and what the connection must fulfil.
///
/// curl's own parser reads it, so that no second opinion about a URL exists; what curl would repair is refused.
struct EgressTarget: Hashable, Sendable {
    /// `https`, `http`, `smtps` or `smtp`.
    let scheme: String
    /// Lower-case ASCII; an IPv6 address is in brackets.
    let host: String
    let port: Int
    /// What curl is given.
    let url: String
    /// The scheme or port is only for networks that the operator allows: the connected address must be in one.
    let needsAllowedNetwork: Bool

    /// Throws `EgressError` with `invalidURL` or `blocked`.
    init(_ text: String, policy: EgressPolicy) throws {
        try self.init(text, schemes: ["https", "http"], ports: policy.ports)
        guard policy.canReach(self) else { throw EgressError(.blocked(scheme == "http" ? .scheme : .port(port))) }
    }

    /// `text` relative to this address, as a `Location` field is.
    func relative(_ text: String, policy: EgressPolicy) throws -> EgressTarget {
        guard let handle = curl_url() else { throw EgressError(.busy) }
        defer { curl_url_cleanup(handle) }
        guard text.utf8.count <= 8_192, text.utf8.allSatisfy({ $0 > 32 && $0 != 127 && $0 != UInt8(ascii: "\\") }),
            curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK
        else { throw EgressError(.invalidURL("unreadable redirect")) }
        // An absolute or scheme-relative address is read afresh, so that the checks see it as it was written.
        let rest = text.drop { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
        if rest.hasPrefix("://") { return try EgressTarget(text, policy: policy) }
        if text.hasPrefix("//") { return try EgressTarget("\(scheme):\(text)", policy: policy) }
        guard curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_URLENCODE)) == CURLUE_OK,
            let joined = Self.part(handle, CURLUPART_URL, 0)
        else { throw EgressError(.invalidURL("unreadable redirect")) }
        return try EgressTarget(joined, policy: policy)
    }

    /// `clientName` is what the server is greeted with.
    init(mailServer server: MailServer, clientName: String, policy: EgressPolicy) throws {
        let scheme = server.security == .implicitTLS ? "smtps" : "smtp"
        guard (1...65_535).contains(server.port), !server.host.contains(where: { "/?#@".contains($0) }) else {
            throw EgressError(.invalidURL("mail server"))
        }
        try self.init(
            "\(scheme)://\(server.host):\(server.port)/\(clientName)", schemes: [scheme], ports: policy.mailPorts,
            isPlaintext: server.security == .none)
        guard policy.canReach(self) else { throw EgressError(.blocked(.port(port))) }
    }

    private init(_ text: String, schemes: Set<String>, ports: Set<Int>, isPlaintext: Bool = false) throws {
        let isClean = text.utf8.allSatisfy { $0 > 32 && $0 != 127 && $0 != UInt8(ascii: "\\") }
        guard text.utf8.count <= 8_192, isClean, let handle = curl_url() else {
            throw EgressError(.invalidURL("empty, too long or with a forbidden character"))
        }
        defer { curl_url_cleanup(handle) }
        let flags = UInt32(CURLU_DISALLOW_USER | CURLU_URLENCODE | CURLU_NON_SUPPORT_SCHEME)
        switch curl_url_set(handle, CURLUPART_URL, text, flags) {
        case CURLUE_OK: break
        case CURLUE_USER_NOT_ALLOWED: throw EgressError(.blocked(.userInfo))
        case let code: throw EgressError(.invalidURL(String(cString: curl_url_strerror(code))))
        }
        guard let scheme = Self.part(handle, CURLUPART_SCHEME, 0)?.lowercased(),
            let written = Self.part(handle, CURLUPART_HOST, 0)
        else { throw EgressError(.invalidURL("no scheme or host")) }
        guard schemes.contains(scheme) else { throw EgressError(.blocked(.scheme)) }
        guard Self.isPlain(written, of: scheme, in: text) else { throw EgressError(.blocked(.oddHost)) }
        guard let host = Self.asciiHost(handle)?.lowercased(),
            Self.isUnambiguous(host, written: written)
        else { throw EgressError(.blocked(.oddHost)) }
        guard let digits = Self.part(handle, CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT)), let port = Int(digits),
            (1...65_535).contains(port)
        else { throw EgressError(.invalidURL("port")) }
        guard curl_url_set(handle, CURLUPART_HOST, host, 0) == CURLUE_OK,
            curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0) == CURLUE_OK,
            let url = Self.part(handle, CURLUPART_URL, 0)
        else { throw EgressError(.invalidURL("host")) }
        (self.scheme, self.host, self.port, self.url) = (scheme, host, port, url)
        needsAllowedNetwork = isPlaintext || scheme == "http" || !ports.contains(port)
    }

    /// The host's own address, when it is written as one.
    var literal: IPAddress? { IPAddress(host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host) }

    /// Scheme, host and port: what decides whether a redirect stays at the same place.
    func isSameOrigin(as other: EgressTarget) -> Bool {
        (scheme, host, port) == (other.scheme, other.host, other.port)
    }

    /// What curl writes into the Host field.
    var authority: String {
        (scheme, port) == ("https", 443) || (scheme, port) == ("http", 80) ? host : "\(host):\(port)"
    }

    /// The path as it is sent.
    var path: String { String(rest.prefix { $0 != "?" }) }

    /// The query in the order and form that AWS signs: every item has its `=`.
    var sortedQuery: String {
        let items = rest.drop { $0 != "?" }.dropFirst().split(separator: "&").map { $0.contains("=") ? $0 : $0 + "=" }
        return items.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: "&")
    }

    /// Everything behind the host; curl has given every address a path.
    private var rest: Substring { url.dropFirst(scheme.count + 3).drop { $0 != "/" } }

    /// The host that curl read stands in the text as it is, right after `://` and before a delimiter: no escape, no
    /// second `@`, no number that curl turned into an address.
    private static func isPlain(_ host: String, of scheme: String, in text: String) -> Bool {
        let bytes = Array(text.utf8)
        let prefix = Array((scheme + "://" + host).utf8)
        guard bytes.count >= prefix.count,
            zip(bytes, prefix).allSatisfy({ $0.asciiLowercase == $1.asciiLowercase })
        else { return false }
        return bytes.count == prefix.count || [UInt8](":/?#".utf8).contains(bytes[prefix.count])
    }

    /// Not a number in disguise: a host whose last label is numeric must be four plain decimal numbers,
    /// in ASCII as it was written.
    private static func isUnambiguous(_ host: String, written: String) -> Bool {
        if host.hasPrefix("[") { return host.hasSuffix("]") && IPAddress(host.dropFirst().dropLast()) != nil }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let isName = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count)
                && label.utf8.allSatisfy { byte in
                    (48...57).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 95
                }
        }
        guard isName, host.utf8.count <= 253, let last = labels.last else { return false }
        let isNumber = last.utf8.allSatisfy { (48...57).contains($0) } || last.hasPrefix("0x")
        return !isNumber || written == host && IPAddress(host)?.description == host
    }

    private static func asciiHost(_ handle: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard ccurl_url_get_ascii_host(handle, &text) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    private static func part(_ handle: OpaquePointer, _ part: CURLUPart, _ flags: UInt32) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}

extension EgressPolicy {
    /// What can be said before a name is resolved. The connected address decides the rest.
    fileprivate func canReach(_ target: EgressTarget) -> Bool {
        guard target.needsAllowedNetwork else { return true }
        guard let address = target.literal else { return !allowedPrivateNetworks.isEmpty }
        return isAllowedPrivate(address)
    }
}
