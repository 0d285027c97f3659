/// The 32 bytes that everything else hangs on. Never in a database; whoever loses it loses all sealed data.
package struct MasterKey: Concealed, Sendable {
    package static let size = KeyMaterial.size

    let material: KeyMaterial

    init(material: KeyMaterial) { self.material = material }

    /// A fresh key that is stored nowhere: for tests, and for installations that keep it elsewhere.
    package init() throws { material = try KeyMaterial() }

    /// Reads 64 hexadecimal digits or base64 of either alphabet, padded or not, as an environment variable or a systemd
    /// credential holds it; white space around it is ignored. Throws `masterKeyText`.
    package init(text: String) throws {
        let trimmed = text.drop(while: \.isWhitespace)
        let core = String(trimmed.reversed().drop(while: \.isWhitespace).reversed())
        let digits = core.reversed().drop { $0 == "=" }.reversed()
        let unpadded = String(digits)
        var bytes =
            [UInt8](hex: core) ?? Base64.decode(unpadded, .standard) ?? Base64.decode(unpadded, .url) ?? []
        defer { bytes.wipe() }
        guard bytes.count == Self.size, core.utf8.count - unpadded.utf8.count <= 1 else {
            throw VaultError.masterKeyText
        }
        material = try KeyMaterial(copying: bytes)
    }

    /// Store this beside the data: it recognises the key and says nothing about it. 32 bytes.
    package var verifier: [UInt8] {
        get throws {
            try material.derived(for: .verifying).withUnsafeBytes { Digest.hmacSHA256("verifier".utf8, key: $0) }
        }
    }

    /// Eight hexadecimal digits by which people tell master keys apart.
    package var fingerprint: String { get throws { Self.fingerprint(of: try verifier) } }

    /// The fingerprint of the key whose verifier this is.
    package static func fingerprint(of verifier: [UInt8]) -> String { verifier.prefix(4).hex }

    /// Whether `verifier` was made by this key.
    package func matches(_ verifier: [UInt8]) throws -> Bool {
        Digest.constantTimeEqual(try self.verifier, verifier)
    }

    /// Throws `wrongMasterKey`, which names both fingerprints, unless `verifier` was made by this key.
    package func requireMatch(_ verifier: [UInt8]) throws {
        guard try matches(verifier) else {
            throw VaultError.wrongMasterKey(stored: Self.fingerprint(of: verifier), loaded: try fingerprint)
        }
    }

    package var description: String { "master key" }
}
