/// A random secret handed to a person or program once: a session, an invitation, an API key.
///
/// Only `digest` is ever stored. To check a presented text, hash it with `Token.digest(of:)` and look the digest up;
/// the token has 256 random bits, so neither salt nor slow hashing would add anything.
package struct Token: Concealed, Sendable {
    /// `prefix` and 43 characters of URL-safe base64. The only way to the secret; show it once.
    package let text: String

    /// A fresh token. `prefix` (`ssk_`) lets people and secret scanners recognise what it is for.
    package init(prefix: String = "") throws {
        text = prefix + (try LibCrypto.randomBytes(32)).base64URL
    }

    /// What to store: the SHA-256 of `text`.
    package var digest: [UInt8] { Self.digest(of: text) }

    /// The digest under which a presented token would be stored.
    package static func digest(of text: String) -> [UInt8] { Digest.sha256(text) }

    package var description: String { "token(\(text.utf8.count) characters)" }
}
