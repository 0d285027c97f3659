import ChannelsInterface
import Foundation
import Kernel
import Persistence

/// The rules of accounts and channels, and what contacts got of our own accord.
struct RuleStore {
    let transaction: any SQLTransaction

    /// Those of the channel, else the account's, else none. A channel's own replace the account's as a whole.
    func rules(of channel: ChannelID?, account: AccountID) throws -> SendingRules? {
        let scopes = [Identifier<RuleScope>(sameAs: account)] + (channel.map { [Identifier<RuleScope>(sameAs: $0)] } ?? [])
        let found = try transaction.rows(
            "SELECT scope_id, rules FROM channels_rule WHERE account_id = \(account) AND scope_id IN (\(list: scopes))"
        ) { (try $0.id("scope_id") as Identifier<RuleScope>, try $0.text("rules")) }
        let own = found.first { $0.0 != Identifier(sameAs: account) } ?? found.first
        return try own.map { try JSONDecoder().decode(SendingRules.self, from: Data($0.1.utf8)) }
    }

    /// Exactly those of the scope, where nil is the account.
    func own(_ channel: ChannelID?, account: AccountID) throws -> SendingRules? {
        try transaction.row(
            "SELECT rules FROM channels_rule WHERE account_id = \(account) AND scope_id = \(Self.scope(channel, account))"
        ) { try JSONDecoder().decode(SendingRules.self, from: Data(try $0.text("rules").utf8)) }
    }

    func set(_ rules: SendingRules?, of channel: ChannelID?, account: AccountID) throws {
        let scope = Self.scope(channel, account)
        guard let rules else {
            try transaction.execute("DELETE FROM channels_rule WHERE account_id = \(account) AND scope_id = \(scope)")
            return
        }
        let text = String(decoding: try JSONEncoder().encode(rules), as: UTF8.self)
        try transaction.execute(
            """
            INSERT INTO channels_rule (account_id, scope_id, rules) VALUES (\(account), \(scope), \(text))
            ON CONFLICT (account_id, scope_id) DO UPDATE SET rules = excluded.rules
            """)
    }

    /// Messages to the contact within `time` that were no answers, without `message` itself.
    func initiated(to contact: ContactID, within time: Range<Instant>, except message: MessageID?, account: AccountID) throws
        -> Int
    {
        var sql: SQL = """
            SELECT count(*) AS count FROM channels_initiated WHERE account_id = \(account) AND contact_id = \(contact)
              AND sent_at >= \(time.lowerBound) AND sent_at < \(time.upperBound)
            """
        if let message { sql += " AND message_id <> \(message)" }
        return try transaction.count(sql)
    }

    func noteInitiated(_ message: MessageID, to contact: ContactID, account: AccountID, at now: Instant) throws {
        try transaction.execute(
            """
            INSERT INTO channels_initiated (account_id, contact_id, message_id, sent_at)
            VALUES (\(account), \(contact), \(message), \(now))
            ON CONFLICT (account_id, contact_id, message_id) DO UPDATE SET sent_at = excluded.sent_at
            """)
    }

    /// It did not reach the contact.
    func forgetInitiated(_ message: MessageID, to contact: ContactID, account: AccountID) throws {
        try transaction.execute(
            """
            DELETE FROM channels_initiated
            WHERE account_id = \(account) AND contact_id = \(contact) AND message_id = \(message)
            """)
    }

    /// Of all accounts: no day is longer ago than this.
    func expireInitiated(before limit: Instant) throws -> Int {
        try transaction.execute("DELETE FROM channels_initiated WHERE sent_at < \(limit)")
    }

    private static func scope(_ channel: ChannelID?, _ account: AccountID) -> Identifier<RuleScope> {
        channel.map { Identifier(sameAs: $0) } ?? Identifier(sameAs: account)
    }
}

/// What rules are for: an account, or one of its channels.
enum RuleScope {}
