import Kernel
import Persistence
import Vault

/// A session as stored: of its token only the digest.
struct SessionRow: Sendable {
    let account: AccountID
    let digest: [UInt8]
    let user: UserID
    let createdAt: Instant
    let lastSeenAt: Instant
    let expiresAt: Instant

    func isAlive(at now: Instant) -> Bool {
        now < expiresAt && now.duration(since: lastSeenAt) < Lifetime.sessionIdle
    }
}

/// The `identity_session` table.
struct SessionStore {
    let transaction: any SQLTransaction

    func insert(_ session: SessionRow) throws {
        try transaction.execute(
            """
            INSERT INTO identity_session (account_id, digest, user_id, created_at, last_seen_at, expires_at)
            VALUES (\(session.account), \(session.digest), \(session.user), \(session.createdAt), \(session.lastSeenAt),
              \(session.expiresAt))
            """)
    }

    /// The session and its person. For system transactions: the digest leads to the account.
    func find(_ digest: [UInt8]) throws -> (session: SessionRow, user: UserRow)? {
        try transaction.row(
            """
            SELECT u.*, s.digest, s.created_at AS session_created_at, s.last_seen_at, s.expires_at
            FROM identity_session s JOIN identity_user u ON u.account_id = s.account_id AND u.id = s.user_id
            WHERE s.digest = \(digest)
            """
        ) { row in
            let user = try UserRow(row: row)
            let session = SessionRow(
                account: user.account, digest: try row.blob("digest"), user: user.id,
                createdAt: try row.instant("session_created_at"), lastSeenAt: try row.instant("last_seen_at"),
                expiresAt: try row.instant("expires_at"))
            return (session, user)
        }
    }

    /// Newest first.
    func list(of user: UserID) throws -> [SessionRow] {
        let account = try transaction.scopedAccount
        return try transaction.rows(
            """
            SELECT * FROM identity_session WHERE account_id = \(account) AND user_id = \(user) ORDER BY created_at DESC, digest
            """
        ) { row in
            SessionRow(
                account: account, digest: try row.blob("digest"), user: user, createdAt: try row.instant("created_at"),
                lastSeenAt: try row.instant("last_seen_at"), expiresAt: try row.instant("expires_at"))
        }
    }

    /// Only one of the requests that arrive together writes.
    func touch(_ digest: [UInt8], at now: Instant) throws {
        let account = try transaction.scopedAccount
        try transaction.execute(
            """
            UPDATE identity_session SET last_seen_at = \(now)
            WHERE account_id = \(account) AND digest = \(digest) AND last_seen_at <= \(now.advanced(by: .zero - Lifetime.touch))
            """)
    }

    func delete(_ digest: [UInt8]) throws -> Bool {
        let account = try transaction.scopedAccount
        return try transaction.execute(
            "DELETE FROM identity_session WHERE account_id = \(account) AND digest = \(digest)") == 1
    }

    func deleteAll(of user: UserID) throws {
        let account = try transaction.scopedAccount
        try transaction.execute("DELETE FROM identity_session WHERE account_id = \(account) AND user_id = \(user)")
    }

    /// Everybody's that nobody can use any more. For system transactions.
    func deleteDead(at now: Instant) throws {
        let idle = now.advanced(by: .zero - Lifetime.sessionIdle)
        try transaction.execute("DELETE FROM identity_session WHERE expires_at <= \(now) OR last_seen_at <= \(idle)")
    }
}
