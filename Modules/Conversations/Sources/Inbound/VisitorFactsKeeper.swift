import ChannelsInterface
import ConversationsInterface
import Kernel
import Persistence
import Vault

/// Takes over what a visitor of a web chat said in the form before it: where they can be reached, and that they agreed.
struct VisitorFactsKeeper {
    let event: InboundEvent
    let seal: MessageSeal
    let transaction: any SQLTransaction
    let now: Instant

    /// Does nothing for answers that were taken over before.
    func keep(in conversation: inout ConversationRow) throws {
        guard let facts = event.visitor, let answeredAt = facts.answeredAt,
            answeredAt > (conversation.answeredAt ?? Instant(microseconds: 0))
        else { return }
        conversation.answeredAt = answeredAt
        try say("email", facts.email, conversation)
        try say("phone", facts.phone, conversation)
        guard let consent = facts.consent else { return }
        try transaction.publish(
            VisitorConsented(
                contact: conversation.contact, consent: Identifier(sameAs: consent.id), textVersion: consent.textVersion,
                textHash: consent.textHash, givenAt: consent.givenAt))
    }

    /// Nobody vouches for it: it stands on the contact's card and leads to nobody else's.
    private func say(_ kind: String, _ handle: String?, _ conversation: ConversationRow) throws {
        guard let handle else { return }
        let key = Array(Digest.sha256(event.identityKey + Array(kind.utf8)).prefix(16))
        try IdentityStore(transaction: transaction).say(
            key, contact: conversation.contact, kind: kind,
            handle: try seal.key.seal(handle, as: IdentityStore.context(key, conversation.account)).stored,
            account: conversation.account, at: now)
    }
}
