import Egress
import Kernel

/// An endpoint's address as typed in the settings, taken apart strictly.
struct ProviderAddress: Hashable, Sendable {
    /// Without the trailing slash.
    let text: String
    /// Lower-case ASCII, without the port.
    let host: String

    /// Asked for nothing but the guard's opinion: no register lists a host for it, so nothing is ever sent.
    static let checkPurpose = EgressPurpose("ai.address-check")

    /// Throws `Problem.invalid` for what is no plain `http(s)://host[:port]/path`.
    init(_ typed: String) throws {
        func refuse(_ reason: String) -> Problem { .invalid(field: "base_url", reason) }
        var text = typed.trimmingSpaces
        while text.hasSuffix("/") { text.removeLast() }
        guard text.utf8.count <= 500, text.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") }) else {
            throw refuse("expected an address of at most 500 plain characters")
        }
        let lower = text.lowercased()
        guard let scheme = ["https://", "http://"].first(where: { lower.hasPrefix($0) }) else {
            throw refuse("expected https://…")
        }
        let rest = text.dropFirst(scheme.count)
        guard !rest.contains("?"), !rest.contains("#"), !rest.contains("@") else {
            throw refuse("expected no user name, query or fragment")
        }
        let authority = rest.prefix { $0 != "/" }.lowercased()
        let host: Substring
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = authority[...end]
        } else {
            host = authority.prefix { $0 != ":" }
        }
        let port = authority[host.endIndex...]
        guard !host.isEmpty, port.isEmpty || port.first == ":" && Int(port.dropFirst()).map({ (1...65_535).contains($0) }) == true
        else { throw refuse("expected a host and, if need be, a port") }
        (self.text, self.host) = (text, String(host))
    }

    /// Throws `Problem.invalid` when Egress would never let a request out to it: http to a public host, an odd port, a private address.
    func check(with egress: any Egress, account: AccountID) async throws {
        var request = EgressRequest(.get, text + "/models", purpose: Self.checkPurpose, account: account)
        request.deadlines = EgressDeadlines(connect: .seconds(2), firstByte: .seconds(2), total: .seconds(3))
        request.bodyLimit = 1 << 20
        do { _ = try await egress.send(request) } catch let error as EgressError {
            switch error.reason {
            case .blocked(.undeclaredHost): return
            case .blocked, .invalidURL, .invalidRequest:
                throw Problem.invalid(field: "base_url", "requests to it are not allowed here (\(error))")
            default: return
            }
        }
    }
}

extension StringProtocol {
    /// Without spaces and line ends at both ends.
    var trimmingSpaces: String {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
