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
/// Every header field of the request is signed. Path and query must be percent-encoded as S3 wants it: all but letters, digits and
/// `-._~`, and `/` in the path. A body is signed with it when the request carries its hash in hexadecimal as `x-amz-content-sha256`.
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

    /// Whether no part of the signature's scope would be read as another, and its field is one line.
    var isUsable: Bool {
        let isPlain = [region, service].allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        }
        let isKey = accessKey.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ",") }
        return isPlain && isKey && !accessKey.isEmpty
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
