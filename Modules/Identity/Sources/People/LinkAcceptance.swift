import IdentityInterface
import Kernel
import Persistence
import Vault

/// Turns a one-time link into a session, once. Account, user and role come from the link; a request can change none of them.
struct LinkAcceptance: Sendable {
    let environment: IdentityEnvironment
    let links: Links
    let members: Members
    let sessions: Sessions

    /// What the person who opened the link filled in.
    struct Answers: Sendable {
        var name: String?
        var email: String?
        var password: String?
        var accountName: String?
        var language: Language?
        var ageConfirmed: Bool?
    }

    /// Throws `Problem.notFound` when the link is unknown, expired or used up.
    func accept(_ token: String, _ answers: Answers) async throws -> SignedIn {
        guard let link = try await links.open(token) else { throw Problem.notFound }
        switch link.kind {
        case .signIn: return try await signIn(link)
        case .ownerSetup, .invitation:
            // Withdrawn meanwhile, and with it the key of the person it was for.
            do { return try await join(link, answers) } catch VaultError.keyDestroyed { throw Problem.notFound }
        }
    }

    private func signIn(_ link: LinkRow) async throws -> SignedIn {
        let now = environment.time.now()
        let grant = try sessions.grant()
        let row = try await environment.database.write(in: link.account) { [environment, sessions] transaction in
            guard try LinkStore(transaction: transaction).claim(link.digest, at: now) != nil,
                let user = try UserStore(transaction: transaction).find(link.user), user.isActive
            else { throw Problem.notFound }
            try environment.recordUse(of: link, in: transaction)
            try sessions.open(grant, for: user, in: transaction)
            return user
        }
        guard let person = try await environment.vault.person(row) else { throw Problem.notFound }
        return SignedIn(person: person, grant: grant)
    }

    private func join(_ link: LinkRow, _ answers: Answers) async throws -> SignedIn {
        guard answers.ageConfirmed == true else { throw Problem.invalid(field: "age_confirmed", "must be confirmed") }
        let now = environment.time.now()
        let account = try await account(of: link, answers, at: now)
        let bound = try await environment.vault.email(of: link)
        let row = try await members.seal(
            Members.Draft(
                id: link.user, account: account, name: try required(answers.name, "name"),
                email: try EmailAddress(try bound ?? required(answers.email, "email")),
                password: try required(answers.password, "password"), role: link.role,
                language: answers.language ?? account.language, ageConfirmedAt: now))
        let grant = try sessions.grant()
        try await translatingTakenEmail {
            try await environment.database.write(in: account.id) { [environment, sessions] transaction in
                guard try LinkStore(transaction: transaction).claim(link.digest, at: now) != nil else { throw Problem.notFound }
                if link.kind == .ownerSetup { _ = try environment.create(account, by: .user(row.id), in: transaction) }
                try environment.insert(row, by: .user(row.id), in: transaction)
                try environment.recordUse(of: link, in: transaction)
                try sessions.open(grant, for: row, in: transaction)
            }
        }
        guard let person = try await environment.vault.person(row) else { throw Problem.notFound }
        return SignedIn(person: person, grant: grant)
    }

    /// The link's account; for an owner's link the one that this acceptance will make.
    private func account(of link: LinkRow, _ answers: Answers, at now: Instant) async throws -> Account {
        let id = link.account
        if let found = try await environment.database.read(in: id, { try AccountStore(transaction: $0).find(id) }) {
            return found
        }
        guard link.kind == .ownerSetup else { throw Problem.notFound }
        return Account(
            id: id, name: try Plain.line(try required(answers.accountName, "account_name"), field: "account_name"),
            language: answers.language ?? .russian, createdAt: now)
    }

    private func required(_ value: String?, _ field: String) throws -> String {
        guard let value else { throw Problem.invalid(field: field, "is missing") }
        return value
    }
}

extension IdentityEnvironment {
    fileprivate func recordUse(of link: LinkRow, in transaction: any SQLTransaction) throws {
        try record("link.used", "link/\(link.id)", by: .user(link.user), detail: link.kind.rawValue, in: transaction)
    }
}
