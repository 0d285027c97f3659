import ChannelsInterface
import CRMInterface
import Kernel
import Persistence
import Vault

/// What notices of messages, conversations and contacts tell, as it is readable now.
struct ConversationContents: WebhookContentSource {
    /// In bytes of UTF-8. With it a payload stays below the 20 KB that the Standard Webhooks scheme recommends.
    private static let longestText = 16_000
    private static let mostAttachments = 20

    let database: any Database
    let vault: Vault
    let contacts: any ContactDirectory

    struct Person: Encodable, Sendable {
        let id: ContactID
        /// Empty when the contact was erased.
        let name: String
    }

    struct MessageData: Encodable, Sendable {
        struct Author: Encodable, Sendable { let type: String, id: UserID? }
        struct Attachment: Encodable, Sendable {
            let kind: String, file: FileID?, name: String?, mime: String?, size: Int64?
        }
        let messageId: MessageID
        let conversationId: ConversationID
        let channelId: ChannelID?
        let contact: Person
        let direction: String
        let author: Author
        /// Left out when it was deleted or its customer erased.
        let text: String?
        let textTruncated: Bool
        let attachments: [Attachment]
        let sentAt: Instant
        let edited: Bool
        let deleted: Bool
        let status: String
        let failureCode: String?
        let failureReason: String?
    }

    struct ConversationData: Encodable, Sendable {
        let conversationId: ConversationID
        let channelId: ChannelID
        let contact: Person
        let state: String
        let owner: String
        let assigneeId: UserID?
        let needsHuman: Bool
        let handoffReason: String?
        /// Left out when nothing is known of it, or its customer was erased.
        let referral: Referral?
        let createdAt: Instant
    }

    struct ContactData: Encodable, Sendable {
        let contactId: ContactID
        let name: String
        let language: Language?
        let createdAt: Instant
    }

    func content(of notice: WebhookNotice, account: AccountID) async throws -> WebhookContent? {
        switch notice.event {
        case .messageReceived, .messageSent, .messageFailed: try await message(notice, account)
        case .conversationOpened, .conversationAssigned, .conversationHandedOver, .conversationClosed:
            try await conversation(notice, account)
        case .contactCreated, .contactUpdated: try await contact(notice, account)
        case .channelChanged, .ping: nil
        }
    }

    private func message(_ notice: WebhookNotice, _ account: AccountID) async throws -> WebhookContent? {
        guard let id = notice.facts["message_id"].flatMap({ MessageID($0) }) else { return nil }
        let found = try await database.read(in: account) { transaction -> (MessageRow, ConversationRow?)? in
            guard let row = try MessageStore(transaction: transaction).find(id, of: account) else { return nil }
            return (row, try ConversationStore(transaction: transaction).find(row.conversation, of: account))
        }
        guard let (row, conversation) = found else { return nil }
        let seal = row.deleted ? nil : try await vault.messageSeal(of: row.contact, account: account)
        let whole = try seal?.openText(row)
        let text = whole.map { Self.clipped($0) }
        let attachments = try seal?.openAttachments(row).prefix(Self.mostAttachments) ?? []
        let data = MessageData(
            messageId: row.id, conversationId: row.conversation, channelId: conversation?.channel,
            contact: try await person(row.contact, account), direction: row.direction.rawValue,
            author: .init(type: row.author.rawValue, id: row.authorID), text: text, textTruncated: whole != text,
            attachments: attachments.map { .init(kind: $0.kind, file: $0.file, name: $0.name, mime: $0.mime, size: $0.size) },
            sentAt: row.occurredAt, edited: row.edited, deleted: row.deleted,
            // What the notice says: the row may be a moment behind it, or far ahead.
            status: notice.facts["status"] ?? row.status.rawValue, failureCode: notice.facts["failure_code"],
            failureReason: notice.facts["failure_reason"])
        return WebhookContent(person: row.contact, data: data)
    }

    private func conversation(_ notice: WebhookNotice, _ account: AccountID) async throws -> WebhookContent? {
        guard let id = notice.facts["conversation_id"].flatMap({ ConversationID($0) }),
            let row = try await database.read(
                in: account, { try ConversationStore(transaction: $0).find(id, of: account) })
        else { return nil }
        let data = ConversationData(
            conversationId: row.id, channelId: row.channel, contact: try await person(row.contact, account),
            state: row.state.rawValue, owner: row.owner.rawValue, assigneeId: row.assignee, needsHuman: row.needsHuman,
            handoffReason: row.handOffReason?.rawValue, referral: try await referral(of: row), createdAt: row.createdAt)
        return WebhookContent(person: row.contact, data: data)
    }

    private func referral(of row: ConversationRow) async throws -> Referral? {
        guard row.referral != nil else { return nil }
        return try await vault.messageSeal(of: row.contact, account: row.account)?.openReferral(row)
    }

    private func contact(_ notice: WebhookNotice, _ account: AccountID) async throws -> WebhookContent? {
        guard let id = notice.facts["contact_id"].flatMap({ ContactID($0) }),
            let found = try await contacts.contact(id, of: account)
        else { return nil }
        let data = ContactData(contactId: id, name: found.name, language: found.language, createdAt: found.createdAt)
        return WebhookContent(person: id, data: data)
    }

    private func person(_ id: ContactID, _ account: AccountID) async throws -> Person {
        Person(id: id, name: try await contacts.contact(id, of: account)?.name ?? "")
    }

    /// Its beginning, cut between two characters.
    private static func clipped(_ text: String) -> String {
        guard text.utf8.count > longestText else { return text }
        var (bytes, end) = (0, text.startIndex)
        while end < text.endIndex {
            let next = text.index(after: end)
            bytes += text.utf8.distance(from: end, to: next)
            guard bytes <= longestText else { break }
            end = next
        }
        return String(text[..<end])
    }
}
