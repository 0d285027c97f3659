import ChannelsInterface
import Foundation
import Kernel
import PluginHost
import Vault

/// What a person entered and the product made up for one channel. Sealed as a whole under the account's key.
struct ChannelSettings: Codable, Sendable {
    /// The unguessable last part of the webhook's path, or a web chat's public key.
    var route: String
    var plain: [String: String]
    var secrets: [String: String]
    /// Nil where it is no web chat.
    var webChat: WebChatSettings?
    /// A web chat's; nil as long as nobody asked for it.
    var identitySecret: IdentitySecret?

    /// Public keys of web chats begin with it; the paths of webhooks do not.
    static let webChatPrefix = "wk_"

    /// What a plugin asked to keep between calls.
    struct Memory: Codable, Sendable {
        var plain: [String: String] = [:]
        var secrets: [String: String] = [:]
        var expiries: [String: Instant] = [:]
    }

    func sealed(by key: SubjectKey, channel: ChannelID, account: AccountID) throws -> [UInt8] {
        try key.seal([UInt8](JSONEncoder().encode(self)), as: Self.context("settings", channel, account)).stored
    }

    static func open(_ bytes: [UInt8], by key: SubjectKey, channel: ChannelID, account: AccountID) throws -> ChannelSettings {
        let opened = try key.open(Sealed(stored: bytes), as: context("settings", channel, account))
        var settings = try JSONDecoder().decode(ChannelSettings.self, from: Data(opened))
        if settings.webChat == nil, settings.route.hasPrefix(webChatPrefix) { settings.adoptLooks() }
        return settings
    }

    static func context(_ column: String, _ channel: ChannelID, _ account: AccountID) -> SealContext {
        SealContext(table: "channels_channel", column: column, row: channel, account: account)
    }
}

extension ChannelSettings.Memory {
    func sealed(by key: SubjectKey, channel: ChannelID, account: AccountID) throws -> [UInt8] {
        try key.seal([UInt8](JSONEncoder().encode(self)), as: ChannelSettings.context("memory", channel, account)).stored
    }

    static func open(_ bytes: [UInt8]?, by key: SubjectKey, channel: ChannelID, account: AccountID) throws -> Self {
        guard let bytes else { return Self() }
        let opened = try key.open(Sealed(stored: bytes), as: ChannelSettings.context("memory", channel, account))
        return try JSONDecoder().decode(Self.self, from: Data(opened))
    }

    mutating func apply(_ values: [Remembered]) {
        for value in values {
            plain[value.name] = value.isSecret ? nil : value.value
            secrets[value.name] = value.isSecret ? value.value : nil
            expiries[value.name] = value.value == nil ? nil : value.expiresAt
        }
    }
}
