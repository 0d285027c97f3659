import ChannelsInterface
import Kernel
import Logging
import Persistence
import Synchronization

/// Notes on which sites web chats run. Visitors come by the thousand and the owner asks once, so each process writes one a minute and channel.
final class ChatSightings: Sendable {
    private let database: any Database
    private let time: any TimeSource
    private let logger: Logger
    /// When each channel's next sighting may be written.
    private let next = Mutex<[ChannelID: Duration]>([:])

    private static let interval = Duration.seconds(60)

    init(database: any Database, time: any TimeSource, logger: Logger) {
        (self.database, self.time, self.logger) = (database, time, logger)
    }

    func note(_ host: String, of channel: ChannelID, account: AccountID) async {
        let now = time.uptime()
        let isDue = next.withLock { table in
            if let due = table[channel], now < due { return false }
            if table.count > 10_000 { table = table.filter { $0.value > now } }
            table[channel] = now + Self.interval
            return true
        }
        guard isDue else { return }
        let sighting = ChannelCondition.Sighting(host: host, at: time.now())
        do {
            try await database.write(in: account) { transaction in
                let store = ChannelStore(transaction: transaction)
                guard var condition = try store.lockedCondition(of: channel, account: account) else { return }
                let isNews = condition.seen?.host != host
                condition.seen = sighting
                try store.set(condition: condition, of: channel, account: account)
                // The settings page waits for it.
                if isNews { try transaction.publish(ChannelChanged(channel: channel)) }
            }
        } catch {
            logger.warning("a web chat's sighting is not noted", metadata: ["channel": "\(channel)", "error": "\(error)"])
        }
    }
}
