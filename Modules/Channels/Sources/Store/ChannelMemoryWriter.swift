import Kernel
import Persistence
import PluginHost
import Vault

/// Seals what a plugin asked to remember, so that the caller's transaction can store it.
struct ChannelMemoryWriter: Sendable {
    let vault: Vault

    /// The returned closure writes the new memory as a whole.
    func applying(
        _ values: [Remembered], to channel: OpenChannel
    ) async throws -> @Sendable (any SQLTransaction) throws -> Void {
        var memory = channel.memory
        memory.apply(values)
        let (id, account) = (channel.id, channel.account)
        let sealed = try memory.sealed(by: try await vault.accountKey(account), channel: id, account: account)
        return { try ChannelStore(transaction: $0).set(memory: sealed, of: id, account: account) }
    }
}
