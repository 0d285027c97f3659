import Kernel
import Persistence

typealias APIKeyID = Identifier<APIKeySubject>

/// An API key as stored: of its text only the digest.
struct APIKeyRow: Sendable {
    let account: AccountID
    let id: APIKeyID
    let digest: [UInt8]
    let name: String
    /// What it was given; its maker's present role limits it further.
    let permissions: Set<Permission>
    let createdBy: UserID
    let createdAt: Instant
    let lastUsedAt: Instant?
}

/// The `identity_api_key` table. A revoked key keeps its row, so that audit lines can be explained.
struct APIKeyStore {
    let transaction: any SQLTransaction

    func insert(_ key: APIKeyRow) throws {
        let permissions = key.permissions.map(\.rawValue).sorted().joined(separator: " ")
        try transaction.execute(
            """
            INSERT INTO identity_api_key (account_id, id, digest, name, permissions, created_by, created_at)
            VALUES (\(key.account), \(key.id), \(key.digest), \(key.name), \(permissions), \(key.createdBy), \(key.createdAt))
            """)
    }

    /// The key and its maker's present role; nil when it is revoked or its maker is disabled. For system transactions.
    func find(_ digest: [UInt8]) throws -> (key: APIKeyRow, creatorRole: Role)? {
        try transaction.row(
            """
            SELECT k.*, u.role AS creator_role
            FROM identity_api_key k JOIN identity_user u ON u.account_id = k.account_id AND u.id = k.created_by
            WHERE k.digest = \(digest) AND k.revoked_at IS NULL AND u.disabled_at IS NULL
            """
        ) { (key: try APIKeyRow(row: $0), creatorRole: try $0.choice("creator_role")) }
    }

    /// Unrevoked ones, oldest first.
    func list(after last: APIKeyID?, limit: Int) throws -> [APIKeyRow] {
        let account = try transaction.scopedAccount
        var sql: SQL = "SELECT * FROM identity_api_key WHERE account_id = \(account) AND revoked_at IS NULL"
        if let last { sql += " AND id > \(last)" }
        sql += " ORDER BY id LIMIT \(limit)"
        return try transaction.rows(sql, APIKeyRow.init(row:))
    }

    func unrevoked() throws -> Int {
        let account = try transaction.scopedAccount
        return try transaction.count(
            "SELECT count(*) AS count FROM identity_api_key WHERE account_id = \(account) AND revoked_at IS NULL")
    }

    func revoke(_ id: APIKeyID, at now: Instant) throws -> Bool {
        let account = try transaction.scopedAccount
        return try transaction.execute(
            """
            UPDATE identity_api_key SET revoked_at = \(now)
            WHERE account_id = \(account) AND id = \(id) AND revoked_at IS NULL
            """) == 1
    }

    /// Only one of the requests that arrive together writes.
    func touch(_ id: APIKeyID, at now: Instant) throws {
        let account = try transaction.scopedAccount
        let before = now.advanced(by: .zero - Lifetime.touch)
        try transaction.execute(
            """
            UPDATE identity_api_key SET last_used_at = \(now)
            WHERE account_id = \(account) AND id = \(id) AND (last_used_at IS NULL OR last_used_at <= \(before))
            """)
    }
}

extension APIKeyRow {
    fileprivate init(row: any SQLRow) throws {
        // A permission that this version does not know gives nothing.
        let permissions = try row.text("permissions").split(separator: " ").compactMap { Permission(rawValue: String($0)) }
        self.init(
            account: try row.id("account_id"), id: try row.id("id"), digest: try row.blob("digest"), name: try row.text("name"),
            permissions: Set(permissions), createdBy: try row.id("created_by"), createdAt: try row.instant("created_at"),
            lastUsedAt: try row.optionalInstant("last_used_at"))
    }
}
