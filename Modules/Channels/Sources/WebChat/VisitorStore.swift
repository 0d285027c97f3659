import ChannelsInterface
import Kernel
import Persistence

/// A visitor as it is stored; name and answers are sealed under the key of `identityKey`.
struct VisitorRow: Sendable {
    let account: AccountID
    let id: Identifier<VisitorSubject>
    let channel: ChannelID
    /// Nil for visitors from before identities were kept with them.
    let identityKey: [UInt8]?
    /// Blind index of the site's own id of the person; nil for somebody whom nobody vouches for.
    let subjectKey: [UInt8]?
    var name: [UInt8]
    var answers: [UInt8]?
    var answeredAt: Instant?
    var consent: VisitorConsent?
    let language: Language?
    let createdAt: Instant
}

/// The rows of `channels_visitor` and `channels_visitor_session`.
struct VisitorStore {
    let transaction: any SQLTransaction

    /// False when somebody with the same subject is there already.
    func insert(_ row: VisitorRow, tokenHash: [UInt8]) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO channels_visitor (account_id, id, channel_id, token_hash, name, language, created_at, identity_key, subject_key,
              answers, answered_at)
            VALUES (\(row.account), \(row.id), \(row.channel), \(tokenHash), \(row.name), \(row.language), \(row.createdAt),
              \(row.identityKey), \(row.subjectKey), \(row.answers), \(row.answeredAt))
            ON CONFLICT DO NOTHING
            """) == 1
    }

    /// Whose token it is: one that never ends for a browser that nobody vouches for, a session's for the others.
    func find(tokenHash: [UInt8], in channel: ChannelID, of account: AccountID, at now: Instant) throws -> VisitorRow? {
        let own = try transaction.row(
            """
            SELECT * FROM channels_visitor
            WHERE account_id = \(account) AND token_hash = \(tokenHash) AND channel_id = \(channel)
            """, VisitorRow.init(row:))
        if let own { return own }
        return try transaction.row(
            """
            SELECT v.* FROM channels_visitor_session s
            JOIN channels_visitor v ON v.account_id = s.account_id AND v.id = s.visitor_id
            WHERE s.account_id = \(account) AND s.token_hash = \(tokenHash) AND s.expires_at > \(now) AND v.channel_id = \(channel)
            """, VisitorRow.init(row:))
    }

    func find(_ id: Identifier<VisitorSubject>, of account: AccountID) throws -> VisitorRow? {
        try transaction.row(
            "SELECT * FROM channels_visitor WHERE account_id = \(account) AND id = \(id)", VisitorRow.init(row:))
    }

    func find(subjectKey: [UInt8], in channel: ChannelID, of account: AccountID) throws -> VisitorRow? {
        try transaction.row(
            """
            SELECT * FROM channels_visitor
            WHERE account_id = \(account) AND channel_id = \(channel) AND subject_key = \(subjectKey)
            """, VisitorRow.init(row:))
    }

    func find(identityKey: [UInt8], of account: AccountID) throws -> VisitorRow? {
        try transaction.row(
            "SELECT * FROM channels_visitor WHERE account_id = \(account) AND identity_key = \(identityKey)",
            VisitorRow.init(row:))
    }

    /// What somebody said of themselves, and what they agreed to.
    func set(
        name: [UInt8], answers: [UInt8]?, consent: VisitorConsent?, at now: Instant, of id: Identifier<VisitorSubject>,
        account: AccountID
    ) throws {
        try transaction.execute(
            """
            UPDATE channels_visitor SET name = \(name), answers = \(answers), answered_at = \(now), consent_id = \(consent?.id),
              consent_version = \(consent?.textVersion), consent_hash = \(consent?.textHash), consent_at = \(consent?.givenAt)
            WHERE account_id = \(account) AND id = \(id)
            """)
    }

    /// The person behind it was erased: the same subject is somebody new.
    func forgetSubject(of id: Identifier<VisitorSubject>, account: AccountID) throws {
        try transaction.execute(
            "UPDATE channels_visitor SET subject_key = NULL WHERE account_id = \(account) AND id = \(id)")
    }

    // MARK: sessions

    /// Opens a session until `end`, and ends those that are over or more than `most` of this visitor.
    func openSession(
        _ tokenHash: [UInt8], of visitor: VisitorRow, at now: Instant, until end: Instant, most: Int
    ) throws {
        try transaction.execute(
            """
            DELETE FROM channels_visitor_session WHERE account_id = \(visitor.account) AND visitor_id = \(visitor.id)
              AND (expires_at <= \(now) OR token_hash NOT IN (
                SELECT token_hash FROM channels_visitor_session
                WHERE account_id = \(visitor.account) AND visitor_id = \(visitor.id) ORDER BY expires_at DESC LIMIT \(most - 1)))
            """)
        try transaction.execute(
            """
            INSERT INTO channels_visitor_session (account_id, token_hash, visitor_id, channel_id, expires_at)
            VALUES (\(visitor.account), \(tokenHash), \(visitor.id), \(visitor.channel), \(end))
            """)
    }

    func endSessions(in channel: ChannelID, of account: AccountID) throws {
        try transaction.execute(
            "DELETE FROM channels_visitor_session WHERE account_id = \(account) AND channel_id = \(channel)")
    }
}

extension VisitorRow {
    init(row: any SQLRow) throws {
        (account, id, channel) = (try row.id("account_id"), try row.id("id"), try row.id("channel_id"))
        (identityKey, subjectKey) = (try row.optionalBlob("identity_key"), try row.optionalBlob("subject_key"))
        (name, answers, answeredAt) = (
            try row.blob("name"), try row.optionalBlob("answers"), try row.optionalInstant("answered_at")
        )
        if let id: Identifier<ConsentWordSubject> = try row.optionalID("consent_id"),
            let version = try row.optionalText("consent_version"), let hash = try row.optionalText("consent_hash"),
            let at = try row.optionalInstant("consent_at")
        {
            consent = VisitorConsent(id: id, textVersion: version, textHash: hash, givenAt: at)
        }
        (language, createdAt) = (
            try row.optionalText("language").flatMap(Language.init(rawValue:)), try row.instant("created_at")
        )
    }
}
