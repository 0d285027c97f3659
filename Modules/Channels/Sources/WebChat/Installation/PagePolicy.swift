import ChannelsInterface
import Foundation

/// A content security policy (CSP level 3), as far as it decides on a script and on a connection.
struct PagePolicy: Sendable {
    /// Sources by directive; of a directive given twice the first counts.
    private let directives: [String: [String]]

    private static let longest = 65_536

    /// Nil for a text without a directive, which forbids nothing.
    init?(_ text: String) {
        guard text.utf8.count <= Self.longest else { return nil }
        var found: [String: [String]] = [:]
        for part in text.split(separator: ";") {
            let words = part.split(whereSeparator: { $0.isWhitespace }).map(String.init)
            guard let name = words.first?.lowercased(), found[name] == nil else { continue }
            found[name] = Array(words.dropFirst())
        }
        guard !found.isEmpty else { return nil }
        directives = found
    }

    /// The policies of one header field: a comma separates them.
    static func policies(inHeader field: String) -> [PagePolicy] {
        field.split(separator: ",").compactMap { PagePolicy(String($0)) }
    }

    /// Which directive forbids the script at `address` with the `nonce` that its element has; nil when none does.
    func forbidden(script address: URL, nonce: String?, on page: PageOrigin?) -> String? {
        guard let (name, sources) = first(of: Self.forScripts) else { return nil }
        if let nonce, !nonce.isEmpty, sources.contains("'nonce-\(nonce)'") { return nil }
        if wantsNonce { return name }
        return sources.contains { Self.allows($0, address, page) } ? nil : name
    }

    /// Which directive forbids requests to `address`; nil when none does.
    func forbidden(connection address: URL, on page: PageOrigin?) -> String? {
        guard let (name, sources) = first(of: ["connect-src", "default-src"]) else { return nil }
        return sources.contains { Self.allows($0, address, page) } ? nil : name
    }

    /// The directives of this policy as they should read for a script from `server` to run and to connect to it; nil when they do already.
    /// A policy that asks scripts for a nonce has no list of servers for them that counts.
    func amended(for script: URL, nonce: String?, connection: URL, server: String, on page: PageOrigin?) -> String? {
        var amended: [String] = []
        if let name = forbidden(script: script, nonce: nonce, on: page), !wantsNonce {
            amended.append(allowing(server, name == "default-src" ? "script-src" : name, as: name))
        }
        if let name = forbidden(connection: connection, on: page) { amended.append(allowing(server, "connect-src", as: name)) }
        return amended.isEmpty ? nil : amended.joined(separator: "; ")
    }

    /// Whether only scripts with a nonce, and what they load, may run.
    var wantsNonce: Bool {
        first(of: Self.forScripts)?.1.contains { $0.lowercased() == "'strict-dynamic'" } ?? false
    }

    private static let forScripts = ["script-src-elem", "script-src", "default-src"]

    /// `name` with the sources of the directive that rules now, and `server`. A nonce is another on each page, so it is only hinted at.
    private func allowing(_ server: String, _ name: String, as ruling: String) -> String {
        let sources = (directives[ruling] ?? []).filter { $0.lowercased() != "'none'" }
            .map { $0.lowercased().hasPrefix("'nonce-") ? "'nonce-…'" : $0 }
        return ([name] + sources + [server]).joined(separator: " ")
    }

    private func first(of names: [String]) -> (String, [String])? {
        names.lazy.compactMap { name in directives[name].map { (name, $0) } }.first
    }

    private static func allows(_ source: String, _ address: URL, _ page: PageOrigin?) -> Bool {
        let source = source.lowercased()
        guard let scheme = address.scheme?.lowercased(), let host = address.host()?.lowercased() else { return false }
        let port = address.port ?? (scheme == "https" ? 443 : 80)
        switch source {
        case "*": return true
        case "'self'": return page != nil && page == PageOrigin(of: address)
        case let other where other.hasPrefix("'"): return false
        case let other where other.hasSuffix(":") && !other.dropLast().contains(":"):
            return other.dropLast() == scheme || (other == "http:" && scheme == "https")
        default: return Self.host(source, allows: (scheme, host, port), path: address.path(percentEncoded: true), page)
        }
    }

    /// `[scheme://]host[:port][/path]`
    private static func host(
        _ source: String, allows address: (scheme: String, host: String, port: Int), path: String, _ page: PageOrigin?
    ) -> Bool {
        var rest = source[...]
        // Without a scheme the page's own counts, and https for http.
        var scheme = page?.scheme ?? "https"
        if let mark = rest.firstRange(of: "://") {
            scheme = String(rest[..<mark.lowerBound])
            rest = rest[mark.upperBound...]
        }
        guard scheme == address.scheme || (scheme == "http" && address.scheme == "https") else { return false }
        let authority = rest.prefix { $0 != "/" }
        let wantedPath = rest.dropFirst(authority.count)
        let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first ?? ""
        let fits = name.hasPrefix("*.") ? address.host.hasSuffix(name.dropFirst()) : name == "*" || name == address.host
        guard fits else { return false }
        let port = parts.count == 2 ? String(parts[1]) : nil
        let isDefault = address.port == (address.scheme == "https" ? 443 : 80)
        guard port == "*" || port.map({ $0 == String(address.port) }) ?? isDefault else { return false }
        if wantedPath.isEmpty || wantedPath == "/" { return true }
        return wantedPath.hasSuffix("/") ? path.hasPrefix(wantedPath) : path.lowercased() == wantedPath
    }
}
