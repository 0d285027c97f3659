/// Why bytes leave: every request names one, and the disclosure register lists which hosts serve it.
package struct EgressPurpose: Hashable, Sendable, CustomStringConvertible {
    /// A dotted name that stays the same for ever: it is what the log and the register keep.
    package let name: String
    /// True where a user of the product types the address in, so that no register can list it. The guard still applies.
    package let allowsAnyHost: Bool

    package init(_ name: String, allowsAnyHost: Bool = false) {
        (self.name, self.allowsAnyHost) = (name, allowsAnyHost)
    }

    package var description: String { name }

    /// A messenger's API: `channel("telegram")`.
    package static func channel(_ name: String) -> Self { Self("channel.\(name)") }
    /// A file that a message in this kind of channel points to: providers keep them on hosts of any name.
    package static func channelMedia(_ name: String) -> Self { Self("channel-media.\(name)", allowsAnyHost: true) }
    /// A connected calendar, sales or shop system: `integration("bitrix24")`.
    package static func integration(_ name: String) -> Self { Self("integration.\(name)") }
    /// A language model or embedding endpoint.
    package static let aiProvider = Self("ai")
    /// Signing in with someone else's account (discovery, keys, tokens).
    package static let signIn = Self("sign-in")
    /// The S3-compatible store.
    package static let fileStore = Self("file-store")
    /// The operator's mail server.
    package static let mail = Self("mail")

    /// A web hook that an account set up.
    package static let tenantWebhook = Self("tenant-webhook", allowsAnyHost: true)
    /// A page or file that an account adds to its knowledge base.
    package static let knowledgeImport = Self("knowledge-import", allowsAnyHost: true)
    /// A page on which an account looks for its web chat.
    package static let installationCheck = Self("installation-check", allowsAnyHost: true)
    /// A tool of the bot that an account described by its address.
    package static let toolCall = Self("tool-call", allowsAnyHost: true)
}
