import Kernel
import Persistence

/// Who may make requests of a channel that serves one at a time, in `channels_turn`.
struct TurnStore {
    let transaction: any SQLTransaction

    /// Somebody's turn as it was seen. It is the same turn while `beat` stands still.
    struct Holder: Hashable, Sendable {
        let token: String
        let beat: Int64
        /// How long its request may take.
        let lasts: Duration
    }

    enum Taking: Sendable {
        case taken
        case held(by: Holder)
        /// Its holder left between two looks.
        case freed
    }

    /// Takes the turn for `token`, or keeps it, where nobody else has it.
    func take(_ channel: ChannelID, account: AccountID, token: String, lasts: Duration) throws -> Taking {
        let milliseconds = lasts.wholeMicroseconds / 1_000
        let isKept = try transaction.execute(
            """
            UPDATE channels_turn SET beat = beat + 1, lasts = \(milliseconds)
            WHERE account_id = \(account) AND channel_id = \(channel) AND token = \(token)
            """)
        if isKept == 1 { return .taken }
        let isFree = try transaction.execute(
            """
            INSERT INTO channels_turn (account_id, channel_id, token, beat, lasts)
            VALUES (\(account), \(channel), \(token), 0, \(milliseconds)) ON CONFLICT DO NOTHING
            """)
        if isFree == 1 { return .taken }
        let holder = try transaction.row(
            "SELECT token, beat, lasts FROM channels_turn WHERE account_id = \(account) AND channel_id = \(channel)"
        ) {
            Holder(
                token: try $0.text("token"), beat: try $0.integer("beat"), lasts: .milliseconds(try $0.integer("lasts")))
        }
        return holder.map(Taking.held) ?? .freed
    }

    /// Frees a turn whose holder has not moved for too long. Does nothing when it has moved since it was seen.
    func end(_ holder: Holder, of channel: ChannelID, account: AccountID) throws {
        try transaction.execute(
            """
            DELETE FROM channels_turn WHERE account_id = \(account) AND channel_id = \(channel)
              AND token = \(holder.token) AND beat = \(holder.beat)
            """)
    }

    func release(_ channel: ChannelID, account: AccountID, token: String) throws {
        try transaction.execute(
            "DELETE FROM channels_turn WHERE account_id = \(account) AND channel_id = \(channel) AND token = \(token)")
    }
}
