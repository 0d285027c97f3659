import Kernel
import Persistence

/// The rows of `channels_allowance`, one for each channel that sends.
struct AllowanceStore {
    let transaction: any SQLTransaction

    func find(_ channel: ChannelID, account: AccountID) throws -> SendAllowance {
        try transaction.row(
            """
            SELECT next_at, paused_until, failures FROM channels_allowance
            WHERE account_id = \(account) AND channel_id = \(channel)
            """, SendAllowance.init(row:)) ?? SendAllowance()
    }

    /// The row stays locked until the transaction ends.
    func locked(_ channel: ChannelID, account: AccountID) throws -> SendAllowance {
        try transaction.row(
            """
            INSERT INTO channels_allowance (account_id, channel_id, next_at, paused_until, failures)
            VALUES (\(account), \(channel), 0, 0, 0)
            ON CONFLICT (account_id, channel_id) DO UPDATE SET next_at = channels_allowance.next_at
            RETURNING next_at, paused_until, failures
            """, SendAllowance.init(row:)) ?? SendAllowance()
    }

    func set(_ allowance: SendAllowance, of channel: ChannelID, account: AccountID) throws {
        try transaction.execute(
            """
            UPDATE channels_allowance SET next_at = \(allowance.nextAt), paused_until = \(allowance.pausedUntil),
              failures = \(allowance.failures)
            WHERE account_id = \(account) AND channel_id = \(channel)
            """)
    }
}

extension SendAllowance {
    fileprivate init(row: any SQLRow) throws {
        (nextAt, pausedUntil) = (try row.instant("next_at"), try row.instant("paused_until"))
        failures = try row.int("failures")
    }
}
