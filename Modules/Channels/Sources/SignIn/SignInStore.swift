import Foundation
import Kernel
import Persistence
import PluginHost
import Vault

package enum SignInSubject {}

/// What is kept of an attempt to sign a channel's account in between two acts: never a code or a password.
struct SignInAttempt: Codable, Sendable {
    let id: Identifier<SignInSubject>
    var state: String
    /// How many codes and passwords were tried.
    var answers = 0
    /// When the provider was last asked.
    var askedAt: Instant
}

/// The `channels_sign_in` table: the latest attempt of each channel, sealed under the account's key, for it may hold a phone number.
struct SignInStore {
    let transaction: any SQLTransaction

    func set(_ attempt: [UInt8], of channel: ChannelID, account: AccountID, at now: Instant) throws {
        try transaction.execute(
            """
            INSERT INTO channels_sign_in (account_id, channel_id, attempt, began_at)
            VALUES (\(account), \(channel), \(attempt), \(now))
            ON CONFLICT (account_id, channel_id) DO UPDATE SET attempt = \(attempt)
            """)
    }

    func find(_ channel: ChannelID, account: AccountID) throws -> (attempt: [UInt8], beganAt: Instant)? {
        try transaction.row(
            "SELECT attempt, began_at FROM channels_sign_in WHERE account_id = \(account) AND channel_id = \(channel)"
        ) { (try $0.blob("attempt"), try $0.instant("began_at")) }
    }

    func delete(_ channel: ChannelID, account: AccountID) throws {
        try transaction.execute("DELETE FROM channels_sign_in WHERE account_id = \(account) AND channel_id = \(channel)")
    }

    func expire(before limit: Instant) throws {
        try transaction.execute("DELETE FROM channels_sign_in WHERE began_at < \(limit)")
    }
}

extension SignInAttempt {
    func sealed(by key: SubjectKey, channel: ChannelID, account: AccountID) throws -> [UInt8] {
        try key.seal([UInt8](JSONEncoder().encode(self)), as: Self.context(channel, account)).stored
    }

    static func open(_ bytes: [UInt8], by key: SubjectKey, channel: ChannelID, account: AccountID) throws -> SignInAttempt {
        try JSONDecoder().decode(Self.self, from: Data(try key.open(Sealed(stored: bytes), as: context(channel, account))))
    }

    private static func context(_ channel: ChannelID, _ account: AccountID) -> SealContext {
        SealContext(table: "channels_sign_in", column: "attempt", row: channel, account: account)
    }
}
