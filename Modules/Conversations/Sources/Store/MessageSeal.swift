import ChannelsInterface
import Foundation
import Kernel
import Vault

/// Seals and opens the columns of a message under its contact's key.
struct MessageSeal: Sendable {
    let key: SubjectKey
    let account: AccountID

    func text(_ text: String, of message: MessageID) throws -> [UInt8] {
        try key.seal(text, as: context("text", message)).stored
    }

    /// Edits are sealed for the provider's id, since the message may not exist yet.
    func edit(_ text: String, of externalID: String) throws -> [UInt8] {
        try key.seal(text, as: editContext(externalID)).stored
    }

    func openEdit(_ bytes: [UInt8], of externalID: String) throws -> String {
        try key.openText(Sealed(stored: bytes), as: editContext(externalID))
    }

    func attachments(_ attachments: [InboundAttachment], of message: MessageID) throws -> [UInt8]? {
        guard !attachments.isEmpty else { return nil }
        return try key.seal([UInt8](JSONEncoder().encode(attachments)), as: context("attachments", message)).stored
    }

    func citations(_ citations: [Citation], of message: MessageID) throws -> [UInt8]? {
        guard !citations.isEmpty else { return nil }
        return try key.seal([UInt8](JSONEncoder().encode(citations)), as: context("citations", message)).stored
    }

    /// System lines are codes, not anybody's words, and stay in the clear.
    func openText(_ row: MessageRow) throws -> String {
        guard row.kind != .system else { return String(decoding: row.text, as: UTF8.self) }
        return try key.openText(Sealed(stored: row.text), as: context("text", row.id))
    }

    func openAttachments(_ row: MessageRow) throws -> [InboundAttachment] {
        guard let bytes = row.attachments else { return [] }
        let opened = try key.open(Sealed(stored: bytes), as: context("attachments", row.id))
        return try JSONDecoder().decode([InboundAttachment].self, from: Data(opened)).map(Self.today)
    }

    /// Customers' pictures were stored as another kind than our own.
    private static func today(_ stored: InboundAttachment) -> InboundAttachment {
        guard stored.kind == "photo" else { return stored }
        return InboundAttachment(
            kind: "image", name: stored.name, mime: stored.mime, size: stored.size, file: stored.file, note: stored.note,
            url: stored.url)
    }

    func openCitations(_ row: MessageRow) throws -> [Citation] {
        guard let bytes = row.citations, !bytes.isEmpty else { return [] }
        let opened = try key.open(Sealed(stored: bytes), as: context("citations", row.id))
        return try JSONDecoder().decode([Citation].self, from: Data(opened))
    }

    func referral(_ referral: Referral, of message: MessageID) throws -> [UInt8] {
        try key.seal([UInt8](JSONEncoder().encode(referral)), as: context("referral", message)).stored
    }

    func openReferral(_ row: MessageRow) throws -> Referral? {
        guard let bytes = row.referral else { return nil }
        let opened = try key.open(Sealed(stored: bytes), as: context("referral", row.id))
        return try JSONDecoder().decode(Referral.self, from: Data(opened))
    }

    func referral(_ referral: Referral, of conversation: ConversationID) throws -> [UInt8] {
        try key.seal([UInt8](JSONEncoder().encode(referral)), as: context(of: conversation)).stored
    }

    func openReferral(_ row: ConversationRow) throws -> Referral? {
        guard let bytes = row.referral else { return nil }
        let opened = try key.open(Sealed(stored: bytes), as: context(of: row.id))
        return try JSONDecoder().decode(Referral.self, from: Data(opened))
    }

    private func context(of conversation: ConversationID) -> SealContext {
        SealContext(table: "conversations_conversation", column: "referral", row: conversation, account: account)
    }

    private func context(_ column: String, _ message: MessageID) -> SealContext {
        SealContext(table: "conversations_message", column: column, row: message, account: account)
    }

    private func editContext(_ externalID: String) -> SealContext {
        SealContext(table: "conversations_external", column: "edit_text", row: Array(externalID.utf8), account: account)
    }
}

extension Vault {
    /// The seal of a contact's messages; nil when the contact was erased.
    func messageSeal(of contact: ContactID, account: AccountID) async throws -> MessageSeal? {
        do { return MessageSeal(key: try await key(for: KeyID(sameAs: contact), in: account), account: account) } catch VaultError
            .keyDestroyed
        {
            return nil
        }
    }
}
