import AuditInterface
import Kernel
import Persistence
import Vault
import WebSupport

/// Sign-in with e-mail address and password.
///
/// An unknown address, a wrong password and a disabled person take the same steps: one count, one look-up, one hash, one
/// audit line, one answer.
struct SignIn: Sendable {
    let environment: IdentityEnvironment
    let passwords: Passwords
    let sessions: Sessions
    private let throttle: SignInThrottle

    init(environment: IdentityEnvironment, passwords: Passwords, sessions: Sessions) {
        (self.environment, self.passwords, self.sessions) = (environment, passwords, sessions)
        throttle = SignInThrottle(environment: environment)
    }

    /// Throws `Problem.badCredentials` or `.rateLimited`.
    func signIn(email: String, password: String, from client: ClientAddress) async throws -> SignedIn {
        let normalised = EmailAddress.normalise(email)
        let ticket = try await throttle.admit(email: normalised, from: client)
        let index = try await environment.emailIndex(normalised)
        let row = try await environment.database.readSystem(.authentication) {
            try UserStore(transaction: $0).find(emailIndex: index)
        }
        let isRight: Bool
        do { isRight = try await passwords.verify(password, against: row?.passwordHash) } catch let problem as Problem {
            // Nothing was tried.
            try await throttle.forgive(ticket)
            throw problem
        }
        guard isRight, let row, row.isActive, let person = try await environment.vault.person(row) else {
            try await recordFailure(row, index)
            throw Problem.badCredentials
        }
        let stronger = await passwords.rehash(password, row.passwordHash)
        let grant = try sessions.grant()
        try await open(grant, for: row, stronger)
        try await throttle.forgive(ticket)
        return SignedIn(person: person, grant: grant)
    }

    private func open(_ grant: SessionGrant, for row: UserRow, _ stronger: String?) async throws {
        try await environment.database.write(in: row.account) { [sessions] transaction in
            // Disabled, or given another password, while the hash was computed.
            guard let now = try UserStore(transaction: transaction).find(row.id), now.isActive,
                now.passwordHash == row.passwordHash
            else { throw Problem.badCredentials }
            if let stronger { try UserStore(transaction: transaction).set("password_hash = \(stronger)", of: row.id) }
            try sessions.open(grant, for: row, in: transaction)
        }
    }

    /// An address without an account is recorded for the installation, and only by its blind index.
    private func recordFailure(_ row: UserRow?, _ index: [UInt8]) async throws {
        let object = row.map { "user/\($0.id)" } ?? "email/\(index.hex)"
        try await environment.audit.append(
            AuditEntry(occurredAt: environment.time.now(), actor: .system, action: "user.sign-in-failed", object: object),
            account: row?.account ?? .system)
    }
}
