package import Kernel

/// One HTTP request to a channel's hook, or a body that the product's own routes hand to a local channel.
package struct WebhookRequest: Hashable, Sendable {
    package enum Origin: String, Hashable, Sendable {
        /// From the network: nothing about it is known yet.
        case network
        /// From one of the product's own routes, which has already checked the sender.
        case local
    }
    package var origin: Origin
    package var method: String
    /// What follows the channel's token in the path, without the leading slash; usually empty.
    package var path: String
    /// Decoded, in order, duplicates kept.
    package var query: [NameValue]
    /// In order, duplicates kept. The driver passes on only the headers that the description lists.
    package var headers: [NameValue]
    package var body: [UInt8]

    package init(
        origin: Origin = .network, method: String = "POST", path: String = "", query: [NameValue] = [],
        headers: [NameValue] = [], body: [UInt8]
    ) {
        (self.origin, self.method, self.path) = (origin, method, path)
        (self.query, self.headers, self.body) = (query, headers, body)
    }
}

/// A header or query item.
package struct NameValue: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
}

/// What a plugin may know of its channel during one call.
package struct ChannelContext: Hashable, Sendable {
    package var now: Instant
    /// Plain settings, and the values of secrets whose field is a verification key.
    package var settings: [String: String]
    /// Names of all secrets the host can insert into requests, remembered ones included.
    package var secrets: Set<String>
    /// What the plugin asked to remember, except secret values.
    package var memory: [String: String]
    /// When remembered values run out, where the provider said so.
    package var expiries: [String: Instant]

    package init(
        now: Instant, settings: [String: String] = [:], secrets: Set<String> = [], memory: [String: String] = [:],
        expiries: [String: Instant] = [:]
    ) {
        (self.now, self.settings, self.secrets) = (now, settings, secrets)
        (self.memory, self.expiries) = (memory, expiries)
    }
}

/// A value a plugin wants back in later calls of the same channel: a poll offset, an access token, an account's id.
package struct Remembered: Hashable, Sendable {
    package let name: String
    /// Nil forgets the value.
    package let value: String?
    /// A secret is sealed and comes back only as a name in `ChannelContext.secrets`.
    package let isSecret: Bool
    package let expiresAt: Instant?

    package init(name: String, value: String?, isSecret: Bool = false, expiresAt: Instant? = nil) {
        (self.name, self.value, self.isSecret, self.expiresAt) = (name, value, isSecret, expiresAt)
    }
}

package enum Verification: Hashable, Sendable {
    case accepted
    /// Give the answer and forget the request.
    case rejected(WebhookAnswer)
}

/// What the provider gets to read. In the answer to an `InboundEvent.Kind.erasure` the host puts the address where the person sees what
/// became of it for `{{erasure.address}}`, and its number for `{{erasure.code}}`.
package struct WebhookAnswer: Hashable, Sendable {
    /// 200–599
    package let status: Int
    package let contentType: String
    package let body: String

    package init(status: Int, contentType: String = "text/plain; charset=utf-8", body: String = "") {
        (self.status, self.contentType, self.body) = (status, contentType, body)
    }
}

/// A webhook's content. Commit `events` and `remember` together, then give `answer`.
package struct ParsedWebhook: Hashable, Sendable {
    package let events: [InboundEvent]
    package let answer: WebhookAnswer
    package let remember: [Remembered]

    package init(events: [InboundEvent], answer: WebhookAnswer, remember: [Remembered]) {
        (self.events, self.answer, self.remember) = (events, answer, remember)
    }
}
