/// Where a contact can be reached. Conversations keeps these; whoever shows contacts asks it.
package struct ContactIdentity: Hashable, Sendable {
    /// `telegram`, `webchat`.
    package let channelKind: String
    /// The name, number or address there, as a person would write it.
    package let handle: String

    package init(channelKind: String, handle: String) { (self.channelKind, self.handle) = (channelKind, handle) }
}
