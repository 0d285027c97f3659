import Kernel
import Persistence
import Vault

/// How the web interface looks to a person.
enum Theme: String, Codable, SQLBindable { case system, light, dark }

/// A person as stored: name and e-mail address sealed under their own key.
struct UserRow: Sendable {
    let account: AccountID
    let id: UserID
    let name: Sealed
    let email: Sealed
    let emailIndex: [UInt8]
    let passwordHash: String
    let role: Role
    let language: Language
    let theme: Theme
    let disabledAt: Instant?
    let ageConfirmedAt: Instant?
    let createdAt: Instant

    var isActive: Bool { disabledAt == nil }
}

/// The `identity_user` table.
struct UserStore {
    let transaction: any SQLTransaction

    /// Throws `SQLError.notUnique` when somebody of any account has the e-mail address.
    func insert(_ user: UserRow) throws {
        try transaction.execute(
            """
            INSERT INTO identity_user (account_id, id, name, email, email_index, password_hash, role, language, theme,
              age_confirmed_at, created_at)
            VALUES (\(user.account), \(user.id), \(user.name.stored), \(user.email.stored), \(user.emailIndex),
              \(user.passwordHash), \(user.role), \(user.language), \(user.theme), \(user.ageConfirmedAt), \(user.createdAt))
            """)
    }

    func find(_ id: UserID) throws -> UserRow? {
        let account = try transaction.scopedAccount
        return try transaction.row(
            "SELECT * FROM identity_user WHERE account_id = \(account) AND id = \(id)", UserRow.init(row:))
    }

    /// Whoever has the address, in any account. For system transactions.
    func find(emailIndex: [UInt8]) throws -> UserRow? {
        try transaction.row("SELECT * FROM identity_user WHERE email_index = \(emailIndex)", UserRow.init(row:))
    }

    func hasMember(emailIndex: [UInt8]) throws -> Bool {
        let account = try transaction.scopedAccount
        return try transaction.count(
            "SELECT count(*) AS count FROM identity_user WHERE account_id = \(account) AND email_index = \(emailIndex)") > 0
    }

    /// Oldest first.
    func list(after last: UserID? = nil, limit: Int? = nil) throws -> [UserRow] {
        let account = try transaction.scopedAccount
        var sql: SQL = "SELECT * FROM identity_user WHERE account_id = \(account)"
        if let last { sql += " AND id > \(last)" }
        sql += " ORDER BY id"
        if let limit { sql += " LIMIT \(limit)" }
        return try transaction.rows(sql, UserRow.init(row:))
    }

    func hasActiveOwner(besides user: UserID) throws -> Bool {
        let account = try transaction.scopedAccount
        return try transaction.count(
            """
            SELECT count(*) AS count FROM identity_user
            WHERE account_id = \(account) AND role = \(Role.owner) AND disabled_at IS NULL AND id <> \(user)
            """) > 0
    }

    func set(_ assignment: SQL, of user: UserID) throws {
        let account = try transaction.scopedAccount
        try transaction.execute("UPDATE identity_user SET \(sql: assignment) WHERE account_id = \(account) AND id = \(user)")
    }
}

extension UserRow {
    init(row: any SQLRow) throws {
        self.init(
            account: try row.id("account_id"), id: try row.id("id"), name: Sealed(stored: try row.blob("name")),
            email: Sealed(stored: try row.blob("email")), emailIndex: try row.blob("email_index"),
            passwordHash: try row.text("password_hash"), role: try row.choice("role"), language: try row.choice("language"),
            theme: try row.choice("theme"), disabledAt: try row.optionalInstant("disabled_at"),
            ageConfirmedAt: try row.optionalInstant("age_confirmed_at"), createdAt: try row.instant("created_at"))
    }
}
