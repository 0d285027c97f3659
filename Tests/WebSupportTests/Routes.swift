import HTTPTypes
import Kernel
import TestSupport
import WebSupport

/// The routes of a small installation, one for each thing that a request must pass.
enum SampleRoutes {
    struct Note: Codable, Equatable {
        let noteText: String
        let count: Int?
    }

    static let all: [Route] = [
        Route(.get, "/api/v1/open", "Anybody may", access: .open(reason: "test"), scope: .none) { _ in .text("open") },
        Route(.get, "/api/v1/things/{id}", "A thing", access: .member) { call in
            let id: Identifier<Never> = try call.id()
            return try .json(["id": id.description])
        },
        Route(
            .post, "/api/v1/notes", "Write a note", access: .member, bodyLimit: 1_000, request: .of(Note.self),
            response: .of(Note.self)
        ) { call in
            try .json(try call.decode(Note.self), status: .created)
        },
        Route(.post, "/api/v1/raw", "Any bytes", access: .open(reason: "test"), scope: .none, bodyLimit: 1 << 20) { call in
            .text("\(call.body.count)")
        },
        Route(.post, "/api/v1/json", "Any JSON", access: .open(reason: "test"), scope: .none, bodyLimit: 1 << 20) { call in
            let note: Note = try call.decode()
            return try .json(note)
        },
        Route(.post, "/api/v1/bodiless", "No body", access: .open(reason: "test"), scope: .none) { call in
            .text("\(call.body.count)")
        },
        Route(.get, "/api/v1/audit", "For those who may", access: .permission(.readAudit), audit: .read("audit.viewed")) { _ in
            .text("audit")
        },
        Route(.delete, "/api/v1/things/{id}", "Remove it", access: .permission(.writeContacts)) { _ in .noContent },
        Route(.post, "/api/v1/sign-in", "Guess", access: .open(reason: "test"), scope: .none, rate: .credentials, bodyLimit: 100)
        { _ in .noContent },
        Route(.get, "/api/v1/search", "Look", access: .open(reason: "test"), scope: .none) { call in
            try .json(["q": call.query("q") ?? "-", "limit": "\(try call.limit())"])
        },
        Route(.get, "/api/v1/fails", "Breaks", access: .open(reason: "test"), scope: .none) { _ in throw Broken() },
        Route(.get, "/api/v1/away", "Not now", access: .open(reason: "test"), scope: .none) { _ in
            throw Problem.unavailable("away")
        },
        Route(.get, "/api/v1/client", "Who", access: .open(reason: "test"), scope: .none) { call in .text(call.client.network) },
        Route(
            .post, "/hooks/{token}", "A delivery", access: .ownCredential(reason: "test"), scope: .keyedAccount, rate: .webhook,
            bodyLimit: 1 << 20
        ) { _ in
            .noContent
        },
    ]

    struct Broken: Error, CustomStringConvertible { var description: String { "secret detail" } }
}

extension TestServer {
    /// The sample routes with an owner's session `owner`, an analyst's `analyst` and the key `key`.
    static func sample<Value: Sendable>(
        limits: ConnectionLimits = ConnectionLimits(), rates: [Route.RateClass: RateLimiter.Limit] = [:],
        time: any TimeSource = SystemTime(),
        trustedProxies: Set<String> = [],
        auditRead: @escaping @Sendable (Principal, String, String) async -> Void = { _, _, _ in },
        _ body: @Sendable (TestServer) async throws -> Value
    ) async throws -> Value {
        let authenticator = TestAuthenticator(
            sessions: ["owner": .sample(), "analyst": .sample(role: .analyst)], keys: ["key": .sample()])
        return try await run(
            SampleRoutes.all, authenticator: authenticator, limits: limits, rates: rates, time: time,
            trustedProxies: trustedProxies,
            auditRead: auditRead, body)
    }

    static let owner = TestAuthenticator.cookie("owner")
    static let key = [("Authorization", "Bearer key")]
}
