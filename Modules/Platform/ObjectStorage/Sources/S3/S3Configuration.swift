import Egress
import Vault

/// Which bucket of which S3-compatible store, and as whom.
package struct S3Configuration: Sendable {
    /// Where the bucket's name stands.
    package enum Addressing: String, Sendable {
        /// `https://endpoint/bucket/key`: MinIO, Ceph and most others.
        case path
        /// `https://bucket.endpoint/key`: Amazon, which keeps the other form for old buckets.
        case virtualHost
    }

    /// The host that requests go to, without the port: what the egress register must declare for `EgressPurpose.fileStore`.
    package let host: String
    /// Put before every key: several installations may share a bucket. Empty, or a key with a `/` at its end.
    package let prefix: String
    let credential: SigV4Credential
    private let base: String

    /// `endpoint` is `https://host` or `https://host:port` (`http` only in networks that the operator allows). Throws
    /// `ObjectStorageError.refused` with the part that cannot be.
    package init(
        endpoint: String, region: String, bucket: String, prefix: String = "", addressing: Addressing = .path, accessKey: String,
        secretKey: String
    ) throws {
        guard let (scheme, authority) = Self.parts(of: endpoint) else { throw ObjectStorageError.refused("the store's address") }
        guard Self.isBucket(bucket) else { throw ObjectStorageError.refused("the bucket's name") }
        guard prefix.isEmpty || prefix.hasSuffix("/") && ObjectKey(prefix.dropLast()) != nil else {
            throw ObjectStorageError.refused("the prefix")
        }
        let isName = authority.utf8.contains { (97...122).contains($0) }
        guard addressing == .path || isName else {
            throw ObjectStorageError.refused("an address that is no name has no sub-domains")
        }
        let place = addressing == .path ? authority : "\(bucket).\(authority)"
        base = "\(scheme)://\(place)\(addressing == .path ? "/\(bucket)" : "")"
        host = Self.host(of: place)
        self.prefix = prefix
        credential = SigV4Credential(host: host, accessKey: accessKey, secretKey: secretKey, region: region)
    }

    /// The address of `key`, or of the bucket. The characters of keys need no escape in a path.
    func url(_ key: ObjectKey?, _ query: [(name: String, value: String)]) -> String {
        let path = key.map { "/\(prefix)\($0.text)" } ?? "/"
        let items = query.map { "\($0.name)=\(Self.escaped($0.value))" }.joined(separator: "&")
        return base + path + (items.isEmpty ? "" : "?\(items)")
    }

    private static func parts(of endpoint: String) -> (scheme: String, authority: String)? {
        for scheme in ["https", "http"] where endpoint.hasPrefix("\(scheme)://") {
            let rest = endpoint.dropFirst(scheme.count + 3).lowercased()
            let authority = rest.hasSuffix("/") ? String(rest.dropLast()) : rest
            // Egress reads it properly; here it only must not hold anything but a host and a port.
            let isPlain = authority.utf8.allSatisfy {
                (97...122).contains($0) || (48...58).contains($0) || [45, 46, 91, 93].contains($0)
            }
            return isPlain && !authority.isEmpty && !authority.contains("/") ? (scheme, authority) : nil
        }
        return nil
    }

    private static func host(of authority: String) -> String {
        let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
        guard let colon = authority[afterBracket...].firstIndex(of: ":") else { return authority }
        return String(authority[..<colon])
    }

    /// As Amazon defines it: 3 to 63 small letters, digits, hyphens and dots, with a letter or digit at both ends.
    private static func isBucket(_ name: String) -> Bool {
        func isAlphanumeric(_ byte: UInt8?) -> Bool { byte.map { (97...122).contains($0) || (48...57).contains($0) } ?? false }
        return (3...63).contains(name.utf8.count) && name.utf8.allSatisfy { isAlphanumeric($0) || $0 == 45 || $0 == 46 }
            && isAlphanumeric(name.utf8.first) && isAlphanumeric(name.utf8.last) && !name.contains("..")
    }

    /// Percent-encoded as the signature wants it: everything but the unreserved characters.
    private static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if ObjectKey.isAllowed(byte) && byte != UInt8(ascii: "/") || byte == UInt8(ascii: "~") {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%")] + [byte].hex.uppercased().utf8
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension S3Configuration: Concealed {
    /// Never shows the keys.
    package var description: String { "S3Configuration(\(base), prefix: \(prefix))" }
}
