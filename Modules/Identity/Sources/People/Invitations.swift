import Kernel
import Persistence
import Vault

/// Invitations as the members of an account see them.
struct Invitations: Sendable {
    /// Pending ones of an account.
    static let most = 200

    let environment: IdentityEnvironment
    let links: Links

    struct Invitation: Sendable {
        let id: LinkID
        let email: String
        let role: Role
        let expiresAt: Instant
        /// Known only to whoever made it, only once.
        var token: String?
    }

    /// Nobody hands out a role that is not theirs to give, and a key hands out none.
    func invite(_ email: String, as role: Role, by principal: Principal) async throws -> Invitation {
        guard let user = principal.user, let own = principal.role, own.mayGrant(role) else { throw Problem.forbidden }
        let address = try EmailAddress(email)
        let index = try await environment.emailIndex(address.normalised)
        let now = environment.time.now()
        // Says nothing on other accounts: there the address stays unknown until its owner accepts.
        let (isMember, pending) = try await environment.database.read(in: principal.account) { transaction in
            (
                try UserStore(transaction: transaction).hasMember(emailIndex: index),
                try LinkStore(transaction: transaction).pendingInvitations(at: now)
            )
        }
        guard !isMember else { throw Problem.conflict("This person is a member already.") }
        guard pending < Self.most else { throw Problem.conflict("\(Self.most) invitations are open; withdraw some first.") }
        let made = try await links.createInvitation(account: principal.account, role: role, email: address, by: user)
        return Invitation(
            id: made.row.id, email: address.text, role: role, expiresAt: made.row.expiresAt, token: made.token.text)
    }

    func page(of account: AccountID, after last: LinkID?, limit: Int) async throws -> Page<Invitation> {
        let now = environment.time.now()
        let rows = try await environment.database.read(in: account) {
            try LinkStore(transaction: $0).invitations(after: last, limit: limit + 1, at: now)
        }
        var found: [Invitation] = []
        for row in rows.prefix(limit) {
            found.append(
                Invitation(
                    id: row.id, email: try await environment.vault.email(of: row) ?? "", role: row.role, expiresAt: row.expiresAt)
            )
        }
        return Page(found, next: rows.count > limit ? found.last?.id.description : nil)
    }

    func revoke(_ id: LinkID, by principal: Principal) async throws {
        let user = try await environment.database.write(in: principal.account) { [environment] transaction in
            guard let user = try LinkStore(transaction: transaction).revokeInvitation(id) else { throw Problem.notFound }
            try environment.record("invitation.revoked", "link/\(id)", by: principal.actor, in: transaction)
            return user
        }
        // The invited person will never be; backups keep only what nobody can read.
        try await environment.vault.destroyKey(for: KeyID(sameAs: user), in: principal.account)
    }
}
