package import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Kernel
package import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Synchronization

/// Serves the inventory over HTTP/1.1, with or without TLS.
package struct WebServer: Service {
    package struct Configuration: Sendable {
        package var host: String
        package var port: Int
        /// PEM files of the certificate chain and its key; both or none.
        package var certificate: String?
        package var key: String?
        package var limits = ConnectionLimits()

        package init(host: String, port: Int, certificate: String? = nil, key: String? = nil) {
            (self.host, self.port, self.certificate, self.key) = (host, port, certificate, key)
        }
    }

    private let application: any ApplicationProtocol

    /// `fallback` answers what no route matches: the pages of the user interface.
    ///
    /// Throws when a certificate cannot be read. `started` hears the port in use, which differs from a configured 0.
    package init(
        _ configuration: Configuration, inventory: RouteInventory, gate: WebGate,
        fallback: @escaping @Sendable (_ path: String, _ query: String?, _ headers: HTTPFields) async -> Reply, logger: Logger,
        started: @escaping @Sendable (Int) async -> Void
    ) throws {
        let router = Router(context: WebContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: UnroutedRequests(routes: inventory.routes, fallback: fallback))
        for route in inventory.routes {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                await gate.answer(request, context, route: route).response(for: request)
            }
        }
        let limits = configuration.limits
        let connections = ConnectionCounter(perAddress: limits.connectionsPerAddress)
        let http = HTTP1Channel.Configuration(
            additionalChannelHandlers: [SlowClientHandler(limits: limits, counter: connections)],
            idleTimeout: .seconds(Int64(limits.idle.inSeconds)),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerField, maxHeaderListSize: limits.headerList,
                maxHeaderFieldCount: limits.headerCount))
        application = Application(
            responder: router.buildResponder(), server: try Self.server(configuration, http),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), backlog: 1_024,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
            onServerRunning: { channel in await started(channel.localAddress?.port ?? 0) }, logger: logger)
    }

    package func run() async throws { try await application.run() }

    private static func server(_ configuration: Configuration, _ http: HTTP1Channel.Configuration) throws -> HTTPServerBuilder {
        guard let certificate = configuration.certificate, let key = configuration.key else { return .http1(configuration: http) }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        tls.minimumTLSVersion = .tlsv12
        return try .tls(.http1(configuration: http), tlsConfiguration: tls)
    }
}

/// How much of our attention one client may hold.
package struct ConnectionLimits: Sendable {
    package var headerField = 16 * 1_024
    package var headerList = 64 * 1_024
    package var headerCount = 100
    package var headerDeadline = Duration.seconds(10)
    package var idle = Duration.seconds(15)
    /// Bytes a second a body must keep up, after its first moments.
    package var bodyRate = 1_024
    package var bodyGrace = Duration.seconds(10)
    package var connections = 4_000
    package var connectionsPerAddress = 100

    package init() {}
}

/// Answers what no route takes: 405 where the path is known, the pages of the user interface elsewhere.
///
/// A middleware, because Hummingbird turns the router's "not found" into an answer of its own before anybody else sees it.
private struct UnroutedRequests: RouterMiddleware {
    typealias Context = WebContext

    private let methods: [(path: [Substring], method: HTTPRequest.Method)]
    private let fallback: @Sendable (String, String?, HTTPFields) async -> Reply

    init(routes: [Route], fallback: @escaping @Sendable (String, String?, HTTPFields) async -> Reply) {
        methods = routes.map { ($0.path.split(separator: "/"), $0.method) }
        self.fallback = fallback
    }

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do { return try await next(request, context) } catch let error as HTTPError where error.status == .notFound {
            let path = request.uri.path
            let allowed = allowedMethods(path)
            guard allowed.isEmpty else {
                return Problem.methodNotAllowed(allowed, requestID: context.requestID).response(for: request)
            }
            let isPage =
                [.get, .head].contains(request.method) && !["/api", "/hooks", "/webchat"].contains { path.hasPrefix($0) }
            guard isPage else { return Problem.notFound.reply(requestID: context.requestID).response(for: request) }
            return await fallback(path, request.uri.query, request.headers).response(for: request)
        }
    }

    private func allowedMethods(_ path: String) -> [String] {
        let parts = path.split(separator: "/")
        let matching = methods.filter { known in
            known.path.count == parts.count && zip(known.path, parts).allSatisfy { $0.0 == $0.1 || $0.0.hasPrefix("{") }
        }
        return Set(matching.map(\.method.rawValue)).sorted()
    }
}

extension Reply {
    func response(for request: Request) -> Response {
        var headers = headers
        headers[.xContentTypeOptions] = "nosniff"
        if let name = HTTPField.Name("Referrer-Policy") { headers[name] = headers[name] ?? "no-referrer" }
        let body: ResponseBody
        switch self.body {
        case .empty: body = .init()
        case .bytes(let bytes): body = .init(byteBuffer: ByteBuffer(bytes: bytes))
        case .stream(let stream):
            let announced = headers[.contentLength].flatMap { Int($0) }
            body = .init { writer in
                var written = 0
                for await chunk in stream {
                    written += chunk.count
                    try await writer.write(ByteBuffer(bytes: chunk))
                }
                // The end of the connection is all that is left to say it with; kept open, its reader would wait for the rest.
                if let announced, written < announced { throw CutShort() }
                try await writer.finish(nil)
            }
        }
        guard request.method == .head else { return Response(status: status, headers: headers, body: body) }
        if case .bytes(let bytes) = self.body { headers[.contentLength] = String(bytes.count) }
        return Response(status: status, headers: headers)
    }
}

/// A response ended before its announced length.
private struct CutShort: Error {}
