import ChannelsInterface
import Kernel
import Persistence
import PluginHost
import Vault

/// Finds the chat of a receipt that names its messages alone: what we sent is known by the provider's ids.
struct ReceiptPlaces: Sendable {
    let database: any Database
    let vault: Vault

    /// Of a channel's latest messages: receipts come within minutes or days of theirs.
    private static let window = 5_000

    /// The same events, each with its chat. A receipt for what we did not send, such as what a person wrote in the provider's app, tells
    /// nothing and is left out, as is one that overtakes the answer to the request.
    func placed(_ events: [PluginHost.InboundEvent], in channel: OpenChannel) async throws -> [PluginHost.InboundEvent] {
        var placed: [PluginHost.InboundEvent] = []
        placed.reserveCapacity(events.count)
        for event in events {
            guard event.thread == nil, case .status(let status) = event.kind else {
                placed.append(event)
                continue
            }
            guard let thread = try await thread(of: status.messages, in: channel) else { continue }
            placed.append(
                PluginHost.InboundEvent(
                    id: event.id, account: event.account, thread: thread, at: event.at, contact: event.contact, kind: event.kind))
        }
        return placed
    }

    private func thread(of messages: [String], in channel: OpenChannel) async throws -> String? {
        let (account, id) = (channel.account, channel.id)
        let address = try await database.read(in: account) { transaction -> SealedAddress? in
            let store = OutboundStore(transaction: transaction)
            for message in messages.prefix(10) {
                if let found = try store.address(ofMessage: message, in: id, account: account, among: Self.window) {
                    return found
                }
            }
            return nil
        }
        guard let address else { return nil }
        do { return try await AddressSeal.open(address, vault: vault, account: account) } catch VaultError.keyDestroyed {
            return nil
        }
    }
}
