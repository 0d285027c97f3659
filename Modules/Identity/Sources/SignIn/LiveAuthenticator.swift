import Kernel
import Persistence
import Vault
import WebSupport

/// Finds out who calls, from the database and with every request: whatever is taken away is gone at once.
struct LiveAuthenticator: Authenticator {
    let environment: IdentityEnvironment

    func caller(sessionToken token: String) async throws -> Caller? {
        guard token.utf8.count <= 200 else { return nil }
        let digest = Token.digest(of: token)
        let now = environment.time.now()
        let found = try await environment.database.readSystem(.authentication) { try SessionStore(transaction: $0).find(digest) }
        guard let (session, user) = found, user.isActive, session.isAlive(at: now),
            let name = try await environment.vault.name(of: user)
        else { return nil }
        if now.duration(since: session.lastSeenAt) >= Lifetime.touch {
            await touch(user.account) { try SessionStore(transaction: $0).touch(digest, at: now) }
        }
        return Caller(
            principal: Principal(
                account: user.account, actor: .user(user.id), name: name, role: user.role, permissions: user.role.permissions),
            means: .session(id: digest, csrf: Sessions.csrf(of: token)))
    }

    func caller(apiKey text: String) async throws -> Caller? {
        guard text.hasPrefix(APIKeys.prefix), text.utf8.count <= 200 else { return nil }
        let digest = Token.digest(of: text)
        let now = environment.time.now()
        let found = try await environment.database.readSystem(.authentication) { try APIKeyStore(transaction: $0).find(digest) }
        guard let (key, creatorRole) = found else { return nil }
        if key.lastUsedAt.map({ now.duration(since: $0) >= Lifetime.touch }) ?? true {
            await touch(key.account) { try APIKeyStore(transaction: $0).touch(key.id, at: now) }
        }
        return Caller(
            principal: Principal(
                account: key.account, actor: .apiKey(key.id), name: key.name, role: nil,
                permissions: key.permissions.intersection(creatorRole.permissions)),
            means: .apiKey)
    }

    /// "Last seen" is not worth a refused request: with a full disk people can still read.
    private func touch(_ account: AccountID, _ body: @escaping @Sendable (any SQLTransaction) throws -> Void) async {
        try? await environment.database.write(in: account, body)
    }
}
