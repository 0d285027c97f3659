import ChannelsInterface
import Kernel
import Persistence

/// The files of a visitor's conversation: what they send, and what they may see.
struct VisitorFiles: Sendable {
    let database: any Database
    let keeper: MediaKeeper
    let channels: OpenChannels
    let time: any TimeSource

    /// Of one visitor in a day: more than anybody needs, less than hurts.
    static let dailyCount = 100
    static let dailyBytes: Int64 = 100 << 20

    /// Keeps an upload as a draft that only a message of the same visitor can take along.
    ///
    /// Throws `Problem.invalid` for what the chat does not take, `.tooLarge`, and `.rateLimited` for more than a day's share.
    func add(_ upload: MediaUpload, of visitor: Visitor, in chat: WebChat) async throws -> MediaFile {
        try visitor.mustOweNothing()
        guard chat.settings.files else { throw Problem.invalid(field: "file", "this chat takes no files") }
        guard let channel = try await channels.channel(chat.channel, of: chat.account) else { throw Problem.notFound }
        let identity = channel.identityKey(visitor.id.description)
        let yesterday = time.now().advanced(by: .seconds(-86_400))
        let today = try await database.read(in: chat.account) {
            try MediaStore(transaction: $0).uploads(byVisitor: identity, since: yesterday, account: chat.account)
        }
        guard today.count < Self.dailyCount, today.bytes + Int64(upload.bytes.count) <= Self.dailyBytes else {
            throw Problem.rateLimited(retryAfter: .seconds(3_600))
        }
        return try await keeper.add(upload, for: identity, in: channel, byVisitor: true)
    }

    /// What `ids` are, in their order. Throws `Problem.invalid` when one is no upload of this visitor.
    func uploads(_ ids: [FileID], of visitor: Visitor, in channel: OpenChannel) async throws -> [MediaFile] {
        guard !ids.isEmpty else { return [] }
        let identity = channel.identityKey(visitor.id.description)
        let rows = try await database.read(in: channel.account) { try MediaStore(transaction: $0).find(ids, of: channel.account) }
        let theirs = Set(rows.filter { $0.isVisitors && $0.identityKey == identity }.map(\.id))
        let files = try await keeper.files(ids, of: channel.account)
        return try ids.map { id in
            guard theirs.contains(id), let file = files[id] else {
                throw Problem.invalid(field: "attachments", "is no file that was uploaded for this message")
            }
            return file
        }
    }

    /// Whether `id` became part of a message of this visitor's conversation, from either side.
    func mayRead(_ id: FileID, _ visitor: Visitor, in chat: WebChat) async throws -> Bool {
        guard let channel = try await channels.channel(chat.channel, of: chat.account) else { return false }
        let identity = channel.identityKey(visitor.id.description)
        let row = try await database.read(in: chat.account) { try MediaStore(transaction: $0).find(id, of: chat.account) }
        return row?.state == .stored && row?.identityKey == identity
    }
}
