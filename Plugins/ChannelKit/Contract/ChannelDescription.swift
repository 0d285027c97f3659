/// What a channel is, what it needs to be connected, and what it can do.
public struct ChannelDescription: Sendable {
    /// 1–32 of `a-z0-9-`; for ever.
    public var kind: String
    public var title: LocalizedText
    /// The preferred way first.
    public var modes: [ChannelMode]
    public var settings: [SettingField]
    /// The only hosts, beside those of `.baseURL` settings, that requests with secrets may go to.
    public var hosts: [String]
    /// Lower-case names of the webhook headers the plugin reads; it gets no others.
    public var webhookHeaders: [String]
    /// The longest delivery, in bytes, where the provider puts files into its deliveries; nil for 1 MiB.
    public var webhookBytes: Int64?
    /// How the account itself is signed in with the `signIn` operation, the preferred way first; empty where settings are all it takes.
    public var signIn: [SignInMethod] = []
    /// What connecting may cost the owner: they accept it before, and the host records who did and when.
    public var risk: LocalizedText?
    /// Nil when each channel has a hook of its own.
    public var sharedHook: SharedHook?
    public var capabilities: ChannelCapabilities

    public init(
        kind: String, title: LocalizedText, modes: [ChannelMode], settings: [SettingField] = [], hosts: [String] = [],
        webhookHeaders: [String] = [], webhookBytes: Int64? = nil, signIn: [SignInMethod] = [], risk: LocalizedText? = nil,
        sharedHook: SharedHook? = nil, capabilities: ChannelCapabilities
    ) {
        (self.kind, self.title, self.modes, self.settings) = (kind, title, modes, settings)
        (self.hosts, self.webhookHeaders, self.webhookBytes) = (hosts, webhookHeaders, webhookBytes)
        (self.signIn, self.risk, self.sharedHook, self.capabilities) = (signIn, risk, sharedHook, capabilities)
    }
}

/// One hook for several channels, where the provider knows one address for an app, whatever accounts the app serves.
///
/// `parse` returns the events of every account, each with its `InboundEvent.account`; the host gives a channel those of its own.
public struct SharedHook: Sendable {
    /// Kinds of the same family share hooks: 1–32 of `a-z0-9-`.
    public var family: String
    /// The verification key that the channels of one app have in common.
    public var secret: String
    /// Names of the remembered values that hold the channel's accounts.
    public var accounts: [String]

    public init(family: String, secret: String, accounts: [String]) {
        (self.family, self.secret, self.accounts) = (family, secret, accounts)
    }

    var wire: JSON.Object {
        var object = JSON.Object(reserving: 3)
        object.add("family", family)
        object.add("secret", secret)
        object.add("accounts", .array(accounts.map(JSON.string)))
        return object
    }
}

/// A text in the product's languages.
public struct LocalizedText: Sendable {
    public var english: String
    public var russian: String
    public var kazakh: String

    public init(en english: String, ru russian: String, kk kazakh: String) {
        (self.english, self.russian, self.kazakh) = (english, russian, kazakh)
    }

    var wire: JSON.Object {
        var object = JSON.Object(reserving: 3)
        object.add("en", english)
        object.add("ru", russian)
        object.add("kk", kazakh)
        return object
    }
}

/// How messages reach the product. `none`: through its own routes, without a provider.
public enum ChannelMode: String, Sendable { case webhook, polling, none }

/// One value needed to connect a channel.
public struct SettingField: Sendable {
    public enum Kind: String, Sendable {
        case text, flag
        case baseURL = "base-url"
    }
    public enum Secrecy: Sendable {
        case plain
        /// The host inserts it into requests; the plugin never sees it.
        case credential
        /// The plugin sees it in `verify` and `parse`, and may have it inserted too.
        case verificationKey
    }
    public var name: String
    public var kind: Kind
    public var title: LocalizedText
    public var help: LocalizedText
    public var isRequired: Bool
    public var secrecy: Secrecy
    /// The host makes up 43 characters of `A-Za-z0-9_-`.
    public var isGenerated: Bool
    public var defaultValue: String?

    public init(
        name: String, kind: Kind = .text, title: LocalizedText, help: LocalizedText, isRequired: Bool = true,
        secrecy: Secrecy = .plain, isGenerated: Bool = false, defaultValue: String? = nil
    ) {
        (self.name, self.kind, self.title, self.help) = (name, kind, title, help)
        (self.isRequired, self.secrecy) = (isRequired, secrecy)
        (self.isGenerated, self.defaultValue) = (isGenerated, defaultValue)
    }
}

/// What people and the bot may do on the channel.
public struct ChannelCapabilities: Sendable {
    public var text: TextLimit
    public var caption: TextLimit?
    public var media: [MediaLimit] = []
    public var buttons: ButtonLimits?
    /// How long one typing signal lasts.
    public var typingSeconds: Int64?
    public var canReply = false
    public var canReact = false
    public var canEdit = false
    public var canDelete = false
    public var canMarkRead = false
    public var receipts: [MessageStatus.State] = []
    public var replyWindowSeconds: Int64?
    public var personReplyWindowSeconds: Int64?
    /// The setting, a flag, that a channel needs for the longer window of people.
    public var personReplySetting: String?
    public var canInitiate = false
    public var echoes = false
    public var canReconcile = false
    /// `poll` reads a history, so that it also finds what a webhook lost.
    public var catchesUp = false
    /// Requests of one channel must not overlap: the host makes one at a time, in all its processes together.
    public var isSerial = false
    public var channelRate: RateLimit?
    public var chatRate: RateLimit?

    public init(text: TextLimit) { self.text = text }
}

public struct TextLimit: Sendable {
    public enum Unit: String, Sendable { case utf16, utf8, characters }
    public var limit: Int
    public var unit: Unit

    public init(_ limit: Int, _ unit: Unit) { (self.limit, self.unit) = (limit, unit) }
}

public struct MediaLimit: Sendable {
    public var kind: MessageAttachment.Kind
    public var maxBytes: Int64
    /// Empty: any.
    public var mimeTypes: [String]

    public init(_ kind: MessageAttachment.Kind, maxBytes: Int64, mimeTypes: [String] = []) {
        (self.kind, self.maxBytes, self.mimeTypes) = (kind, maxBytes, mimeTypes)
    }
}

public struct ButtonLimits: Sendable {
    public var callbackBytes: Int64
    public var titleCharacters: Int64
    public var perRow: Int64
    public var total: Int64

    public init(callbackBytes: Int64, titleCharacters: Int64, perRow: Int64, total: Int64) {
        (self.callbackBytes, self.titleCharacters) = (callbackBytes, titleCharacters)
        (self.perRow, self.total) = (perRow, total)
    }
}

public struct RateLimit: Sendable {
    public var requests: Int64
    public var periodSeconds: Int64
    public var burst: Int64

    public init(_ requests: Int64, perSeconds periodSeconds: Int64, burst: Int64) {
        (self.requests, self.periodSeconds, self.burst) = (requests, periodSeconds, burst)
    }
}
