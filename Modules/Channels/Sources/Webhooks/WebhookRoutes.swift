import ChannelsInterface
import HTTPTypes
import Kernel
import WebSupport

/// `/api/v1/webhooks`: endpoints of developers' programs, and what was sent to them.
struct WebhookRoutes: Sendable {
    let endpoints: WebhookAdministration
    let deliveries: WebhookHistory

    struct Creation: Codable { let url: String, description: String?, events: [String] }
    struct List<Element: Codable>: Codable { let items: [Element], next: String? }
    struct Rotation: Codable {
        /// How long the former secret goes on signing; 24 when left out.
        let overlapHours: Int?
    }
    struct Replay: Codable { let since: Instant }
    struct Replayed: Codable { let count: Int }

    var routes: [Route] { endpointRoutes + deliveryRoutes }

    private var endpointRoutes: [Route] {
        [
            Route(
                .get, "/api/v1/webhook-events", "What webhooks can tell", access: .permission(.readWebhooks),
                response: .of(List<WebhookCatalogue.Entry>.self), handler: events),
            Route(
                .get, "/api/v1/webhooks", "The account's webhooks", access: .permission(.readWebhooks),
                response: .of(List<WebhookAdministration.View>.self), handler: list),
            Route(
                .post, "/api/v1/webhooks", "Add a webhook", access: .permission(.writeWebhooks), bodyLimit: 1 << 14,
                audit: .inTransaction, showsSecret: true, request: .of(Creation.self),
                response: .of(WebhookAdministration.View.self), handler: add),
            Route(
                .patch, "/api/v1/webhooks/{id}", "Change, enable or disable a webhook", access: .permission(.writeWebhooks),
                bodyLimit: 1 << 14, audit: .inTransaction, request: .of(WebhookAdministration.Wish.self),
                response: .of(WebhookAdministration.View.self), handler: change),
            Route(
                .delete, "/api/v1/webhooks/{id}", "Remove a webhook", access: .permission(.writeWebhooks), audit: .inTransaction,
                handler: remove),
            Route(
                .post, "/api/v1/webhooks/{id}/rotate", "Give a webhook a new secret", access: .permission(.writeWebhooks),
                bodyLimit: 1 << 10, audit: .inTransaction, showsSecret: true, request: .of(Rotation.self),
                response: .of(WebhookAdministration.View.self), handler: rotate),
        ]
    }

    private var deliveryRoutes: [Route] {
        [
            Route(
                .post, "/api/v1/webhooks/{id}/test", "Send a test to a webhook", access: .permission(.writeWebhooks),
                bodyLimit: 1 << 10, audit: .inTransaction, response: .of(WebhookHistory.Delivery.self), handler: test),
            Route(
                .get, "/api/v1/webhooks/{id}/deliveries", "What was sent to a webhook, newest first",
                access: .permission(.readWebhooks), response: .page(of: WebhookHistory.Delivery.self), handler: page),
            Route(
                .post, "/api/v1/webhooks/{id}/replay", "Send everything again that failed since a moment",
                access: .permission(.writeWebhooks), bodyLimit: 1 << 10, audit: .inTransaction, request: .of(Replay.self),
                response: .of(Replayed.self), handler: replayFailed),
            Route(
                .get, "/api/v1/webhook-deliveries/{id}", "One delivery with what was answered",
                access: .permission(.readWebhooks), audit: .read("webhook.delivery-viewed"),
                response: .of(WebhookHistory.Delivery.self), handler: show),
            Route(
                .post, "/api/v1/webhook-deliveries/{id}/replay", "Send one delivery again", access: .permission(.writeWebhooks),
                bodyLimit: 1 << 10, audit: .inTransaction, response: .of(WebhookHistory.Delivery.self), handler: replay),
        ]
    }

    private func events(_ call: Call) async throws -> Reply { try .json(List(items: WebhookCatalogue.entries, next: nil)) }

    private func list(_ call: Call) async throws -> Reply {
        try .json(List(items: try await endpoints.list(try call.account), next: nil))
    }

    private func add(_ call: Call) async throws -> Reply {
        let wish: Creation = try call.decode()
        let made = try await endpoints.add(
            .init(url: wish.url, description: wish.description, events: wish.events), by: try call.principal)
        return try .json(made, status: .created)
    }

    private func change(_ call: Call) async throws -> Reply {
        try .json(try await endpoints.change(try call.id(), try call.decode(), by: try call.principal))
    }

    private func remove(_ call: Call) async throws -> Reply {
        try await endpoints.remove(try call.id(), by: try call.principal)
        return .noContent
    }

    private func rotate(_ call: Call) async throws -> Reply {
        let wish = call.body.isEmpty ? nil : try call.decode(Rotation.self)
        return try .json(
            try await endpoints.rotate(
                try call.id(), overlap: wish?.overlapHours ?? WebhookAdministration.usualOverlap, by: try call.principal))
    }

    private func test(_ call: Call) async throws -> Reply {
        try .json(try await deliveries.test(try call.id(), by: try call.principal), status: .accepted)
    }

    private func page(_ call: Call) async throws -> Reply {
        try .json(
            try await deliveries.page(
                of: try call.id(), status: call.query("status"), after: call.query("after"), limit: try call.limit(),
                account: try call.account))
    }

    private func replayFailed(_ call: Call) async throws -> Reply {
        let wish: Replay = try call.decode()
        let count = try await deliveries.replayFailed(of: try call.id(), since: wish.since, by: try call.principal)
        return try .json(Replayed(count: count), status: .accepted)
    }

    private func show(_ call: Call) async throws -> Reply {
        try .json(try await deliveries.delivery(try call.id(), account: try call.account))
    }

    private func replay(_ call: Call) async throws -> Reply {
        try .json(try await deliveries.replay(try call.id(), by: try call.principal), status: .accepted)
    }
}
