import Kernel
import Persistence
import Vault

enum LinkSubject {}
typealias LinkID = Identifier<LinkSubject>

/// A one-time link as stored. Account, user and role are fixed when it is made; whoever accepts it changes none of them.
struct LinkRow: Sendable {
    let account: AccountID
    let id: LinkID
    let digest: [UInt8]
    let kind: LinkKind
    /// Whom it signs in; for the other kinds the id that the new person will have.
    let user: UserID
    let role: Role
    /// Sealed under the future person's key.
    let email: Sealed?
    let emailIndex: [UInt8]?
    /// Nil when the installation's operator made it.
    let createdBy: UserID?
    /// Nil when the operator made it, or when its maker is gone or disabled.
    var creatorRole: Role?
    let createdAt: Instant
    let expiresAt: Instant
    let usedAt: Instant?

    /// A link dies with its maker's right to make it.
    func isAlive(at now: Instant) -> Bool {
        guard usedAt == nil, now < expiresAt else { return false }
        return createdBy == nil || creatorRole?.mayGrant(role) == true
    }
}

/// The `identity_link` table.
struct LinkStore {
    let transaction: any SQLTransaction

    private static let columns: SQL = """
        SELECT l.*, c.role AS creator_role FROM identity_link l
        LEFT JOIN identity_user c ON c.account_id = l.account_id AND c.id = l.created_by AND c.disabled_at IS NULL
        """

    func insert(_ link: LinkRow) throws {
        try transaction.execute(
            """
            INSERT INTO identity_link (account_id, id, digest, kind, user_id, role, email, email_index, created_by, created_at,
              expires_at)
            VALUES (\(link.account), \(link.id), \(link.digest), \(link.kind), \(link.user), \(link.role),
              \(link.email?.stored), \(link.emailIndex), \(link.createdBy), \(link.createdAt), \(link.expiresAt))
            """)
    }

    /// For system transactions: the digest leads to the account.
    func find(_ digest: [UInt8]) throws -> LinkRow? {
        try transaction.row("\(sql: Self.columns) WHERE l.digest = \(digest)", LinkRow.init(row:))
    }

    /// Uses the link up. Of any number of transactions exactly one gets it; the others, and those of another account, get nil.
    ///
    /// The e-mail address is dropped: the new person's own row has it from now on.
    func claim(_ digest: [UInt8], at now: Instant) throws -> LinkRow? {
        let account = try transaction.scopedAccount
        let found = try transaction.row(
            "\(sql: Self.columns) WHERE l.account_id = \(account) AND l.digest = \(digest)", LinkRow.init(row:))
        guard let found, found.isAlive(at: now) else { return nil }
        let claimed = try transaction.execute(
            """
            UPDATE identity_link SET used_at = \(now), email = NULL, email_index = NULL
            WHERE account_id = \(account) AND digest = \(digest) AND used_at IS NULL AND expires_at > \(now)
            """)
        return claimed == 1 ? found : nil
    }

    /// Invitations that may still be accepted, oldest first.
    func invitations(after last: LinkID?, limit: Int, at now: Instant) throws -> [LinkRow] {
        let account = try transaction.scopedAccount
        var sql = Self.columns
        sql +=
            " WHERE l.account_id = \(account) AND l.kind = \(LinkKind.invitation) AND l.used_at IS NULL AND l.expires_at > \(now)"
        if let last { sql += " AND l.id > \(last)" }
        sql += " ORDER BY l.id LIMIT \(limit)"
        return try transaction.rows(sql, LinkRow.init(row:))
    }

    func pendingInvitations(at now: Instant) throws -> Int {
        let account = try transaction.scopedAccount
        return try transaction.count(
            """
            SELECT count(*) AS count FROM identity_link
            WHERE account_id = \(account) AND kind = \(LinkKind.invitation) AND used_at IS NULL AND expires_at > \(now)
            """)
    }

    /// The person who will now never be; nil when there is no such unused invitation.
    func revokeInvitation(_ id: LinkID) throws -> UserID? {
        let account = try transaction.scopedAccount
        return try transaction.row(
            """
            DELETE FROM identity_link
            WHERE account_id = \(account) AND id = \(id) AND kind = \(LinkKind.invitation) AND used_at IS NULL
            RETURNING user_id
            """
        ) { try $0.id("user_id") }
    }

    /// Deletes everybody's old links and returns those whose invited person will never be. For system transactions.
    func deleteOld(at now: Instant) throws -> [(account: AccountID, user: UserID)] {
        let unused = now.advanced(by: .zero - Lifetime.unusedInvitation)
        let spent = now.advanced(by: .zero - Lifetime.spentLink)
        let never = try transaction.rows(
            """
            DELETE FROM identity_link WHERE used_at IS NULL AND expires_at <= \(unused) AND email IS NOT NULL
            RETURNING account_id, user_id
            """
        ) { (account: try $0.id("account_id") as AccountID, user: try $0.id("user_id") as UserID) }
        try transaction.execute("DELETE FROM identity_link WHERE expires_at <= \(spent)")
        return never
    }
}

extension LinkRow {
    fileprivate init(row: any SQLRow) throws {
        self.init(
            account: try row.id("account_id"), id: try row.id("id"), digest: try row.blob("digest"), kind: try row.choice("kind"),
            user: try row.id("user_id"), role: try row.choice("role"),
            email: try row.optionalBlob("email").map(Sealed.init(stored:)), emailIndex: try row.optionalBlob("email_index"),
            createdBy: try row.optionalID("created_by"),
            creatorRole: try row.optionalText("creator_role").flatMap(Role.init(rawValue:)),
            createdAt: try row.instant("created_at"), expiresAt: try row.instant("expires_at"),
            usedAt: try row.optionalInstant("used_at"))
    }
}
