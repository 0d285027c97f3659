import ChannelsInterface
import Egress
import Foundation
import Kernel

/// Looks at a page of an owner's site, as a visitor's browser would, and tells whether the chat is on it.
struct InstallationCheck: Sendable {
    let egress: any Egress
    let channels: OpenChannels
    let publicURL: String

    /// More of a page is not read; a snippet that comes later is not found.
    static let mostBytes = 2 << 20
    private static let mostRedirects = 3

    /// Throws `Problem.notFound` for what is no web chat, and `.invalid` for what is no address of a page.
    func look(at text: String, for id: ChannelID, account: AccountID) async throws -> InstallationFinding {
        guard let channel = try await channels.channel(id, of: account), let settings = channel.settings.webChat else {
            throw Problem.notFound
        }
        let typed = try Self.address(text)
        if channel.row.state != .active { return InstallationFinding(.paused) }
        let (address, head, body): (URL, EgressHead, [UInt8])
        do { (address, head, body) = try await fetch(typed, account) } catch let error as EgressError {
            guard error.reason != .busy, error.reason != .cancelled else { throw Problem.unavailable("try again in a moment") }
            return InstallationFinding(.unreachable, Self.word(for: error))
        }
        guard (200..<300).contains(head.status) else { return InstallationFinding(.unreachable, "\(head.status)") }
        let type = head.headers["Content-Type"]?.lowercased() ?? "text/html"
        guard type.hasPrefix("text/html") || type.hasPrefix("application/xhtml+xml") else { return InstallationFinding(.noPage) }
        let headerPolicies = head.headers.fields.filter { $0.name.lowercased() == "content-security-policy" }
            .flatMap { PagePolicy.policies(inHeader: $0.value) }
        return InstallationFinding(
            PageMarkup(body), headerPolicies: headerPolicies, page: PageOrigin(of: address),
            wanted: InstallationFinding.Wanted(key: channel.settings.route, publicURL: publicURL, settings: settings))
    }

    /// Where the page was in the end, and as much of it as is read. Redirects are followed here, each as a request of its own that the guard
    /// looks at, since policies speak of the page's last address.
    private func fetch(_ typed: URL, _ account: AccountID) async throws -> (URL, EgressHead, [UInt8]) {
        var address = typed
        for _ in 0...Self.mostRedirects {
            var request = EgressRequest(.get, address.absoluteString, purpose: .installationCheck, account: account)
            request.headers = [
                "Accept": "text/html", "User-Agent": "Mozilla/5.0 (compatible; SevenSales installation check)",
            ]
            request.deadlines = EgressDeadlines(
                connect: .seconds(5), firstByte: .seconds(5), total: .seconds(8), idle: .seconds(5))
            request.bodyLimit = Self.mostBytes
            let stream = try await egress.stream(request)
            guard [301, 302, 303, 307, 308].contains(stream.head.status), let location = stream.head.headers["Location"] else {
                return (address, stream.head, try await start(of: stream))
            }
            guard let next = URL(string: location, relativeTo: address)?.absoluteURL else { break }
            address = next
        }
        throw EgressError(.blocked(.redirect))
    }

    private func start(of stream: EgressStream) async throws -> [UInt8] {
        var (body, iterator) = ([UInt8](), stream.makeAsyncIterator())
        do {
            while body.count < Self.mostBytes, let chunk = try await iterator.next() { body += chunk }
        } catch let error as EgressError {
            guard case .tooLarge = error.reason, !body.isEmpty else { throw error }
        }
        return body
    }

    /// What a person typed, with `https://` before it where there was no scheme.
    private static func address(_ text: String) throws -> URL {
        let typed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let whole = typed.contains("://") ? typed : "https://\(typed)"
        guard typed.utf8.count <= 2_000, let url = URL(string: whole), let scheme = url.scheme?.lowercased(),
            scheme == "https" || scheme == "http", url.host()?.isEmpty == false, url.user() == nil
        else { throw Problem.invalid(field: "url", "expected the address of a page, as https://shop.example/") }
        return url
    }

    /// A word for the interface's tables. Of a refused address nothing more is told: the answer must not map anybody's network.
    private static func word(for error: EgressError) -> String {
        switch error.reason {
        case .unresolved: "unresolved"
        case .timeout: "timeout"
        case .tls: "tls"
        case .blocked(.scheme): "scheme"
        case .blocked(.redirect): "redirect"
        case .blocked, .invalidURL, .invalidRequest: "refused"
        default: "unreachable"
        }
    }
}
