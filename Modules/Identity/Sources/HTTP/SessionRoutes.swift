import HTTPTypes
import Kernel
import WebSupport

/// Signing in and out, and one's own settings.
struct SessionRoutes: Sendable {
    let signIn: SignIn
    let sessions: Sessions
    let members: Members
    let answers: SessionAnswers

    struct Credentials: Decodable {
        let email: String
        let password: String
    }

    struct NewPassword: Decodable {
        let current: String
        let new: String
    }

    struct Settings: Decodable {
        let language: Language?
        let theme: Theme?
        let name: String?
    }

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/session", "Who is signed in", access: .member, response: .of(SessionAnswers.Session.self),
                handler: show),
            Route(
                .post, "/api/v1/session", "Sign in",
                access: .open(reason: "signing in; attempts are counted before a password is looked at"), scope: .none,
                rate: .credentials, bodyLimit: 8_192, audit: .inTransaction, request: .of(Credentials.self),
                response: .of(SessionAnswers.Session.self), handler: open),
            Route(.delete, "/api/v1/session", "Sign out", access: .member, audit: .inTransaction, handler: end),
            Route(
                .patch, "/api/v1/me", "Change one's own settings", access: .member, bodyLimit: 8_192, audit: .inTransaction,
                request: .of(Settings.self), response: .of(SessionAnswers.User.self), handler: change),
            Route(
                .put, "/api/v1/me/password", "Change one's own password; all one's sessions end", access: .member,
                rate: .credentials,
                bodyLimit: 8_192, audit: .inTransaction, request: .of(NewPassword.self), handler: changePassword),
        ]
    }

    private func show(_ call: Call) async throws -> Reply {
        let (account, user, _, csrf) = try call.session()
        guard let person = try await members.person(user, in: account) else { throw Problem.unauthenticated }
        return try await answers.reply(person, csrf: csrf)
    }

    private func open(_ call: Call) async throws -> Reply {
        let body = try call.decode(Credentials.self)
        return try await answers.reply(
            try await signIn.signIn(email: body.email, password: body.password, from: call.client))
    }

    private func end(_ call: Call) async throws -> Reply {
        let (account, user, digest, _) = try call.session()
        try await sessions.end(digest, of: user, in: account)
        return answers.signedOut()
    }

    private func changePassword(_ call: Call) async throws -> Reply {
        let (account, user, _, _) = try call.session()
        let body = try call.decode(NewPassword.self)
        try await members.changePassword(body.current, to: body.new, of: user, in: account)
        return answers.signedOut()
    }

    private func change(_ call: Call) async throws -> Reply {
        let (account, user, _, _) = try call.session()
        let body = try call.decode(Settings.self)
        try await members.change(user, in: account, name: body.name, language: body.language, theme: body.theme)
        guard let person = try await members.person(user, in: account) else { throw Problem.unauthenticated }
        return try Reply.json(SessionAnswers.User(person))
    }
}
