import IdentityInterface
import Kernel
import Persistence

/// The directory kept in the application's own database.
struct LiveAccountDirectory: AccountDirectory {
    let environment: IdentityEnvironment

    func accounts() async throws -> [Account] {
        try await environment.database.readSystem(.installation) { try AccountStore(transaction: $0).all() }
    }

    func account(_ id: AccountID) async throws -> Account? {
        try await environment.database.read(in: id) { try AccountStore(transaction: $0).find(id) }
    }

    func account(named nameOrID: String) async throws -> Account {
        if let id = AccountID(nameOrID), let found = try await account(id) { return found }
        let found = try await environment.database.readSystem(.installation) {
            try AccountStore(transaction: $0).named(nameOrID)
        }
        guard let first = found.first else { throw Problem.notFound }
        guard found.count == 1 else { throw Problem.conflict("Several accounts have this name; use the account's id.") }
        return first
    }

    func createAccount(name: String, language: Language) async throws -> Account {
        let account = Account(
            id: AccountID(), name: try Plain.line(name, field: "account_name"), language: language,
            createdAt: environment.time.now())
        try await environment.database.write(in: account.id) { [environment] transaction in
            _ = try environment.create(account, by: .system, in: transaction)
        }
        return account
    }

    func members(of account: AccountID) async throws -> [Member] {
        let rows = try await environment.database.read(in: account) { try UserStore(transaction: $0).list() }
        var members: [Member] = []
        for row in rows { if let person = try await environment.vault.person(row) { members.append(person.member) } }
        return members
    }

    func member(_ id: UserID, of account: AccountID) async throws -> Member? {
        let row = try await environment.database.read(in: account) { try UserStore(transaction: $0).find(id) }
        guard let row else { return nil }
        return try await environment.vault.person(row)?.member
    }
}

extension IdentityEnvironment {
    /// Adds the account, tells the other modules and the trail; false, without any effect, when it is there already.
    func create(_ account: Account, by actor: Actor, in transaction: any SQLTransaction) throws -> Bool {
        guard try AccountStore(transaction: transaction).insert(account) else { return false }
        try transaction.publish(AccountCreated(account: account.id, language: account.language))
        try record("account.created", "account/\(account.id)", by: actor, in: transaction)
        return true
    }
}
