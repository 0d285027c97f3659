import HTTPTypes
import Kernel
import Logging
import Metrics
import Persistence
import PluginHost
import Vault
import WebSupport

/// `POST /hooks/{route}`: where providers deliver.
///
/// The order is the contract: size limit, signature over the raw bytes, parse, commit, and only then the answer.
struct HookRoutes: Sendable {
    let channels: OpenChannels
    let intake: Intake
    let erasures: Erasures
    let time: any TimeSource
    let logger: Logger

    /// Longer bodies are not kept as they came: the events in them are, and a database is no place for files.
    static let keptBody = 1 << 20

    var routes: [Route] {
        [.post, .get].map { method in
            Route(
                method, "/hooks/{route}", "A provider's delivery to a channel",
                access: .ownCredential(reason: "the plugin checks the provider's signature"), scope: .keyedAccount,
                rate: .webhook,
                bodyLimit: ChannelDescription.mostWebhookBytes, bodyLimitAt: bodyLimit, audit: .inTransaction, handler: receive)
        } + [
            Route(
                .post, "/hooks/{route}/{purpose}", "What a provider tells of its app, apart from messages",
                access: .ownCredential(reason: "the plugin checks the provider's signature"), scope: .keyedAccount,
                rate: .webhook, bodyLimit: 1 << 16, audit: .inTransaction, handler: receive)
        ]
    }

    /// A stranger who knows no hook gets the least.
    private func bodyLimit(_ parameters: [String: String]) async throws -> Int {
        guard let route = parameters["route"], let channel = try await channels.channel(route: route) else { return 1 << 16 }
        return channel.driver.description.webhookBytes
    }

    private func receive(_ call: Call) async throws -> Reply {
        let route = try call.parameter("route")
        let purpose = try? call.parameter("purpose")
        // What concerns the app comes seldom, and must reach a channel that was connected a moment ago as well.
        let hook = try await channels.hook(route: route, isFresh: purpose != nil)
        guard let mode = hook.first?.row.mode, mode != "none" else { throw Problem.notFound }
        let request = WebhookRequest(
            method: call.method.rawValue, path: purpose ?? "",
            query: call.queryItems.map { NameValue($0.name, $0.value) },
            headers: call.headers.map { NameValue($0.name.rawName, $0.value) }, body: call.body)
        var (delivery, shares) = try await read(request, hook)
        if shares.unclaimed > 0 {
            // A channel that was connected a moment ago has its address now.
            (delivery, shares) = try await read(request, try await channels.hook(route: route, isFresh: true))
        }
        guard Self.erasure(in: shares) != nil || delivery.proven.contains(where: { $0.row.state != .paused }) else {
            throw Problem.unavailable("This channel is paused.")
        }
        let wish = Self.erasure(in: shares).flatMap { erasures.wish($0, to: shares.parts.map(\.channel)) }
        try await accept(shares, body: call.body, wish)
        failpoint("inbox.ack.before_write")
        return Reply(
            status: HTTPResponse.Status(code: shares.answer.status), headers: [.contentType: shares.answer.contentType],
            body: .bytes(Array((wish?.filled(shares.answer.body) ?? shares.answer.body).utf8)))
    }

    /// A delivery has one at most.
    private static func erasure(in shares: HookDelivery.Shares) -> InboundEvent? {
        shares.parts.lazy.flatMap(\.events).first { $0.kind == .erasure }
    }

    private func read(
        _ request: WebhookRequest, _ hook: [OpenChannel]
    ) async throws -> (HookDelivery, HookDelivery.Shares) {
        let delivery = try await HookDelivery(request, to: hook, at: time.now())
        guard !delivery.proven.isEmpty else {
            let kind = hook.first?.row.kind ?? ""
            Counter(label: "sevensales_webhook_rejected_total", dimensions: [("kind", kind)]).increment()
            // A provider is told nothing about why; what it must know of the protocol is in the plugin's own answer.
            let isForged = delivery.refusal.map { $0.status == 401 || $0.status == 403 } ?? true
            throw isForged ? Problem.unauthenticated : Problem.notFound
        }
        do { return (delivery, try await delivery.shares()) } catch PluginFault.badBody(let reason) {
            throw Problem.malformed(reason)
        } catch PluginFault.malformedAnswer(let field) {
            // The provider sent a value that the contract between host and plugin does not allow: storing it would help nobody.
            throw Problem.malformed("\(field) is not acceptable")
        }
    }

    /// All of it in one transaction, so that a repeated delivery finds all or nothing.
    private func accept(_ shares: HookDelivery.Shares, body: [UInt8], _ wish: Erasures.Wish?) async throws {
        // A provider that is refused drops the whole app after a while: one paused channel must not silence the others.
        let active = shares.parts.filter { $0.channel.row.state != .paused }
        let paused = shares.parts.filter { $0.channel.row.state == .paused }.map(\.events.count).reduce(0, +)
        Self.count(shares.unclaimed, "unclaimed")
        Self.count(paused, "paused")
        // A body that also has somebody else's events is nobody's to keep.
        let isWhole = wish == nil && shares.parts.count == 1 && shares.unclaimed == 0 && body.count <= Self.keptBody
        var arrivals: [Intake.Arrival] = []
        for share in active {
            arrivals.append(
                Intake.Arrival(
                    channel: share.channel, events: share.events.filter { $0.kind != .erasure }, body: isWhole ? body : nil,
                    extra: try await remembering(share.remember, share.channel)))
        }
        // Paused channels hear of it too: a right has no office hours.
        if let wish, let first = shares.parts.first {
            arrivals.append(Intake.Arrival(channel: first.channel, events: [], extra: wish.write))
        }
        try await intake.accept(arrivals)
    }

    /// What was acknowledged and not stored.
    private static func count(_ events: Int, _ reason: String) {
        guard events > 0 else { return }
        Counter(label: "sevensales_webhook_skipped_events_total", dimensions: [("reason", reason)]).increment(by: Int64(events))
    }

    private func remembering(
        _ values: [Remembered], _ channel: OpenChannel
    ) async throws -> (@Sendable (any SQLTransaction) throws -> Void)? {
        guard !values.isEmpty else { return nil }
        return try await ChannelMemoryWriter(vault: intake.vault).applying(values, to: channel)
    }
}
