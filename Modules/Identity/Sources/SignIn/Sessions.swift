import Kernel
import Persistence
import Vault

/// Somebody who just proved who they are.
struct SignedIn: Sendable {
    let person: Person
    let grant: SessionGrant
}

/// A new session's secrets, before its row is written.
struct SessionGrant: Sendable {
    let token: Token
    var digest: [UInt8] { token.digest }
    var csrf: String { Sessions.csrf(of: token.text) }
}

/// Opens and ends sessions.
struct Sessions: Sendable {
    let environment: IdentityEnvironment

    /// Every sign-in gets a token of its own: one that was there before is never promoted.
    func grant() throws -> SessionGrant { SessionGrant(token: try Token()) }

    /// Call it in the transaction that found `user` to be active.
    func open(_ grant: SessionGrant, for user: UserRow, in transaction: any SQLTransaction) throws {
        let now = environment.time.now()
        try SessionStore(transaction: transaction).insert(
            SessionRow(
                account: user.account, digest: grant.digest, user: user.id, createdAt: now, lastSeenAt: now,
                expiresAt: now.advanced(by: Lifetime.session)))
        try environment.record("user.signed-in", "user/\(user.id)", by: .user(user.id), in: transaction)
    }

    func end(_ digest: [UInt8], of user: UserID, in account: AccountID) async throws {
        try await environment.database.write(in: account) { [environment] transaction in
            guard try SessionStore(transaction: transaction).delete(digest) else { return }
            try environment.record("user.signed-out", "user/\(user)", by: .user(user), in: transaction)
        }
    }

    /// Derived from the session's token, so it stays the same while the session lives, is stored nowhere and does not
    /// lead back to the token.
    static func csrf(of token: String) -> String {
        Digest.hmacSHA256("sevensales csrf".utf8, key: token.utf8).hex
    }
}
