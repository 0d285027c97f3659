import IdentityInterface
import Kernel
import Persistence
import Vault

/// One-time links: made here, looked at by whoever opens them, used up by `LinkAcceptance`.
struct Links: Sendable {
    let environment: IdentityEnvironment

    /// A link together with the only copy of its secret.
    struct Made: Sendable {
        let row: LinkRow
        let token: Token
    }

    /// Without `account`, for an account that is made when the link is accepted.
    func createOwnerSetup(account: AccountID?) async throws -> String {
        if let account { try await requireExisting(account) }
        return try await make(.ownerSetup, in: account ?? AccountID(), user: UserID(), role: .owner).token.text
    }

    func createSignIn(account: AccountID?, role: Role, user: UserID?) async throws -> String {
        guard let account else { throw Problem.invalid(field: "account", "a sign-in link needs an account") }
        let people = try await environment.database.read(in: account) { try UserStore(transaction: $0).list() }
        let chosen = people.first { person in
            person.isActive && (user.map { $0 == person.id } ?? (person.role == role))
        }
        guard let chosen else { throw Problem.notFound }
        return try await make(.signIn, in: account, user: chosen.id, role: chosen.role).token.text
    }

    /// `creator` is nil for the installation's operator.
    func createInvitation(account: AccountID?, role: Role, email: EmailAddress?, by creator: UserID?) async throws -> Made {
        guard let account else { throw Problem.invalid(field: "account", "an invitation needs an account") }
        try await requireExisting(account)
        return try await make(.invitation, in: account, user: UserID(), role: role, email: email, by: creator)
    }

    /// The link that this token opens, while it is good for something.
    func open(_ token: String) async throws -> LinkRow? {
        guard token.utf8.count <= 200 else { return nil }
        let now = environment.time.now()
        let digest = Token.digest(of: token)
        let link = try await environment.database.readSystem(.authentication) { try LinkStore(transaction: $0).find(digest) }
        guard let link, link.isAlive(at: now) else { return nil }
        return link
    }

    private func requireExisting(_ account: AccountID) async throws {
        let found = try await environment.database.read(in: account) { try AccountStore(transaction: $0).find(account) }
        guard found != nil else { throw Problem.notFound }
    }

    private func make(
        _ kind: LinkKind, in account: AccountID, user: UserID, role: Role, email: EmailAddress? = nil, by creator: UserID? = nil
    ) async throws -> Made {
        let (token, id, now) = (try Token(), LinkID(), environment.time.now())
        var sealed: Sealed?
        var index: [UInt8]?
        if let email {
            let key = try await environment.vault.key(for: KeyID(sameAs: user), in: account)
            sealed = try key.seal(email.text, as: Seals.email(of: id, in: account))
            index = try await environment.emailIndex(email.normalised)
        }
        let row = LinkRow(
            account: account, id: id, digest: token.digest, kind: kind, user: user, role: role, email: sealed, emailIndex: index,
            createdBy: creator, creatorRole: nil, createdAt: now,
            expiresAt: now.advanced(by: kind == .invitation ? Lifetime.invitation : Lifetime.link), usedAt: nil)
        try await environment.database.write(in: account) { [environment] transaction in
            try LinkStore(transaction: transaction).insert(row)
            try environment.record(
                kind == .invitation ? "invitation.created" : "link.created", "link/\(id)",
                by: creator.map { .user($0) } ?? .system, detail: "\(kind.rawValue), \(role.rawValue)", in: transaction)
        }
        return Made(row: row, token: token)
    }
}
