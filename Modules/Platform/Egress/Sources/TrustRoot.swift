import CCurl
import Foundation

/// Authorities that the certificates of some hosts may be issued by, beside those that the system trusts: a state's own, a company's.
package struct TrustRoot: Sendable {
    /// In lower case: a host, or `*.example.ru` for every name below a domain.
    package let host: String
    /// PEM, one certificate or more.
    package let certificates: String

    /// Nil when `host` is no name, or `certificates` holds no certificate.
    package init?(host: String, certificates: String) {
        let host = host.lowercased()
        let name = host.hasPrefix("*.") ? host.dropFirst(2) : host[...]
        let isName = !name.isEmpty && name.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-.".utf8.contains($0) }
        // `*.ru` would be every host of a country.
        guard isName, !name.hasPrefix("."), !host.hasPrefix("*.") || name.contains("."), Self.areCertificates(certificates) else {
            return nil
        }
        (self.host, self.certificates) = (host, certificates)
    }

    /// Every block is a certificate in DER; text around the blocks is allowed, keys are not.
    private static func areCertificates(_ text: String) -> Bool {
        let (begin, end) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----")
        let blocks = text.components(separatedBy: begin).dropFirst()
        guard !blocks.isEmpty, !text.contains("PRIVATE KEY-----") else { return false }
        return blocks.allSatisfy { block in
            let parts = block.components(separatedBy: end)
            guard parts.count == 2, let bytes = Data(base64Encoded: parts[0].filter { !$0.isWhitespace }) else { return false }
            return bytes.count > 100 && bytes.first == 0x30
        }
    }

    func covers(_ host: String) -> Bool { self.host.hasPrefix("*.") ? host.hasSuffix(self.host.dropFirst()) : host == self.host }
}

/// What each host's certificate is checked against.
struct TrustStore: Sendable {
    private let roots: [TrustRoot]
    private let system: String

    /// `systemFile` takes the place of the system's certificates.
    init(_ roots: [TrustRoot], systemFile: String?) {
        self.roots = roots
        // Only read where it is added to: curl finds the system's by itself.
        system = roots.isEmpty ? "" : Self.firstReadable(systemFile.map { [$0] } ?? Self.systemFiles)
    }

    /// The certificates for `host` where it has some of its own; they include the system's.
    func bundle(for host: String) -> [UInt8]? {
        let own = roots.filter { $0.covers(host) }
        guard !own.isEmpty else { return nil }
        return Array((own.map(\.certificates) + [system]).joined(separator: "\n").utf8)
    }

    /// Where curl was built to look, then where distributions keep them.
    private static var systemFiles: [String] {
        let built = curl_version_info(CURLVERSION_SEVENTH)?.pointee.cainfo.map { String(cString: $0) }
        return [built].compactMap(\.self) + [
            "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
        ]
    }

    private static func firstReadable(_ files: [String]) -> String {
        files.lazy.compactMap { try? String(contentsOfFile: $0, encoding: .utf8) }.first ?? ""
    }
}
