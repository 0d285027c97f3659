package import Kernel

/// The record of who read and changed what, kept per account, appended to and never edited.
package protocol AuditTrail: Sendable {
    /// Appends `entry` within `transaction`, so that the act and its record are one.
    func append(_ entry: AuditEntry, in transaction: any Transaction) throws

    /// Appends `entry` on its own: for reads, which change nothing.
    func append(_ entry: AuditEntry, account: AccountID) async throws

    /// The entries of `account`, newest first.
    func entries(of account: AccountID, after cursor: String?, limit: Int) async throws -> Page<AuditEntry>
}

package enum AuditSubject {}

/// One line of the trail. Holds identifiers, never personal text, so that it outlives an erasure.
package struct AuditEntry: Sendable {
    package let id: Identifier<AuditSubject>
    package let occurredAt: Instant
    package let actor: Actor
    /// Dotted, past tense: `conversation.taken`, `contact.viewed`, `knowledge.entry-changed`.
    package let action: String
    /// What it was done to: `conversation/0197…`.
    package let object: String
    /// Further facts without personal text; may be empty.
    package let detail: String

    package init(
        id: Identifier<AuditSubject> = .init(), occurredAt: Instant, actor: Actor, action: String, object: String,
        detail: String = ""
    ) {
        (self.id, self.occurredAt, self.actor) = (id, occurredAt, actor)
        (self.action, self.object, self.detail) = (action, object, detail)
    }
}
