import ChannelsInterface
import CRMInterface
import IdentityInterface
import Kernel
import Persistence
import Vault

/// Opens rows for whoever may read them: a page of the inbox costs a handful of queries, however long it is.
struct Presenter: Sendable {
    let database: any Database
    let vault: Vault
    let contacts: any ContactDirectory
    let channels: any ChannelDirectory
    let accounts: any AccountDirectory
    let media: any MediaLibrary

    func views(of rows: [ConversationRow], account: AccountID) async throws -> [ConversationView] {
        guard !rows.isEmpty else { return [] }
        let names = try await contacts.contacts(Set(rows.map(\.contact)), of: account)
        let known = Dictionary(try await channels.channels(of: account).map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
        let members = rows.contains { $0.assignee != nil } ? try await memberNames(account) : [:]
        let ids = rows.compactMap(\.lastMessage)
        let (found, ratings) = try await database.read(in: account) { transaction in
            (
                try MessageStore(transaction: transaction).find(ids, of: account),
                try RatingStore(transaction: transaction).latest(of: rows.map(\.id), account: account)
            )
        }
        let last = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
        var views: [ConversationView] = []
        views.reserveCapacity(rows.count)
        for row in rows {
            let message = row.lastMessage.flatMap { last[$0] }
            views.append(
                view(
                    row, of: names[row.contact], channel: known[row.channel], members: members,
                    last: try await lastMessage(message, account),
                    rating: try await rating(ratings[row.id], row), referral: try await referral(row)))
        }
        return views
    }

    private func rating(_ rating: RatingRow?, _ row: ConversationRow) async throws -> ConversationView.Rating? {
        guard let rating else { return nil }
        let comment = try await rating.comment.asyncFlatMap { sealed in
            try await vault.messageSeal(of: row.contact, account: row.account)?
                .key.openText(Sealed(stored: sealed), as: RatingRow.context(row.id, row.account))
        }
        return .init(score: rating.score, comment: comment ?? "", at: rating.ratedAt)
    }

    private func referral(_ row: ConversationRow) async throws -> ReferralView? {
        guard row.referral != nil, let seal = try await vault.messageSeal(of: row.contact, account: row.account) else {
            return nil
        }
        return try seal.openReferral(row).map { ReferralView($0) }
    }

    private func lastMessage(_ row: MessageRow?, _ account: AccountID) async throws -> ConversationView.LastMessage? {
        guard let row else { return nil }
        let seal = row.deleted ? nil : try await vault.messageSeal(of: row.contact, account: account)
        return .init(
            text: String(try seal?.openText(row).prefix(200) ?? ""), direction: row.direction.rawValue,
            author: row.author.rawValue, at: row.occurredAt, deleted: row.deleted, kind: row.kind.rawValue,
            service: row.service, attachment: try seal?.openAttachments(row).first?.kind)
    }

    private func view(
        _ row: ConversationRow, of contact: Contact?, channel: ChannelSummary?, members: [UserID: String],
        last: ConversationView.LastMessage?, rating: ConversationView.Rating?, referral: ReferralView?
    ) -> ConversationView {
        ConversationView(
            id: row.id, contact: .init(id: row.contact, name: contact?.name ?? "", picture: contact?.picture),
            verified: row.isVerified,
            channel: .init(id: row.channel, kind: channel?.kind ?? "", name: channel?.name ?? ""), state: row.state.rawValue,
            owner: row.owner.rawValue, assignee: row.assignee.map { .init(id: $0.description, name: members[$0] ?? "") },
            needsHuman: row.needsHuman,
            handoff: row.handOffReason.flatMap { reason in
                row.handOffAt.map { .init(reason: reason.rawValue, detail: "", at: $0) }
            }, unread: row.unread, lastMessage: last, botTyping: false, rating: rating, referral: referral,
            createdAt: row.createdAt, updatedAt: row.activityAt)
    }

    func memberNames(_ account: AccountID) async throws -> [UserID: String] {
        Dictionary(try await accounts.members(of: account).map { ($0.id, $0.name) }, uniquingKeysWith: { a, _ in a })
    }

    func views(of rows: [MessageRow], account: AccountID) async throws -> [MessageView] {
        guard let first = rows.first else { return [] }
        let members = rows.contains { $0.authorID != nil } ? try await memberNames(account) : [:]
        let contact = try await contacts.contact(first.contact, of: account)
        let seal = try await vault.messageSeal(of: first.contact, account: account)
        var attachments: [MessageID: [InboundAttachment]] = [:]
        for row in rows where row.attachments != nil && !row.deleted { attachments[row.id] = try seal?.openAttachments(row) }
        let named = attachments.values.flatMap { $0.compactMap(\.file) }
        let files = named.isEmpty ? [:] : try await media.files(named, of: account)
        return try rows.map { row in
            let name =
                switch row.author {
                case .customer: contact?.name ?? ""
                case .user: row.authorID.flatMap { members[$0] } ?? ""
                case .bot, .system: ""
                }
            let isReadable = !row.deleted && seal != nil
            return MessageView(
                id: row.id, conversationId: row.conversation, direction: row.direction.rawValue, kind: row.kind.rawValue,
                service: row.service,
                author: .init(type: row.author.rawValue, id: row.authorID, name: name),
                text: isReadable ? try seal?.openText(row) ?? "" : "",
                attachments: (attachments[row.id] ?? []).enumerated().map { offset, attachment in
                    Self.view(attachment, offset, of: row.id, attachment.file.flatMap { files[$0] })
                }, referral: isReadable ? try seal?.openReferral(row).map { ReferralView($0) } : nil, status: row.status.rawValue,
                failure: (row.status == .held ? nil : row.failureCode).map { .init(code: $0, reason: row.failureReason ?? "") },
                schedule: row.scheduledAt.flatMap { at in
                    row.status.isKeptBack && row.status != .held ? .init(at: at, cancelOnReply: row.cancelOnReply) : nil
                },
                hold: row.status == .held
                    ? row.scheduledAt.map { .init(until: $0, reason: row.failureCode ?? "") } : nil, sentAt: row.occurredAt,
                edited: row.edited, deleted: row.deleted,
                citations: try seal?.openCitations(row).map {
                    .init(
                        entryId: $0.entryID, version: $0.version, title: $0.title, quote: $0.quote, start: $0.start, end: $0.end)
                } ?? [], cost: row.cost)
        }
    }

    /// What is known of the file itself goes before what the provider said of it.
    private static func view(
        _ attachment: InboundAttachment, _ offset: Int, of message: MessageID, _ file: MediaFile?
    ) -> MessageView.Attachment {
        let isHere = file?.state == .stored
        return .init(
            id: "\(message)-\(offset)", kind: attachment.kind, file: file?.id,
            state: attachment.file == nil ? "none" : file?.state.rawValue ?? MediaFile.State.failed.rawValue,
            name: file.map(\.name) ?? attachment.name, mime: isHere ? file?.mime : attachment.mime,
            size: isHere ? file?.size : attachment.size, note: attachment.note, url: attachment.url)
    }
}
