import ChannelsInterface
import ConversationsInterface
import Kernel
import Persistence
import Vault
import WebSupport

/// How a visitor and their conversation stand, and what they say of it when it is over.
struct VisitorStandings: Sendable {
    let database: any Database
    let vault: Vault
    let time: any TimeSource

    struct Standing: Codable {
        let verified: Bool
        /// What has to be answered before the next message.
        let owes: [VisitorQuestion]
        /// none, open, closed
        let state: String
        /// What they gave since the conversation was last closed.
        @Nullable var rating: Int?
    }

    func standing(of visitor: Visitor, in chat: WebChat) async throws -> Standing {
        let (row, rating) = try await database.read(in: chat.account) { transaction -> (ConversationRow?, RatingRow?) in
            let row = try ConversationStore(transaction: transaction)
                .find(channel: chat.channel, threadKey: visitor.threadKey, of: chat.account)
            guard let row else { return (nil, nil) }
            return (row, try RatingStore(transaction: transaction).latest(of: [row.id], account: chat.account)[row.id])
        }
        let score = row?.state == .closed && rating?.closedAt == row?.endedAt ? rating?.score : nil
        return Standing(verified: visitor.isVerified, owes: visitor.owes, state: row?.state.rawValue ?? "none", rating: score)
    }

    /// Keeps how the closed conversation was; said again before it is reopened, the last word counts.
    ///
    /// Throws `Problem.invalid` for what is no score or too long a comment, and `.conflict` for a conversation that is not closed.
    func rate(_ score: Int, _ comment: String, by visitor: Visitor, in chat: WebChat) async throws {
        guard chat.settings.rating else { throw Problem.conflict("this chat does not ask how it was") }
        guard (1...5).contains(score) else { throw Problem.invalid(field: "score", "expected 1 to 5") }
        guard comment.unicodeScalars.count <= 1_000 else { throw Problem.invalid(field: "comment", "at most 1000 characters") }
        let account = chat.account
        let found = try await database.read(in: account) {
            try ConversationStore(transaction: $0).find(channel: chat.channel, threadKey: visitor.threadKey, of: account)
        }
        guard let found, let seal = try await vault.messageSeal(of: found.contact, account: account) else {
            throw Problem.conflict("there is no conversation yet")
        }
        let now = time.now()
        let sealed = comment.isEmpty ? nil : try seal.key.seal(comment, as: RatingRow.context(found.id, account)).stored
        try await database.write(in: account) { transaction in
            let ratings = RatingStore(transaction: transaction)
            guard let current = try ConversationStore(transaction: transaction).locked(found.id, of: account),
                current.state == .closed
            else { throw Problem.conflict("the conversation is not closed") }
            let before = try ratings.latest(of: [current.id], account: account)[current.id]
            try ratings.put(
                RatingRow(
                    account: account, conversation: current.id, closedAt: current.endedAt, score: score, comment: sealed,
                    ratedAt: now))
            if before?.closedAt != current.endedAt || before?.score != score {
                try Conversations.line("rated.\(score)", in: current, by: nil, at: now, transaction)
            }
            try transaction.publish(ConversationChanged(conversation: current.id))
        }
    }
}

extension ConversationRow {
    /// When it was last closed; those from before that was noted count as closed from their beginning.
    var endedAt: Instant { closedAt ?? createdAt }
}
