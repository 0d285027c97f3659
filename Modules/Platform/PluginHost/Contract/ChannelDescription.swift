package import Kernel

/// A text in the product's languages.
package struct LocalizedText: Hashable, Sendable {
    package let english: String
    package let russian: String
    package let kazakh: String

    package init(english: String, russian: String, kazakh: String) {
        (self.english, self.russian, self.kazakh) = (english, russian, kazakh)
    }

    package subscript(language: Language) -> String {
        switch language {
        case .english: english
        case .russian: russian
        case .kazakh: kazakh
        }
    }
}

extension ChannelDescription {
    /// What a delivery may have at most, whatever a plugin asks for: 25 MB of file as base64.
    package static let mostWebhookBytes = 36 << 20
}

/// What a channel is, what it needs to be connected, and what it can do.
package struct ChannelDescription: Hashable, Sendable {
    /// `telegram`, `webchat`: 1–32 of `a-z0-9-`.
    package let kind: String
    package let title: LocalizedText
    /// How messages arrive, the preferred way first.
    package let modes: [ChannelMode]
    package let settings: [SettingField]
    /// Hosts that requests carrying a secret may go to, beside those of `.baseURL` settings.
    package let hosts: [String]
    /// Lower-case names of the request headers that `verify` and `parse` want to see; the others stay with the host.
    package let webhookHeaders: [String]
    /// The longest delivery, in bytes; 1 MiB unless the provider puts files into its deliveries.
    package let webhookBytes: Int
    /// How the owner's account is signed in, the preferred way first; empty where settings are all it takes.
    package let signIn: [SignInMethod]
    /// What connecting may cost the owner: it is shown, and must be accepted.
    package let risk: LocalizedText?
    /// Nil when each channel has a hook of its own.
    package var sharedHook: SharedHook? = nil
    package let capabilities: ChannelCapabilities
}

/// One hook for several channels, where the provider knows one address for an app, whatever accounts the app serves.
package struct SharedHook: Hashable, Sendable {
    /// Kinds of the same family share hooks.
    package let family: String
    /// The verification key that the channels of one app have in common.
    package let secret: String
    /// Names of the remembered values that hold a channel's accounts, as `InboundEvent.account` names them.
    package let accounts: [String]

    package init(family: String, secret: String, accounts: [String]) {
        (self.family, self.secret, self.accounts) = (family, secret, accounts)
    }
}

/// How a channel's messages reach us.
package enum ChannelMode: String, Hashable, Sendable {
    /// The provider calls us.
    case webhook
    /// We ask the provider, with the `poll` operation.
    case polling
    /// No provider: the product's own routes bring the messages and local delivery takes them.
    case none
}

/// One value that a person enters, or the host generates, to connect a channel.
package struct SettingField: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case text, flag
        /// The provider's address, `https://host`; requests with secrets may go to its host.
        case baseURL = "base-url"
    }
    /// The key in `ChannelContext.settings`, also the name of the secret.
    package let name: String
    package let kind: Kind
    package let title: LocalizedText
    package let help: LocalizedText
    package let isRequired: Bool
    /// Sealed at rest, never shown again.
    package let isSecret: Bool
    /// A secret whose value the plugin must see to check signatures. Other secrets stay with the host, which inserts them
    /// into requests.
    package let isVerificationKey: Bool
    /// The host makes up a value of 43 characters `A-Za-z0-9_-` instead of asking for one.
    package let isGenerated: Bool
    package let defaultValue: String?
}

/// What the composer, the bot and the outbox may do on a channel.
package struct ChannelCapabilities: Hashable, Sendable {
    package let text: TextLimit
    /// Nil when media cannot carry a caption.
    package let caption: TextLimit?
    /// The kinds of files that can be sent; none of a kind that is not listed.
    package let media: [MediaLimit]
    /// Nil when there are no buttons.
    package let buttons: ButtonLimits?
    /// How long one typing signal lasts; nil when there is none.
    package let typing: Duration?
    package let canReply: Bool
    package let canReact: Bool
    package let canEdit: Bool
    package let canDelete: Bool
    package let canMarkRead: Bool
    /// Which statuses the provider reports about our messages.
    package let receipts: [MessageStatus.State]
    /// How long after the customer's last message anybody may answer; nil without a limit.
    package let replyWindow: Duration?
    /// A longer window for messages written by a person, where the provider grants one.
    package let personReplyWindow: Duration?
    /// The setting, a flag, that a channel needs for it; nil when every channel of the kind has it.
    package var personReplySetting: String? = nil
    /// Whether we may write before the customer did.
    package let canInitiate: Bool
    /// Whether the provider reports messages that people send from its own app.
    package let echoes: Bool
    /// Whether an uncertain delivery can be looked up with `reconcile`.
    package let canReconcile: Bool
    /// Whether `poll` also serves a channel with a webhook: it reads a history and finds what no webhook brought.
    package let catchesUp: Bool
    /// Whether requests of one channel must not overlap, whichever operation they belong to.
    package let isSerial: Bool
    package let channelRate: RateLimit?
    package let chatRate: RateLimit?
}

/// How much text a message holds, in the unit the provider counts in.
package struct TextLimit: Hashable, Sendable {
    package enum Unit: String, Hashable, Sendable { case utf16, utf8, characters }
    package let limit: Int
    package let unit: Unit

    package func length(of text: String) -> Int {
        switch unit {
        case .utf16: text.utf16.count
        case .utf8: text.utf8.count
        case .characters: text.count
        }
    }
}

package struct MediaLimit: Hashable, Sendable {
    package let kind: MessageAttachment.Kind
    package let maxBytes: Int
    /// Empty when the provider takes any type.
    package let mimeTypes: [String]
}

package struct ButtonLimits: Hashable, Sendable {
    package let callbackBytes: Int
    package let titleCharacters: Int
    package let perRow: Int
    package let total: Int
}

/// At most `requests` in any `period`, with up to `burst` at once.
package struct RateLimit: Hashable, Sendable {
    package let requests: Int
    package let period: Duration
    package let burst: Int
}
