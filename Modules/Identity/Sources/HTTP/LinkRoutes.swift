import HTTPTypes
import IdentityInterface
import Kernel
import Vault
import WebSupport

/// One-time links, as the page `/welcome#<token>` uses them.
struct LinkRoutes: Sendable {
    let links: Links
    let acceptance: LinkAcceptance
    let answers: SessionAnswers

    struct Inspect: Decodable { let token: String }

    struct Inspection: Codable {
        struct Account: Codable { let name: String }

        let kind: String
        let account: Account?
        let email: String?
        let role: Role?

        /// Nulls are written out: the contract lists every key.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(kind, forKey: .kind)
            try container.encode(account, forKey: .account)
            try container.encode(email, forKey: .email)
            try container.encode(role, forKey: .role)
        }
    }

    /// No account and no role: the link has them.
    struct Accept: Decodable {
        let token: String
        let name: String?
        let email: String?
        let password: String?
        let accountName: String?
        let language: Language?
        let ageConfirmed: Bool?
    }

    var routes: [Route] {
        [
            Route(
                .post, "/api/v1/links/inspect", "What a one-time link is for",
                access: .open(reason: "the token is the credential; it has 256 random bits"), scope: .keyedAccount,
                rate: .credentials, bodyLimit: 4_096, request: .of(Inspect.self), response: .of(Inspection.self),
                handler: inspect),
            Route(
                .post, "/api/v1/links/accept", "Use a one-time link up and sign in",
                access: .open(reason: "the token is the credential; it has 256 random bits"), scope: .keyedAccount,
                rate: .credentials, bodyLimit: 16_384, audit: .inTransaction, request: .of(Accept.self),
                response: .of(SessionAnswers.Session.self), handler: accept),
        ]
    }

    private func inspect(_ call: Call) async throws -> Reply {
        let body = try call.decode(Inspect.self)
        guard let link = try await links.open(body.token) else { throw Problem.notFound }
        let account = try await answers.accounts.account(link.account)
        return try Reply.json(
            Inspection(
                kind: link.kind.rawValue, account: account.map { .init(name: $0.name) },
                email: try await links.environment.vault.email(of: link), role: link.kind == .invitation ? link.role : nil))
    }

    private func accept(_ call: Call) async throws -> Reply {
        let body = try call.decode(Accept.self)
        let signedIn = try await acceptance.accept(
            body.token,
            LinkAcceptance.Answers(
                name: body.name, email: body.email, password: body.password, accountName: body.accountName,
                language: body.language, ageConfirmed: body.ageConfirmed))
        return try await answers.reply(signedIn)
    }
}
