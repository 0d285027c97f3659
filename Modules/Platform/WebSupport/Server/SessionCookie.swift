import HTTPTypes

/// The browser's session cookie.
///
/// Over HTTPS, and on localhost, it has the `__Host-` prefix, which forbids other hosts and plain connections to set it. A plain-HTTP
/// address in a local network cannot have that prefix; there the cookie is merely HttpOnly and SameSite.
package struct SessionCookie: Sendable {
    package static let secureName = "__Host-sevensales"
    static let plainName = "sevensales"

    let isSecure: Bool

    package init(isSecure: Bool) { self.isSecure = isSecure }

    private var name: String { isSecure ? Self.secureName : Self.plainName }

    /// The header that sets the cookie for `seconds`; an empty token with 0 removes it.
    package func header(_ token: String, seconds: Int) -> String {
        "\(name)=\(token); Path=/; HttpOnly; SameSite=Lax; Max-Age=\(seconds)\(isSecure ? "; Secure" : "")"
    }

    func token(in headers: HTTPFields) -> String? {
        for line in headers[values: .cookie] {
            for part in line.split(separator: ";") {
                let pair = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
                if pair.count == 2, pair[0] == name { return String(pair[1]) }
            }
        }
        return nil
    }
}
