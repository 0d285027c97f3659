import IdentityInterface
import Kernel
import Persistence
import Vault

/// Makes and changes the people of an account.
struct Members: Sendable {
    let environment: IdentityEnvironment
    let passwords: Passwords

    /// What is known of somebody before there is a row.
    struct Draft {
        var id = UserID()
        let account: Account
        let name: String
        let email: EmailAddress
        let password: String
        let role: Role
        let language: Language
        var ageConfirmedAt: Instant?
    }

    /// Validates, hashes and seals, so that inserting is pure SQL.
    func seal(_ draft: Draft) async throws -> UserRow {
        let name = try Plain.line(draft.name, field: "name")
        let hash = try await passwords.hash(draft.password, names: [draft.account.name, name, draft.email.normalised])
        let key = try await environment.vault.key(for: KeyID(sameAs: draft.id), in: draft.account.id)
        return UserRow(
            account: draft.account.id, id: draft.id,
            name: try key.seal(name, as: Seals.name(of: draft.id, in: draft.account.id)),
            email: try key.seal(draft.email.text, as: Seals.email(of: draft.id, in: draft.account.id)),
            emailIndex: try await environment.emailIndex(draft.email.normalised), passwordHash: hash, role: draft.role,
            language: draft.language, theme: .system, disabledAt: nil, ageConfirmedAt: draft.ageConfirmedAt,
            createdAt: environment.time.now())
    }

    func create(
        in account: Account, name: String, email: String, password: String, role: Role, language: Language
    ) async throws -> Member {
        let row = try await seal(
            Draft(
                account: account, name: name, email: try EmailAddress(email), password: password, role: role, language: language))
        try await translatingTakenEmail {
            try await environment.database.write(in: account.id) { [environment] transaction in
                try environment.insert(row, by: .system, in: transaction)
            }
        }
        guard let person = try await environment.vault.person(row) else { throw Problem.notFound }
        return person.member
    }

    func page(of account: AccountID, after last: UserID?, limit: Int) async throws -> Page<Person> {
        let rows = try await environment.database.read(in: account) {
            try UserStore(transaction: $0).list(after: last, limit: limit + 1)
        }
        var people: [Person] = []
        for row in rows.prefix(limit) { if let person = try await environment.vault.person(row) { people.append(person) } }
        return Page(people, next: rows.count > limit ? rows.prefix(limit).last?.id.description : nil)
    }

    func person(_ id: UserID, in account: AccountID) async throws -> Person? {
        let row = try await environment.database.read(in: account) { try UserStore(transaction: $0).find(id) }
        guard let row else { return nil }
        return try await environment.vault.person(row)
    }

    /// A person's change of their own settings; nil leaves a value as it is.
    func change(_ user: UserID, in account: AccountID, name: String?, language: Language?, theme: Theme?) async throws {
        let name = try name.map { try Plain.line($0, field: "name") }
        let key = try await environment.vault.key(for: KeyID(sameAs: user), in: account)
        let sealed = try name.map { try key.seal($0, as: Seals.name(of: user, in: account)) }
        try await environment.database.write(in: account) { [environment] transaction in
            let users = UserStore(transaction: transaction)
            if let sealed { try users.set("name = \(sealed.stored)", of: user) }
            if let language { try users.set("language = \(language)", of: user) }
            if let theme { try users.set("theme = \(theme)", of: user) }
            try environment.record("user.profile-changed", "user/\(user)", by: .user(user), in: transaction)
        }
    }

    func setRole(_ role: Role, of user: UserID, in account: AccountID) async throws {
        try await environment.database.write(in: account) { transaction in
            try set(role, of: try lockedUser(user, in: transaction), by: .system, in: transaction)
        }
    }

    func setDisabled(_ disabled: Bool, user: UserID, in account: AccountID) async throws {
        try await environment.database.write(in: account) { transaction in
            try set(disabled: disabled, try lockedUser(user, in: transaction), by: .system, in: transaction)
        }
    }

