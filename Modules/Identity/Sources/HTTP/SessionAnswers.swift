import HTTPTypes
import IdentityInterface
import Kernel
import Vault
import WebSupport

/// The answer of every route that leaves the caller signed in.
struct SessionAnswers: Sendable {
    let accounts: LiveAccountDirectory
    let cookie: SessionCookie
    let isDemo: Bool

    struct User: Codable {
        let id: UserID
        let name: String
        let email: String
        let language: Language
        let theme: String

        init(_ person: Person) {
            (id, name, email) = (person.id, person.name, person.email)
            (language, theme) = (person.language, person.theme.rawValue)
        }
    }

    struct Session: Codable {
        struct Account: Codable {
            let id: AccountID
            let name: String
        }

        let user: User
        let account: Account
        let role: Role
        let permissions: [Permission]
        let csrf: String
        let demo: Bool
    }

    func reply(_ person: Person, csrf: String) async throws -> Reply {
        guard let account = try await accounts.account(person.account) else { throw Problem.unauthenticated }
        return try Reply.json(
            Session(
                user: User(person), account: .init(id: account.id, name: account.name), role: person.role,
                permissions: person.role.permissions.sorted { $0.rawValue < $1.rawValue }, csrf: csrf, demo: isDemo))
    }

    /// The same, and the cookie.
    func reply(_ signedIn: SignedIn) async throws -> Reply {
        var reply = try await reply(signedIn.person, csrf: signedIn.grant.csrf)
        reply.headers[.setCookie] = cookie.header(
            signedIn.grant.token.text, seconds: Int(Lifetime.session.components.seconds))
        return reply
    }

    func signedOut() -> Reply {
        var reply = Reply.noContent
        reply.headers[.setCookie] = cookie.header("", seconds: 0)
        return reply
    }
}

extension Call {
    /// `?after=`, as an id.
    func cursor<Subject>() throws -> Identifier<Subject>? {
        guard let text = query("after") else { return nil }
        guard let id = Identifier<Subject>(text) else { throw Problem.invalid(field: "after", "expected a cursor of this list") }
        return id
    }

    /// The person and session behind a cookie; a key has neither.
    func session() throws -> (account: AccountID, user: UserID, digest: [UInt8], csrf: String) {
        guard let caller else { throw Problem.unauthenticated }
        guard case .session(let digest, let csrf) = caller.means, let user = caller.principal.user else {
            throw Problem.forbidden
        }
        return (caller.principal.account, user, digest, csrf)
    }
}
