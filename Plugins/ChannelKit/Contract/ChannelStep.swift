/// What became of the last request.
public enum StepInput: Sendable {
    case start
    case response(HTTPResponse)
    /// The provider certainly did not get the request.
    case notSent
    /// Nobody knows whether the provider got it.
    case unknown
}

public struct HTTPResponse: Sendable {
    public let status: Int
    /// Names in lower case.
    public let headers: [NameValue]
    public let body: [UInt8]

    public init(status: Int, headers: [NameValue] = [], body: [UInt8]) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    /// The first header of this lower-case name.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

public enum ChannelStep: Sendable {
    /// Have the request performed and be called again with `state`.
    case request(HTTPRequest, state: JSON, remember: [Remembered] = [])
    case result(OperationResult, remember: [Remembered] = [])
}

public enum OperationResult: Sendable {
    /// The provider's message ids, in order.
    case sent([String])
    /// Ask again after `pause` milliseconds.
    case polled([InboundEvent], pause: Int64)
    case connected(ChannelAccount)
    case disconnected
    case health(ChannelHealth)
    /// The host fetches the file itself.
    case file(HTTPRequest, name: String? = nil, mimeType: String? = nil, size: Int64? = nil)
    /// `referral` is what the chat is about, where it is about something: a marketplace's listing.
    case profile(ContactIdentity, referral: Referral? = nil)
    case notFound
    /// `state` comes back with the next act.
    case signIn(SignInProgress, state: JSON)
    case failed(OperationFailure)
}

public struct OperationFailure: Sendable {
    public enum Kind: Sendable {
        /// Not before `after` milliseconds; nil leaves the delay to the host.
        case retry(after: Int64?, scope: Scope)
        case permanent
        /// As permanent, and the customer cannot be reached until they write again.
        case blocked
        case reconnectNeeded
        /// It may have happened.
        case uncertain
    }
    public enum Scope: String, Sendable { case chat, channel }

    public var kind: Kind
    public var reason: Reason
    /// Parts that arrived before the failure.
    public var sent: [String]
    /// The state to go on from.
    public var resume: JSON?

    public init(_ kind: Kind, _ reason: Reason, sent: [String] = [], resume: JSON? = nil) {
        (self.kind, self.reason, self.sent, self.resume) = (kind, reason, sent, resume)
    }
}

/// The owner's identity at the provider.
public struct ChannelAccount: Sendable {
    public var id: String
    public var name: String
    public var username: String?
    public var url: String?

    public init(id: String, name: String, username: String? = nil, url: String? = nil) {
        (self.id, self.name, self.username, self.url) = (id, name, username, url)
    }
}

public struct ChannelHealth: Sendable {
    public enum State: String, Sendable { case healthy, degraded, broken }
    public var state: State
    public var account: ChannelAccount?
    public var pending: Int64?
    public var reason: Reason?
    public var detail: String?

    public init(
        _ state: State, account: ChannelAccount? = nil, pending: Int64? = nil, reason: Reason? = nil,
        detail: String? = nil
    ) {
        (self.state, self.account, self.pending) = (state, account, pending)
        (self.reason, self.detail) = (reason, detail)
    }
}

/// A stable code and its explanation in plain words.
public struct Reason: Sendable {
    public var code: String
    public var text: LocalizedText

    public init(_ code: String, en english: String, ru russian: String, kk kazakh: String) {
        (self.code, self.text) = (code, LocalizedText(en: english, ru: russian, kk: kazakh))
    }

    var wire: JSON.Object {
        var object = JSON.Object(reserving: 2)
        object.add("code", code)
        object.add("text", text.wire)
        return object
    }
}
