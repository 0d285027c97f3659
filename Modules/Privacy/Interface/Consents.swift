package import Kernel

/// Proof of who agreed to what, in which words, and when they took it back. Appended to, never edited.
package protocol ConsentLedger: Sendable {
    func record(_ consent: ConsentRecord, account: AccountID) async throws

    /// Whether the last word of `subject` on `purpose` was yes.
    func holds(_ purpose: String, subject: ContactID, account: AccountID) async throws -> Bool

    /// Oldest first.
    func history(of subject: ContactID, account: AccountID) async throws -> [ConsentRecord]
}

package enum ConsentSubject {}

/// One word on one purpose, given or taken back.
package struct ConsentRecord: Sendable {
    package let id: Identifier<ConsentSubject>
    package let subject: ContactID
    /// `processing`, `marketing`, `cross-border`, `third-party`, `publication`.
    package let purpose: String
    package let given: Bool
    /// The channel or screen where it was said.
    package let source: String
    /// SHA-256 of the exact text shown, hexadecimal, and its version.
    package let textHash: String
    package let textVersion: String
    package let occurredAt: Instant

    package init(
        id: Identifier<ConsentSubject> = .init(), subject: ContactID, purpose: String, given: Bool, source: String,
        textHash: String, textVersion: String, occurredAt: Instant
    ) {
        (self.id, self.subject, self.purpose, self.given) = (id, subject, purpose, given)
        (self.source, self.textHash, self.textVersion) = (source, textHash, textVersion)
        self.occurredAt = occurredAt
    }
}
