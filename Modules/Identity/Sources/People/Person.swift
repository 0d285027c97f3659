import IdentityInterface
import Kernel
import Vault

/// A person with the seals opened.
struct Person: Sendable {
    let account: AccountID
    let id: UserID
    let name: String
    let email: String
    let role: Role
    let language: Language
    let theme: Theme
    let isDisabled: Bool
    let createdAt: Instant

    var member: Member {
        Member(id: id, name: name, email: email, role: role, language: language, createdAt: createdAt)
    }
}

/// Where this module's sealed values belong.
enum Seals {
    static func name(of user: UserID, in account: AccountID) -> SealContext {
        SealContext(table: "identity_user", column: "name", row: user, account: account)
    }
    static func email(of user: UserID, in account: AccountID) -> SealContext {
        SealContext(table: "identity_user", column: "email", row: user, account: account)
    }
    static func email(of link: LinkID, in account: AccountID) -> SealContext {
        SealContext(table: "identity_link", column: "email", row: link, account: account)
    }
}

extension Vault {
    /// Nil when the person was erased.
    func person(_ row: UserRow) async throws -> Person? {
        guard let key = try await userKey(row.id, in: row.account) else { return nil }
        return Person(
            account: row.account, id: row.id, name: try key.openText(row.name, as: Seals.name(of: row.id, in: row.account)),
            email: try key.openText(row.email, as: Seals.email(of: row.id, in: row.account)), role: row.role,
            language: row.language, theme: row.theme, isDisabled: !row.isActive, createdAt: row.createdAt)
    }

    /// Nil when the person was erased.
    func name(of row: UserRow) async throws -> String? {
        try await userKey(row.id, in: row.account)?.openText(row.name, as: Seals.name(of: row.id, in: row.account))
    }

    /// The address an invitation is for; nil when it names none.
    func email(of link: LinkRow) async throws -> String? {
        guard let sealed = link.email, let key = try await userKey(link.user, in: link.account) else { return nil }
        return try key.openText(sealed, as: Seals.email(of: link.id, in: link.account))
    }

    private func userKey(_ user: UserID, in account: AccountID) async throws -> SubjectKey? {
        do { return try await existingKey(for: KeyID(sameAs: user), in: account) } catch VaultError.keyDestroyed { return nil }
    }
}
