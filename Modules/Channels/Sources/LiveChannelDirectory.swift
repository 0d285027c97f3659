import ChannelsInterface
import Kernel
import Persistence

/// Names of channels for the other modules.
struct LiveChannelDirectory: ChannelDirectory {
    let database: any Database

    func channel(_ id: ChannelID, of account: AccountID) async throws -> ChannelSummary? {
        try await database.read(in: account) { try ChannelStore(transaction: $0).find(id, of: account) }.map(Self.summary)
    }

    func channels(of account: AccountID) async throws -> [ChannelSummary] {
        try await database.read(in: account) { try ChannelStore(transaction: $0).all(of: account) }.map(Self.summary)
    }

    private static func summary(_ row: ChannelRow) -> ChannelSummary {
        ChannelSummary(id: row.id, kind: row.kind, name: row.name)
    }
}
