import ChannelsInterface
import Foundation

/// What a page tells about the chat that its owner meant to put there.
struct InstallationFinding: Hashable, Sendable {
    enum Outcome: String, Codable, CaseIterable, Sendable {
        case installed
        /// The snippet of another web chat.
        case otherChat = "other-chat"
        /// Our key, but the script comes from another server.
        case otherServer = "other-server"
        /// The element is there and does not run: its `type` keeps it from it.
        case inactive
        case notFound = "not-found"
        case scriptForbidden = "script-forbidden"
        /// The page's policy runs no script without its nonce, and the element has none.
        case nonceMissing = "nonce-missing"
        case connectionForbidden = "connection-forbidden"
        /// The chat's own list of sites leaves this one out.
        case siteNotListed = "site-not-listed"
        /// Our server speaks plain HTTP, which a page on HTTPS will not load from.
        case plainServer = "plain-server"
        case paused
        case noPage = "no-page"
        case unreachable
    }

    var outcome: Outcome
    /// The key in the page, the directive that forbids, the status, or how reaching the page failed.
    var detail: String?

    /// What the page's policy should say instead, directive by directive, for all of the chat to work; nil where no policy stands in the way.
    var remedy: String?

    init(_ outcome: Outcome, _ detail: String? = nil, remedy: String? = nil) {
        (self.outcome, self.detail, self.remedy) = (outcome, detail, remedy)
    }

    /// The chat that is looked for.
    struct Wanted: Sendable {
        let key: String
        let publicURL: String
        let settings: WebChatSettings
    }

    /// Reads what `page` answered with: its markup, and its policies in header fields.
    init(_ markup: PageMarkup, headerPolicies: [PagePolicy], page: PageOrigin?, wanted: Wanted) {
        let server = PageOrigin(wanted.publicURL)
        let found = markup.scripts.compactMap { Snippet($0, page: page) }.map { ($0, $0.rank(wanted.key, server)) }
        guard let (snippet, rank) = found.min(by: { $0.1 < $1.1 }) else {
            self.init(.notFound)
            return
        }
        switch rank {
        case .otherServer: self.init(.otherServer, snippet.address.host())
        case .otherChat: self.init(.otherChat, String(snippet.key.prefix(100)))
        case .inactive: self.init(.inactive, String(snippet.type.prefix(100)))
        case .ours:
            let policies = headerPolicies + markup.policies.compactMap { PagePolicy($0) }
            let connection = URL(string: wanted.publicURL + "/webchat/") ?? snippet.address
            if page?.scheme == "https", server?.scheme == "http" {
                self.init(.plainServer)
            } else if let found = Self.forbidden(snippet, connection, by: policies, server?.text ?? wanted.publicURL, page) {
                self = found
            } else if let page, !wanted.settings.origins.isEmpty,
                !wanted.settings.origins.contains(where: { PageOrigin($0)?.matches(page) == true })
            {
                self.init(.siteNotListed, page.text)
            } else {
                self.init(.installed)
            }
        }
    }

    /// What the first of `policies` that stands in the way of the chat forbids.
    private static func forbidden(
        _ snippet: Snippet, _ connection: URL, by policies: [PagePolicy], _ server: String, _ page: PageOrigin?
    ) -> InstallationFinding? {
        for policy in policies {
            let remedy = policy.amended(
                for: snippet.address, nonce: snippet.nonce, connection: connection, server: server, on: page)
            if let directive = policy.forbidden(script: snippet.address, nonce: snippet.nonce, on: page) {
                return InstallationFinding(policy.wantsNonce ? .nonceMissing : .scriptForbidden, directive, remedy: remedy)
            }
            if let directive = policy.forbidden(connection: connection, on: page) {
                return InstallationFinding(.connectionForbidden, directive, remedy: remedy)
            }
        }
        return nil
    }
}

/// A script element that loads a widget of ours, wherever from.
private struct Snippet {
    let address: URL
    let key: String
    let type: String
    let nonce: String?

    enum Rank: Int, Comparable {
        case ours, inactive, otherServer, otherChat

        static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    init?(_ attributes: PageMarkup.Attributes, page: PageOrigin?) {
        guard let key = attributes["data-key"]?.trimmingCharacters(in: .whitespaces), !key.isEmpty,
            let source = attributes["src"]?.trimmingCharacters(in: .whitespacesAndNewlines), !source.isEmpty,
            let base = URL(string: page?.text ?? "https://page.invalid"),
            let address = URL(string: source, relativeTo: base)?.absoluteURL, address.path().hasSuffix("/widget.js")
        else { return nil }
        (self.key, self.address, nonce) = (key, address, attributes["nonce"])
        type = attributes["type"]?.trimmingCharacters(in: .whitespaces).lowercased() ?? ""
    }

    func rank(_ wanted: String, _ server: PageOrigin?) -> Rank {
        guard key == wanted else { return .otherChat }
        guard let server, PageOrigin(of: address) == server else { return .otherServer }
        // A module cannot see its own element, where the key is; any other type is no script.
        return ["", "text/javascript", "application/javascript"].contains(type) ? .ours : .inactive
    }
}

extension PageOrigin {
    /// Where the page at `address` comes from; nil for what is no address of a page.
    init?(of address: URL) {
        guard let scheme = address.scheme, let host = address.host() else { return nil }
        self.init("\(scheme)://\(host)\(address.port.map { ":\($0)" } ?? "")")
    }
}