    /// A colleague's change; nil leaves a value as it is. Nobody touches a role that is not theirs to give, nobody shuts themselves out,
    /// and a key changes no people.
    func change(_ user: UserID, role: Role?, disabled: Bool?, by principal: Principal) async throws {
        guard principal.user != nil, let own = principal.role else { throw Problem.forbidden }
        guard disabled != true || principal.user != user else { throw Problem.conflict("You cannot shut yourself out.") }
        try await environment.database.write(in: principal.account) { transaction in
            let row = try lockedUser(user, in: transaction)
            guard own.mayGrant(row.role), own.mayGrant(role ?? row.role) else { throw Problem.forbidden }
            if let role, role != row.role { try set(role, of: row, by: principal.actor, in: transaction) }
            if let disabled, disabled != (row.disabledAt != nil) {
                // As it is now: the role may just have changed.
                try set(disabled: disabled, try lockedUser(user, in: transaction), by: principal.actor, in: transaction)
            }
        }
    }

    private func set(_ role: Role, of row: UserRow, by actor: Actor, in transaction: any SQLTransaction) throws {
        if row.role == .owner, role != .owner { try requireAnotherOwner(than: row, in: transaction) }
        try UserStore(transaction: transaction).set("role = \(role)", of: row.id)
        try environment.record(
            "user.role-changed", "user/\(row.id)", by: actor, detail: "\(row.role.rawValue) to \(role.rawValue)", in: transaction)
    }

    private func set(disabled: Bool, _ row: UserRow, by actor: Actor, in transaction: any SQLTransaction) throws {
        if disabled, row.role == .owner { try requireAnotherOwner(than: row, in: transaction) }
        let moment = disabled ? environment.time.now() : nil
        try UserStore(transaction: transaction).set("disabled_at = \(moment)", of: row.id)
        try SessionStore(transaction: transaction).deleteAll(of: row.id)
        try environment.record(disabled ? "user.disabled" : "user.enabled", "user/\(row.id)", by: actor, in: transaction)
    }

    /// A person's change of their own password, which ends their sessions. Throws `Problem.invalid` when `current` is not theirs.
    func changePassword(_ current: String, to new: String, of user: UserID, in account: AccountID) async throws {
        let row = try await environment.database.read(in: account) { try UserStore(transaction: $0).find(user) }
        guard try await passwords.verify(current, against: row?.passwordHash) else {
            throw Problem.invalid(field: "current", "this is not your password")
        }
        try await setPassword(new, of: user, by: .user(user), in: account)
    }

    func setPassword(_ password: String, of user: UserID, by actor: Actor = .system, in account: AccountID) async throws {
        guard let person = try await person(user, in: account) else { throw Problem.notFound }
        let hash = try await passwords.hash(password, names: [person.name, EmailAddress.normalise(person.email)])
        try await environment.database.write(in: account) { [environment] transaction in
            try UserStore(transaction: transaction).set("password_hash = \(hash)", of: user)
            try SessionStore(transaction: transaction).deleteAll(of: user)
            try environment.record("user.password-changed", "user/\(user)", by: actor, in: transaction)
        }
    }
}

/// The user, while no other transaction changes who owns the account: two owners must not demote each other at once.
private func lockedUser(_ user: UserID, in transaction: any SQLTransaction) throws -> UserRow {
    try AccountStore(transaction: transaction).lock()
    guard let row = try UserStore(transaction: transaction).find(user) else { throw Problem.notFound }
    return row
}

private func requireAnotherOwner(than user: UserRow, in transaction: any SQLTransaction) throws {
    guard try UserStore(transaction: transaction).hasActiveOwner(besides: user.id) else {
        throw Problem.conflict("An account needs an owner; make somebody else one first.")
    }
}

extension IdentityEnvironment {
    func insert(_ user: UserRow, by actor: Actor, in transaction: any SQLTransaction) throws {
        try UserStore(transaction: transaction).insert(user)
        try record("user.created", "user/\(user.id)", by: actor, detail: user.role.rawValue, in: transaction)
    }
}

/// The unique rule on e-mail addresses, in the words of the API. It does not say in which account the address is.
func translatingTakenEmail<Value>(_ body: () async throws -> Value) async throws -> Value {
    do { return try await body() } catch SQLError.notUnique {
        throw Problem.conflict("This e-mail address cannot be used; it may have an account already.")
    }
}
