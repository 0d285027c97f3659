import HTTPTypes
import Hummingbird
package import Kernel
package import Logging
import Metrics

/// What every request passes: limits, authentication, CSRF, permission, body, handler, audit, error.
package struct WebGate: Sendable {
    package struct Configuration: Sendable {
        /// `https://inbox.example.kz`: what browsers call us; its scheme decides on the cookie, its host on the origin check.
        package var publicURL: String
        /// Addresses of reverse proxies whose `X-Forwarded-For` is believed.
        package var trustedProxies: Set<String>

        package init(publicURL: String, trustedProxies: Set<String> = []) {
            (self.publicURL, self.trustedProxies) = (publicURL, trustedProxies)
        }

        /// Browsers treat HTTPS and localhost as secure.
        package var cookie: SessionCookie {
            let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"].contains { publicURL.hasPrefix($0) }
            return SessionCookie(isSecure: publicURL.hasPrefix("https://") || local)
        }
    }

    let configuration: Configuration
    let authenticator: any Authenticator
    let limiter: RateLimiter
    /// Records a read of personal data.
    let auditRead: @Sendable (Principal, String, String) async -> Void
    /// Nil where `Idempotency-Key` means nothing.
    let answers: (any AnswerMemory)?
    let logger: Logger

    package init(
        configuration: Configuration, authenticator: any Authenticator, limiter: RateLimiter,
        auditRead: @escaping @Sendable (Principal, String, String) async -> Void, answers: (any AnswerMemory)?, logger: Logger
    ) {
        (self.configuration, self.authenticator, self.limiter) = (configuration, authenticator, limiter)
        (self.auditRead, self.answers, self.logger) = (auditRead, answers, logger)
    }

    func answer(_ request: Request, _ context: WebContext, route: Route) async -> Reply {
        let requestID = context.requestID
        do {
            return try await pass(request, context, route, requestID)
        } catch let problem as Problem {
            if case .unavailable(let reason) = problem {
                logger.warning("unavailable", metadata: ["reason": "\(reason)", "path": "\(route.path)"])
            }
            return problem.reply(requestID: requestID)
        } catch is CancellationError {
            return Problem.unavailable("The server is stopping.").reply(requestID: requestID)
        } catch {
            logger.error(
                "request failed", metadata: ["path": "\(route.path)", "request": "\(requestID)", "error": "\(error)"])
            Counter(label: "sevensales_http_errors_total").increment()
            return Problem.internalError(requestID)
        }
    }

    private func pass(_ request: Request, _ context: WebContext, _ route: Route, _ requestID: String) async throws -> Reply {
        let client = clientAddress(request, context)
        if route.rate != .webhook { try limiter.take(client.network, route.rate) }
        let caller = try await authenticate(request, route)
        let parameters = Dictionary(
            context.parameters.map { (String($0.key), String($0.value)) }, uniquingKeysWith: { first, _ in first })
        let limit = try await route.bodyLimitAt?(parameters) ?? route.bodyLimit
        let body = try await read(request, limit: min(limit, route.bodyLimit))
        let call = Call(
            method: request.method, path: request.uri.path, headers: request.headers, body: body, requestID: requestID,
            client: client, caller: caller,
            isStillAllowed: { (try? await authenticate(request, route)) != nil || caller == nil },
            parameters: parameters, queryText: request.uri.query ?? "")
        let reply: Reply
        if let answers, let caller, Idempotency.applies(to: route) {
            reply = try await Idempotency(memory: answers, logger: logger).run(call, caller.principal, route.handler)
        } else {
            reply = try await route.handler(call)
        }
        if case .read(let action) = route.audit, let caller, reply.status.kind == .successful {
            await auditRead(caller.principal, action, request.uri.path)
        }
        return reply
    }

    private func authenticate(_ request: Request, _ route: Route) async throws -> Caller? {
        switch route.access {
        case .open, .ownCredential: return nil
        case .member:
            guard let caller = try await caller(of: request) else { throw Problem.unauthenticated }
            return caller
        case .permission(let permission):
            guard let caller = try await caller(of: request) else { throw Problem.unauthenticated }
            guard caller.principal.permissions.contains(permission) else { throw Problem.forbidden }
            return caller
        }
    }

    private func caller(of request: Request) async throws -> Caller? {
        if let authorization = request.headers[.authorization] {
            guard authorization.lowercased().hasPrefix("bearer ") else { return nil }
            guard let caller = try await authenticator.caller(apiKey: String(authorization.dropFirst(7))) else { return nil }
            if let key = caller.principal.actor.reference { try limiter.take("key/\(key)", RateLimiter.apiKey) }
            return caller
        }
        guard let token = configuration.cookie.token(in: request.headers),
            let caller = try await authenticator.caller(sessionToken: token)
        else { return nil }
        if case .session(_, let csrf) = caller.means, ![.get, .head, .options].contains(request.method) {
            try requireSameOrigin(request, csrf)
        }
        return caller
    }

    /// A cookie alone proves nothing about who wrote the request: the page must know the session's token, and the browser must
    /// not say that another site sent it.
    private func requireSameOrigin(_ request: Request, _ csrf: String) throws {
        guard let name = HTTPField.Name("X-CSRF-Token"), let sent = request.headers[name],
            constantTimeEqual(Array(sent.utf8), Array(csrf.utf8))
        else { throw Problem.csrf }
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headers[$0] }), site != "same-origin", site != "none" {
            throw Problem.csrf
        }
    }

    private func read(_ request: Request, limit: Int) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }) {
            if length > limit { throw Problem.tooLarge(limit: limit) }
            if length == 0 { return [] }
        } else if limit == 0 {
            return []
        }
        var body: [UInt8] = []
        do {
            for try await buffer in request.body {
                if body.count + buffer.readableBytes > limit { throw Problem.tooLarge(limit: limit) }
                body.append(contentsOf: buffer.readableBytesView)
            }
        } catch let problem as Problem { throw problem } catch { throw Problem.malformed("the body was cut off") }
        return body
    }

    /// The last address that is not one of our proxies: what stands further left in the header is the client's own invention.
    private func clientAddress(_ request: Request, _ context: WebContext) -> ClientAddress {
        let peer = context.remoteAddress
        guard configuration.trustedProxies.contains(peer), let name = HTTPField.Name("X-Forwarded-For") else {
            return ClientAddress(peer)
        }
        let chain = request.headers[values: name].flatMap { $0.split(separator: ",") }
            .map { $0.filter { !$0.isWhitespace } }
        return ClientAddress(chain.last { !configuration.trustedProxies.contains($0) } ?? peer)
    }
}

/// Equal in content, in a time that depends on the lengths alone.
private func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}
