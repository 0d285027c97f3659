import Kernel
import Persistence
import PluginHost
import Vault

/// Keeps what a plugin asked to remember.
struct ChannelMemoryWriter: Sendable {
    let vault: Vault

    /// The returned closure adds `values` to what is remembered when it runs: another operation of the channel may have learned something
    /// meanwhile.
    func applying(
        _ values: [Remembered], to channel: OpenChannel
    ) async throws -> @Sendable (any SQLTransaction) throws -> Void {
        let (id, account, key) = (channel.id, channel.account, try await vault.accountKey(channel.account))
        return { transaction in
            let store = ChannelStore(transaction: transaction)
            guard let stored = try store.lockedMemory(of: id, account: account) else { return }
            var memory = try ChannelSettings.Memory.open(stored.isEmpty ? nil : stored, by: key, channel: id, account: account)
            memory.apply(values)
            try store.set(memory: try memory.sealed(by: key, channel: id, account: account), of: id, account: account)
        }
    }
}
