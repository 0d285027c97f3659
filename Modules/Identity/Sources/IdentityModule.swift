package import AuditInterface
package import IdentityInterface
package import Kernel
package import Persistence
package import Vault
package import WebSupport

/// All that the composition root knows about Identity: accounts, the people in them, and how they prove who they are.
package struct IdentityModule: Sendable {
    package static let migrations = [IdentitySchema.tables]
    package static let dataMap = IdentitySchema.dataMap

    package let directory: any AccountDirectory
    package let authenticator: any Authenticator
    private let members: Members
    private let links: Links
    private let housekeeping: Housekeeping
    private let http: [Route]

    package var routes: [Route] { http }

    /// `publicURL` is what browsers call us, without a trailing slash; invitation links begin with it.
    package init(
        database: any Database, vault: Vault, passwords: any PasswordChecking, audit: any AuditTrail, cookie: SessionCookie,
        publicURL: String, time: any TimeSource, version: String, isDemo: Bool
    ) {
        let environment = IdentityEnvironment(database: database, vault: vault, audit: audit, time: time)
        let passwords = Passwords(checker: passwords)
        let accounts = LiveAccountDirectory(environment: environment)
        let sessions = Sessions(environment: environment)
        members = Members(environment: environment, passwords: passwords)
        links = Links(environment: environment)
        housekeeping = Housekeeping(environment: environment)
        directory = accounts
        authenticator = LiveAuthenticator(environment: environment)

        let answers = SessionAnswers(accounts: accounts, cookie: cookie, isDemo: isDemo)
        let signIn = SignIn(environment: environment, passwords: passwords, sessions: sessions)
        let acceptance = LinkAcceptance(environment: environment, links: links, members: members, sessions: sessions)
        let invitations = Invitations(environment: environment, links: links)
        let keys = APIKeys(environment: environment)
        http =
            SetupRoutes(accounts: accounts, version: version, isDemo: isDemo).routes
            + LinkRoutes(links: links, acceptance: acceptance, answers: answers).routes
            + SessionRoutes(signIn: signIn, sessions: sessions, members: members, answers: answers).routes
            + UserRoutes(members: members).routes
            + InvitationRoutes(invitations: invitations, publicURL: publicURL).routes
            + APIKeyRoutes(keys: keys).routes
    }

    /// Whether there is no account yet, so that the server offers an owner link when it starts.
    package func isFirstRun() async throws -> Bool { try await directory.accounts().isEmpty }

    /// An owner of `account` who may sign in at once. Throws `Problem.conflict` when the e-mail address is taken.
    package func createOwner(account: AccountID, name: String, email: String, password: String) async throws -> Member {
        try await createUser(account: account, name: name, email: email, password: password, role: .owner)
    }

    /// A member of `account` who may sign in at once. Without `language`, the account's.
    package func createUser(
        account: AccountID, name: String, email: String, password: String, role: Role, language: Language? = nil
    ) async throws -> Member {
        guard let found = try await directory.account(account) else { throw Problem.notFound }
        return try await members.create(
            in: found, name: name, email: email, password: password, role: role, language: language ?? found.language)
    }

    /// The text of a one-time token: what stands behind `#` in `<public-url>/welcome#…`. It is stored nowhere.
    ///
    /// - `ownerSetup`: whoever opens it becomes an owner; without `account`, of a new account that they name.
    /// - `signIn`: signs in as `user`, or as the oldest active member of `account` who has `role` (owner).
    /// - `invitation`: whoever opens it joins `account` with `role` (operator) and, when given, this e-mail address.
    package func createLink(
        _ kind: LinkKind, account: AccountID?, role: Role? = nil, email: String? = nil, user: UserID? = nil
    ) async throws -> String {
        switch kind {
        case .ownerSetup: try await links.createOwnerSetup(account: account)
        case .signIn: try await links.createSignIn(account: account, role: role ?? .owner, user: user)
        case .invitation:
            try await links.createInvitation(
                account: account, role: role ?? .operator, email: try email.map { try EmailAddress($0) }, by: nil
            ).token.text
        }
    }

    /// The roles of others take effect with their next request. Throws `Problem.conflict` for the last active owner.
    package func setRole(_ role: Role, of user: UserID, in account: AccountID) async throws {
        try await members.setRole(role, of: user, in: account)
    }

    /// Ends the person's sessions and API keys at once, or lets them in again. Throws `Problem.conflict` for the last active owner.
    package func setDisabled(_ disabled: Bool, user: UserID, in account: AccountID) async throws {
        try await members.setDisabled(disabled, user: user, in: account)
    }

    /// Sets a new password and ends the person's sessions.
    package func setPassword(_ password: String, of user: UserID, in account: AccountID) async throws {
        try await members.setPassword(password, of: user, in: account)
    }

    /// Hourly removal of what has run out: sessions, links, counted attempts.
    package func register(on jobs: JobRunner) {
        let housekeeping = housekeeping
        jobs.every(.seconds(3_600), "identity.housekeeping") { try await housekeeping.run() }
    }
}
