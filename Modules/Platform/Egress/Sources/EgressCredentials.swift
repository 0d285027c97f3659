/// A secret header that is attached only while the request's host is the one it was issued for.
package struct BoundCredential: Sendable {
    package let host: String
    let field: EgressHeaders.Field

    /// `host` is compared as lower-case ASCII, without the port.
    package init(host: String, header: String, value: String) {
        (self.host, field) = (host.lowercased(), EgressHeaders.Field(header, value))
    }

    package static func bearer(_ token: String, host: String) -> Self {
        Self(host: host, header: "Authorization", value: "Bearer \(token)")
    }
}

/// A secret that an API wants inside the path. It stands for `{secret}` in the request's address, so that the address
/// itself can be logged: `https://api.telegram.org/bot{secret}/getMe`.
package struct PathSecret: Sendable {
    package static let placeholder = "{secret}"
    package let host: String
    let value: String

    package init(host: String, value: String) { (self.host, self.value) = (host.lowercased(), value) }

    /// The characters a path segment may hold as they are (RFC 3986): the secret cannot end the path or the host.
    var isUsable: Bool {
        let others = "-._~!$&'()*+,;=:@".utf8
        return !value.isEmpty && value != "." && value != ".."
            && value.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || others.contains(byte)
            }
    }
}

/// Signs the request with AWS Signature Version 4, as S3-compatible stores want it, while the host is the bound one.
///
/// The path must be percent-encoded as S3 wants it; the query is put into canonical order here.
package struct SigV4Credential: Sendable {
    package let host: String
    let accessKey: String
    let secretKey: String
    let region: String
    let service: String

    package init(host: String, accessKey: String, secretKey: String, region: String, service: String = "s3") {
        (self.host, self.accessKey, self.secretKey) = (host.lowercased(), accessKey, secretKey)
        (self.region, self.service) = (region, service)
    }

    /// What CURLOPT_AWS_SIGV4 reads; nil when a part would be read as another.
    var scope: String? {
        let parts = [region, service]
        let isPlain = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        }
        return isPlain ? "aws:amz:\(region):\(service)" : nil
    }
}

// Secrets never show, not even through `dump`.
extension BoundCredential: CustomStringConvertible, CustomReflectable {
    package var description: String { "BoundCredential(\(host))" }
    package var customMirror: Mirror { Mirror(self, children: ["host": host]) }
}

extension PathSecret: CustomStringConvertible, CustomReflectable {
    package var description: String { "PathSecret(\(host))" }
    package var customMirror: Mirror { Mirror(self, children: ["host": host]) }
}

extension SigV4Credential: CustomStringConvertible, CustomReflectable {
    package var description: String { "SigV4Credential(\(host))" }
    package var customMirror: Mirror { Mirror(self, children: ["host": host]) }
}
