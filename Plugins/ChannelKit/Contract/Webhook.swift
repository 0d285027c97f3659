/// One request to the channel's hook.
public struct WebhookRequest: Sendable {
    /// It comes from one of the product's own routes rather than from the network.
    public var isLocal: Bool
    public var method: String
    /// What follows the channel's token in the path, without the leading slash.
    public var path: String
    /// In order, duplicates kept.
    public var query: [NameValue]
    /// The headers named by `ChannelDescription.webhookHeaders`, in lower case, duplicates kept.
    public var headers: [NameValue]
    /// As received. Check signatures on these bytes.
    public var body: [UInt8]

    public init(
        isLocal: Bool = false, method: String = "POST", path: String = "", query: [NameValue] = [],
        headers: [NameValue] = [], body: [UInt8] = []
    ) {
        (self.isLocal, self.method, self.path) = (isLocal, method, path)
        (self.query, self.headers, self.body) = (query, headers, body)
    }

    /// The header's value if it was sent exactly once.
    public func header(_ name: String) -> String? { headers.only(name) }
    /// The item's value if it was sent exactly once.
    public func query(_ name: String) -> String? { query.only(name) }
}

public struct NameValue: Sendable {
    public let name: String
    public let value: String
    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
}

extension [NameValue] {
    func only(_ name: String) -> String? {
        var found: String?
        for item in self where item.name == name {
            guard found == nil else { return nil }
            found = item.value
        }
        return found
    }
}

/// What is known of the channel during one call.
public struct ChannelContext: Sendable {
    /// Milliseconds since 1970.
    public let now: Int64
    private let settings: JSON.Object
    private let secrets: [JSON]
    private let memory: JSON.Object
    private let expiries: JSON.Object

    public init(
        now: Int64, settings: JSON.Object = JSON.Object(), secrets: [JSON] = [], memory: JSON.Object = JSON.Object(),
        expiries: JSON.Object = JSON.Object()
    ) {
        (self.now, self.settings, self.secrets) = (now, settings, secrets)
        (self.memory, self.expiries) = (memory, expiries)
    }

    /// A plain setting or a verification key; nil when it is missing or empty.
    public func setting(_ name: String) -> String? {
        guard let value = settings[name]?.string, !value.isEmpty else { return nil }
        return value
    }
    /// Whether the host has a secret to insert.
    public func hasSecret(_ name: String) -> Bool { secrets.contains { $0.string == name } }
    public func remembered(_ name: String) -> String? { memory[name]?.string }
    public func expiry(of name: String) -> Int64? { expiries[name]?.int }
}

/// A value wanted back in later calls of the channel. Values of secrets do not come back, only their names.
public struct Remembered: Sendable {
    public var name: String
    /// Nil forgets it.
    public var value: String?
    public var isSecret: Bool
    /// Milliseconds since 1970.
    public var expiresAt: Int64?

    public init(_ name: String, _ value: String?, isSecret: Bool = false, expiresAt: Int64? = nil) {
        (self.name, self.value, self.isSecret, self.expiresAt) = (name, value, isSecret, expiresAt)
    }

    var wire: JSON.Object {
        var object = JSON.Object(reserving: 4)
        object.add("name", name)
        object.add("value", value)
        if isSecret { object.add("secret", true) }
        object.add("expiresAt", expiresAt)
        return object
    }
}

public enum Verification: Sendable {
    case accepted
    case rejected(WebhookAnswer)
}

/// What the provider gets to read.
public struct WebhookAnswer: Sendable {
    public var status: Int
    public var contentType: String
    public var body: String

    public init(status: Int = 200, contentType: String = "text/plain; charset=utf-8", body: String = "") {
        (self.status, self.contentType, self.body) = (status, contentType, body)
    }

    var wire: JSON.Object {
        var object = JSON.Object(reserving: 3)
        object.add("status", Int64(status))
        object.add("contentType", contentType)
        object.add("body", body)
        return object
    }
}

public struct ParsedWebhook: Sendable {
    public var events: [InboundEvent]
    /// Nil: an empty 200.
    public var answer: WebhookAnswer?
    public var remember: [Remembered]

    public init(_ events: [InboundEvent] = [], answer: WebhookAnswer? = nil, remember: [Remembered] = []) {
        (self.events, self.answer, self.remember) = (events, answer, remember)
    }
}
