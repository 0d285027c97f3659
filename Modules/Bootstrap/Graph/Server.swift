import Audit
import KnowledgeBase
import UnixSignals
import Conversations
import Identity
import CoreMetrics
import Foundation
import HTTPTypes
import Kernel
package import Logging
import Persistence
import ServiceLifecycle
import WebSupport
import WebUI

/// The server: pages, API, webhooks, live events and, beside them, the jobs.
package struct Server: Sendable {
    private let installation: Installation
    private let lock: FolderLock
    private let metrics: MetricsRegistry

    /// Throws `StartupError` for what the operator must mend.
    package init(_ configuration: Configuration, logger: Logger, note: @escaping @Sendable (String) -> Void) async throws {
        if let web = configuration.webFolder, !FileManager.default.fileExists(atPath: web.appending(path: "manifest.tsv").path) {
            throw StartupError(
                "--web-dir: \(web.path) holds no built web interface (manifest.tsv is missing): run Apps/web/build.sh")
        }
        let folder = try DataFolder(configuration.data)
        lock = try folder.lock()
        try PortCheck.isFree(host: configuration.host, port: configuration.port)
        metrics = MetricsRegistry()
        MetricsSystem.bootstrap(metrics)
        installation = try await Installation(configuration, usesIndexFiles: true, logger: logger, note: note)
        let jobs = JobAdministration(database: installation.stores.data)
        for owner in try await jobs.leaseOwners() where ProcessName.isGone(owner) { _ = try await jobs.rescueAll(of: owner) }
        if configuration.isDemo { try await Demo(installation: installation).prepare() }
    }

    /// Runs until SIGTERM or SIGINT, then finishes within ten seconds. `started` hears the address, and the one-time link of a first run or demo.
    package func run(started: @escaping @Sendable (String, String?) -> Void) async throws {
        let installation = installation
        let configuration = installation.configuration
        var link: String?
        if configuration.isDemo {
            link = try await Demo(installation: installation).signInLink()
        } else if try await installation.identity.isFirstRun() {
            link = try await installation.identity.createLink(.ownerSetup, account: nil)
        }
        let operations = OperationRoutes(installation: installation, metrics: metrics)
        let inventory = installation.inventory(operations: operations.routes)
        let gate = WebGate(
            configuration: .init(publicURL: configuration.address(port: configuration.port)),
            authenticator: installation.identity.authenticator,
            limiter: RateLimiter(time: installation.time),
            auditRead: { [audit = installation.audit, logger = installation.logger] principal, action, path in
                do { try await audit.recordRead(principal, action, path) } catch {
                    logger.error("a read could not be recorded", metadata: ["action": "\(action)", "error": "\(error)"])
                }
            }, answers: IdempotentAnswers(answers: installation.answers), logger: installation.logger)
        let pages = WebPages(folder: configuration.webFolder)
        if !pages.isBuilt { installation.logger.warning("the web interface was not built into this program; run Scripts/build") }
        let shownLink = link
        let web: WebServer
        do {
            web = try WebServer(
                .init(
                    host: configuration.host, port: configuration.port, certificate: configuration.certificate,
                    key: configuration.key),
                inventory: inventory, gate: gate,
                fallback: { path, query, headers in pages.reply(path: path, query: query, headers: headers) },
                logger: installation.logger,
                started: { port in
                    let address = configuration.address(port: port)
                    started(address, shownLink.map { "\(address)/welcome#\($0)" })
                })
        } catch { throw StartupError("the certificate or key cannot be used: \(error)") }
        let relay = LiveRelay(
            database: installation.stores.data, live: installation.stores.live, signal: installation.stores.signal,
            listener: installation.stores.listener, time: installation.time, logger: installation.logger)
        // Stopped from the last to the first: open streams end, then no more requests, then no more jobs.
        let services: [any Service] =
            [installation.knowledge.keeper, installation.plugins, relay] + installation.conversations.services
            + [installation.jobRunner(), web, StreamCloser(live: installation.stores.live)]
        try await run(services)
    }

    private func run(_ services: [any Service]) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "lifecycle") { _ in
                SwiftLogNoOpLogHandler()
            })
        configuration.maximumGracefulShutdownDuration = .seconds(9)
        do { try await ServiceGroup(configuration: configuration).run() } catch {
            await installation.close()
            throw error
        }
        await installation.close()
    }
}

/// Ends open event streams when the server stops, so that it does not wait for browsers.
private struct StreamCloser: Service {
    let live: LiveEvents

    func run() async throws {
        try? await gracefulShutdown()
        live.finish()
    }
}
