import ChannelsInterface
import Foundation
import Kernel
import Vault

/// A key that signs deliveries, in the form of the Standard Webhooks scheme: `whsec_` and base64 of the key's bytes.
struct WebhookSecret: Codable, Sendable {
    private static let prefix = "whsec_"
    let text: String
    /// When it signs no more; nil for the current one.
    var until: Instant?

    /// A fresh one of 32 random bytes; the scheme asks for 24 to 64.
    init(_ randomness: Randomness) {
        text = Self.prefix + Data(randomness.bytes(32)).base64EncodedString()
    }

    func signs(at now: Instant) -> Bool { until.map { now < $0 } ?? true }

    /// `v1,` and base64 of the HMAC-SHA256 over id, time and body.
    func signature(id: String, timestamp: String, body: [UInt8]) -> String {
        let key = Data(base64Encoded: String(text.dropFirst(Self.prefix.count))) ?? Data()
        let mac = Digest.hmacSHA256(Array("\(id).\(timestamp).".utf8) + body, key: [UInt8](key))
        return "v1," + Data(mac).base64EncodedString()
    }

    /// `text` without this secret, whichever part of it somebody repeats.
    func removed(from text: String) -> String {
        text.replacing(self.text, with: "…").replacing(self.text.dropFirst(Self.prefix.count), with: "…")
    }
}

/// What of an endpoint is sealed under the account's key: addresses often hold a token.
struct WebhookSettings: Codable, Sendable {
    /// So many sign at once: a receiver that rotates faster than its old keys run out loses the oldest.
    private static let mostSecrets = 3
    var url: String
    /// The current one first.
    var secrets: [WebhookSecret]

    /// Puts `fresh` in front; the others go on signing until `end`.
    mutating func rotate(to fresh: WebhookSecret, until end: Instant, at now: Instant) {
        let old = secrets.filter { $0.signs(at: now) }.map { secret in
            var secret = secret
            secret.until = min(secret.until ?? end, end)
            return secret
        }
        secrets = [fresh] + old.filter { $0.signs(at: now) }.prefix(Self.mostSecrets - 1)
    }

    func sealed(by key: SubjectKey, webhook: WebhookID, account: AccountID) throws -> [UInt8] {
        try key.seal([UInt8](JSONEncoder().encode(self)), as: Self.context(webhook, account)).stored
    }

    static func open(_ bytes: [UInt8], by key: SubjectKey, webhook: WebhookID, account: AccountID) throws -> WebhookSettings {
        try JSONDecoder().decode(
            Self.self, from: Data(try key.open(Sealed(stored: bytes), as: context(webhook, account))))
    }

    private static func context(_ webhook: WebhookID, _ account: AccountID) -> SealContext {
        SealContext(table: "channels_webhook", column: "settings", row: webhook, account: account)
    }
}
