import HTTPTypes
package import Kernel
import Logging
import ServiceLifecycle
package import WebSupport

/// A real server on a free port of this machine.
///
/// ```swift
/// try await TestServer(module.routes).run { server in
///     let answer = try await server.client().send("GET", "/api/v1/things", headers: server.session(of: principal))
/// }
/// ```
package struct TestServer: Sendable {
    package let port: Int
    package let authenticator: TestAuthenticator

    /// Runs the server while `body` does.
    package static func run<Value: Sendable>(
        _ routes: [Route], authenticator: TestAuthenticator = TestAuthenticator(), limits: ConnectionLimits = ConnectionLimits(),
        rates: [Route.RateClass: RateLimiter.Limit] = [:], time: any TimeSource = SystemTime(), trustedProxies: Set<String> = [],
        auditRead: @escaping @Sendable (Principal, String, String) async -> Void = { _, _, _ in },
        answers: (any AnswerMemory)? = nil,
        _ body: @Sendable (TestServer) async throws -> Value
    ) async throws -> Value {
        var inventory = RouteInventory()
        inventory.add(routes)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let gate = WebGate(
            configuration: .init(publicURL: "http://localhost", trustedProxies: trustedProxies), authenticator: authenticator,
            limiter: RateLimiter(limits: rates, time: time), auditRead: auditRead,
            answers: answers, logger: logger)
        var configuration = WebServer.Configuration(host: "127.0.0.1", port: 0)
        configuration.limits = limits
        let (ports, started) = AsyncStream.makeStream(of: Int.self)
        let server = try WebServer(
            configuration, inventory: inventory, gate: gate, fallback: { path, _, _ in .text("page \(path)", type: "text/html") },
            logger: logger, started: { started.yield($0) })
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { started.finish() }
                try await server.run()
            }
            defer { group.cancelAll() }
            guard let port = await ports.first(where: { _ in true }) else {
                throw TestHTTPClient.Failure("the server did not start")
            }
            return try await body(TestServer(port: port, authenticator: authenticator))
        }
    }

    package func client(patience: Duration = .seconds(20)) throws -> TestHTTPClient {
        try TestHTTPClient(port: port, patience: patience)
    }

    /// One request on a connection of its own.
    package func send(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: String? = nil
    ) async throws -> TestHTTPClient.Answer {
        try await client().send(method, path, headers: headers, body: body.map { Array($0.utf8) })
    }
}

/// Knows the sessions and keys that a test tells it of.
package struct TestAuthenticator: Authenticator {
    private let sessions: [String: Principal]
    private let keys: [String: Principal]

    package static let csrf = "the-page-knows-this"

    package init(sessions: [String: Principal] = [:], keys: [String: Principal] = [:]) {
        (self.sessions, self.keys) = (sessions, keys)
    }

    package func caller(sessionToken: String) async throws -> Caller? {
        sessions[sessionToken].map { Caller(principal: $0, means: .session(id: Array(sessionToken.utf8), csrf: Self.csrf)) }
    }

    package func caller(apiKey: String) async throws -> Caller? { keys[apiKey].map { Caller(principal: $0, means: .apiKey) } }

    /// What a browser with this session sends; with `csrf`, as our own page does.
    package static func cookie(_ token: String, csrf: Bool = true) -> [(String, String)] {
        [("Cookie", "\(SessionCookie.secureName)=\(token)")] + (csrf ? [("X-CSRF-Token", Self.csrf)] : [])
    }
}

extension Principal {
    /// A member of a fresh account.
    package static func sample(account: AccountID = AccountID(), role: Role = .owner) -> Principal {
        Principal(account: account, actor: .user(UserID()), name: "Sample", role: role, permissions: role.permissions)
    }
}
