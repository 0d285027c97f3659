import Kernel
import Persistence

/// The `identity_throttle` table: for each key the moments of its recent attempts. Belongs to no account.
struct ThrottleStore {
    let transaction: any SQLTransaction

    /// The key's recorded moments, oldest first. Until this transaction ends, others that ask for the same key wait.
    func lock(_ key: [UInt8], at now: Instant) throws -> [Instant] {
        let attempts = try transaction.row(
            """
            INSERT INTO identity_throttle (account_id, key_index, attempts, touched_at)
            VALUES (\(AccountID.system), \(key), '', \(now))
            ON CONFLICT (account_id, key_index) DO UPDATE SET touched_at = excluded.touched_at
            RETURNING attempts
            """
        ) { try $0.text("attempts") }
        return (attempts ?? "").split(separator: " ").compactMap { Int64($0).map(Instant.init(microseconds:)) }
    }

    func save(_ attempts: [Instant], of key: [UInt8]) throws {
        let text = attempts.map { String($0.microseconds) }.joined(separator: " ")
        try transaction.execute(
            "UPDATE identity_throttle SET attempts = \(text) WHERE account_id = \(AccountID.system) AND key_index = \(key)")
    }

    func deleteUntouched(since moment: Instant) throws {
        try transaction.execute(
            "DELETE FROM identity_throttle WHERE account_id = \(AccountID.system) AND touched_at <= \(moment)")
    }
}
