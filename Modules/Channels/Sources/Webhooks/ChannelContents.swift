import ChannelsInterface
import Kernel
import Persistence

/// What notices of channels and tests tell.
struct ChannelContents: WebhookContentSource {
    let database: any Database

    struct ChannelData: Encodable, Sendable {
        let channelId: ChannelID, kind: String, name: String, state: String, problem: String?
    }
    struct Removed: Encodable, Sendable { let channelId: ChannelID, state = "removed" }
    struct Ping: Encodable, Sendable { let message = "If the signature fits, this endpoint works." }

    func content(of notice: WebhookNotice, account: AccountID) async throws -> WebhookContent? {
        switch notice.event {
        case .ping: return WebhookContent(person: nil, data: Ping())
        case .channelChanged:
            guard let id = notice.facts["channel_id"].flatMap({ ChannelID($0) }) else { return nil }
            let row = try await database.read(in: account) { try ChannelStore(transaction: $0).find(id, of: account) }
            guard let row else { return WebhookContent(person: nil, data: Removed(channelId: id)) }
            return WebhookContent(
                person: nil,
                data: ChannelData(
                    channelId: id, kind: row.kind, name: row.name, state: row.state.rawValue, problem: row.problem))
        default: return nil
        }
    }
}
