import AuditInterface
import ChannelsInterface
import Kernel
import Persistence
import PluginHost
import Vault

/// Takes in that somebody wants their data deleted, and tells what became of it.
///
/// A request has a number that nobody can guess and that says nothing: the same request has the same number, however often it comes.
struct Erasures: Sendable {
    let audit: any AuditTrail
    let time: any TimeSource
    let publicURL: String

    /// The longest that laws which ask for a deletion on demand allow an ordinary company (GDPR, article 12).
    static let term = Duration.seconds(30 * 86_400)

    /// A request that waits to be written.
    struct Wish: Sendable {
        let code: String
        let address: String
        let write: @Sendable (any SQLTransaction) throws -> Void

        /// The plugin's answer with what it could not know.
        func filled(_ answer: String) -> String {
            answer.replacing("{{erasure.address}}", with: address).replacing("{{erasure.code}}", with: code)
        }
    }

    /// What the provider passed on to `channels`, which are of one account. Nil without a person.
    func wish(_ event: PluginHost.InboundEvent, to channels: [OpenChannel]) -> Wish? {
        guard let person = event.contact?.id, let first = channels.first else { return nil }
        let code = first.indexer.index(event.id, purpose: "channels.erasure").hex
        let (account, now, audit) = (first.account, time.now(), audit)
        let identities = channels.map { $0.identityKey(person) }
        return Wish(code: code, address: "\(publicURL)/data-deletion/\(code)") { transaction in
            let store = ErasureStore(transaction: transaction)
            let removed = try identities.reduce(0) { try $0 + store.clearInbox(of: $1, account: account) }
            let row = ErasureStore.Row(
                account: account, id: .init(), channel: first.id, removed: removed, requestedAt: now,
                dueAt: now.advanced(by: Self.term))
            guard try store.insert(row, codeHash: Digest.sha256(code)) else { return }
            try transaction.publish(
                ErasureRequested(request: row.id, channel: first.id, identityKeys: identities, dueAt: row.dueAt))
            try transaction.publish(ChannelChanged(channel: first.id))
            try audit.append(
                AuditEntry(
                    occurredAt: now, actor: .system, action: "erasure.requested", object: "erasure/\(row.id)",
                    detail: "channel/\(first.id)"), in: transaction)
        }
    }
}
