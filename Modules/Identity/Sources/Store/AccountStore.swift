import IdentityInterface
import Kernel
import Persistence

/// The `identity_account` table.
struct AccountStore {
    let transaction: any SQLTransaction

    /// False when the account is there already.
    func insert(_ account: Account) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO identity_account (account_id, name, language, created_at)
            VALUES (\(account.id), \(account.name), \(account.language), \(account.createdAt))
            ON CONFLICT (account_id) DO NOTHING
            """) == 1
    }

    func find(_ id: AccountID) throws -> Account? {
        try transaction.row("SELECT * FROM identity_account WHERE account_id = \(id)", Account.init(row:))
    }

    /// Makes other transactions that call it for the same account wait until this one ends.
    func lock() throws {
        let account = try transaction.scopedAccount
        try transaction.execute("UPDATE identity_account SET name = name WHERE account_id = \(account)")
    }

    /// Oldest first. For system transactions.
    func all() throws -> [Account] {
        try transaction.rows("SELECT * FROM identity_account ORDER BY account_id", Account.init(row:))
    }

    /// At most two: the caller needs to know whether a name is ambiguous. For system transactions.
    func named(_ name: String) throws -> [Account] {
        try transaction.rows(
            "SELECT * FROM identity_account WHERE name = \(name) ORDER BY account_id LIMIT 2", Account.init(row:))
    }
}

extension Account {
    fileprivate init(row: any SQLRow) throws {
        self.init(
            id: try row.id("account_id"), name: try row.text("name"), language: try row.choice("language"),
            createdAt: try row.instant("created_at"))
    }
}
