import Channels
import Foundation
import HTTPTypes
import Kernel
import Persistence
import WebSupport

/// Health, metrics, the API document and the demo's description.
struct OperationRoutes: Sendable {
    let installation: Installation
    let metrics: MetricsRegistry

    private struct DemoView: Codable { let channelKey: String, questions: [String], canCrash: Bool }

    var routes: [Route] {
        let open = Route.Access.open(reason: "tells nothing about any account")
        return [
            Route(.get, "/healthz", "The process lives", access: open, scope: .none, rate: .page) { _ in .text("ok\n") },
            Route(.get, "/readyz", "The database answers", access: open, scope: .none, rate: .page, handler: ready),
            Route(
                .get, "/metrics", "Prometheus text",
                access: .open(reason: "numbers of the installation without any account's data"),
                scope: .none, rate: .page, handler: measure),
            Route(.get, "/api/v1/openapi.json", "This document", access: open, scope: .none, rate: .page, handler: document),
            Route(
                .get, "/api/v1/demo", "The demo's web chat and questions", access: .member, response: .of(DemoView.self),
                handler: demo),
            Route(
                .post, "/api/v1/demo/crash-plugin", "Crash the demo's channel plugin, to see that nothing is lost",
                access: .permission(.writeChannels), bodyLimit: 1 << 10, audit: .inTransaction, handler: crash),
        ]
    }

    private func ready(_ call: Call) async throws -> Reply {
        _ = try await installation.stores.data.readSystem(.jobs) {
            try $0.count("SELECT count(*) AS count FROM platform_schedule")
        }
        return .text("ready\n")
    }

    private func measure(_ call: Call) async throws -> Reply {
        let counts = try await JobAdministration(database: installation.stores.data).counts()
        let own = """
            sevensales_jobs{state="ready"} \(counts.ready)
            sevensales_jobs{state="running"} \(counts.running)
            sevensales_jobs{state="dead"} \(counts.dead)

            """
        return .text(own + metrics.text(), type: "text/plain; version=0.0.4; charset=utf-8")
    }

    private func document(_ call: Call) async throws -> Reply {
        let bytes = try installation.inventory(operations: routes).openAPI(version: Configuration.version)
        return Reply(status: .ok, headers: [.contentType: "application/json"], body: .bytes(bytes))
    }

    private func demo(_ call: Call) async throws -> Reply {
        guard installation.configuration.isDemo else { throw Problem.notFound }
        let channels = try await installation.channels.administration.list(try call.account)
        guard let key = channels.first(where: { $0.kind == Demo.channelKind })?.publicKey else { throw Problem.notFound }
        return try .json(
            DemoView(channelKey: key, questions: Demo.questions, canCrash: installation.crashDemoPlugin != nil))
    }

    private func crash(_ call: Call) async throws -> Reply {
        guard let crash = installation.crashDemoPlugin else { throw Problem.notFound }
        crash()
        return .noContent
    }
}
