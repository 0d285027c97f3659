import HTTPTypes
import Kernel
import PluginHost
import WebSupport

/// Signing a channel's account in at its provider: begin, see whether it is done, hand over a code or password.
struct SignInRoutes: Sendable {
    let signIn: AccountSignIn

    struct Beginning: Codable { let method: String, phone: String? }
    struct Answering: Codable { let attempt: Identifier<SignInSubject>, answer: String }

    var routes: [Route] {
        let path = "/api/v1/channels/{id}/sign-in"
        return [
            Route(
                .post, path, "Begin to sign a channel's account in", access: .permission(.writeChannels), rate: .credentials,
                bodyLimit: 1 << 10, audit: .inTransaction, showsSecret: true, request: .of(Beginning.self),
                response: .of(AccountSignIn.View.self), handler: begin),
            Route(
                .get, path, "How far the signing in has come", access: .permission(.writeChannels), showsSecret: true,
                response: .of(AccountSignIn.View.self), handler: look),
            Route(
                .post, path + "/answer", "Hand over the code or password that the messenger asked for",
                access: .permission(.writeChannels), rate: .credentials, bodyLimit: 1 << 11, audit: .inTransaction,
                showsSecret: true, request: .of(Answering.self), response: .of(AccountSignIn.View.self), handler: answer),
        ]
    }

    private func begin(_ call: Call) async throws -> Reply {
        let wish: Beginning = try call.decode()
        let caller = try call.principal
        guard let method = SignInMethod(rawValue: wish.method) else {
            throw Problem.invalid(field: "method", "expected picture or phone")
        }
        guard (wish.phone ?? "").utf8.count <= 40 else { throw Problem.invalid(field: "phone", "at most 40 bytes") }
        return try .json(
            try await signIn.begin(method, phone: wish.phone, try call.id(), by: caller.actor, account: caller.account))
    }

    private func look(_ call: Call) async throws -> Reply {
        let caller = try call.principal
        return try .json(try await signIn.look(try call.id(), by: caller.actor, account: caller.account))
    }

    private func answer(_ call: Call) async throws -> Reply {
        let wish: Answering = try call.decode()
        let caller = try call.principal
        return try .json(
            try await signIn.answer(
                wish.answer, to: wish.attempt, of: try call.id(), by: caller.actor, account: caller.account))
    }
}
