package import Kernel

/// The accounts of the installation and the people who work in them.
package protocol AccountDirectory: Sendable {
    func accounts() async throws -> [Account]
    func account(_ id: AccountID) async throws -> Account?

    /// The account called `nameOrID`; its id or its exact name. Throws `Problem.notFound` or, when two share the name, `.conflict`.
    func account(named nameOrID: String) async throws -> Account

    func createAccount(name: String, language: Language) async throws -> Account

    /// The members of `account`, oldest first.
    func members(of account: AccountID) async throws -> [Member]
    func member(_ id: UserID, of account: AccountID) async throws -> Member?
}

/// A tenant.
package struct Account: Sendable {
    package let id: AccountID
    package let name: String
    package let language: Language
    package let createdAt: Instant

    package init(id: AccountID, name: String, language: Language, createdAt: Instant) {
        (self.id, self.name, self.language, self.createdAt) = (id, name, language, createdAt)
    }
}

/// A person with a role in an account.
package struct Member: Sendable {
    package let id: UserID
    package let name: String
    package let email: String
    package let role: Role
    package let language: Language
    package let createdAt: Instant

    package init(id: UserID, name: String, email: String, role: Role, language: Language, createdAt: Instant) {
        (self.id, self.name, self.email) = (id, name, email)
        (self.role, self.language, self.createdAt) = (role, language, createdAt)
    }
}

/// An account came into being.
package struct AccountCreated: Event {
    package static let name = "identity.account-created.v1"
    package let account: AccountID
    package let language: Language
    package var subject: String { "account" }

    package init(account: AccountID, language: Language) { (self.account, self.language) = (account, language) }
}
