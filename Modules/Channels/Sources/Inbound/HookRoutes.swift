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
        }
    }

    /// A stranger who knows no hook gets the least.
    private func bodyLimit(_ parameters: [String: String]) async throws -> Int {
        guard let route = parameters["route"], let channel = try await channels.channel(route: route) else { return 1 << 16 }
        return channel.driver.description.webhookBytes
    }

    private func receive(_ call: Call) async throws -> Reply {
        guard let channel = try await channels.channel(route: try call.parameter("route")), channel.row.mode != "none" else {
            throw Problem.notFound
        }
        let context = channel.context(at: time.now())
        let request = WebhookRequest(
            method: call.method.rawValue, query: call.queryItems.map { NameValue($0.name, $0.value) },
            headers: call.headers.map { NameValue($0.name.rawName, $0.value) }, body: call.body)
        if case .rejected(let answer) = try await plugin(channel, { try await $0.verify(request, in: context) }) {
            Counter(label: "sevensales_webhook_rejected_total", dimensions: [("kind", channel.row.kind)]).increment()
            // A provider is told nothing about why; what it must know of the protocol is in the plugin's own answer.
            throw answer.status == 401 || answer.status == 403 ? Problem.unauthenticated : Problem.notFound
        }
        let parsed: ParsedWebhook
        do { parsed = try await plugin(channel) { try await $0.parse(request, in: context) } } catch PluginFault.badBody(
            let reason)
        {
            throw Problem.malformed(reason)
        } catch PluginFault.malformedAnswer(let field) {
            // The provider sent a value that the contract between host and plugin does not allow: storing it would help nobody.
            throw Problem.malformed("\(field) is not acceptable")
        }
        guard channel.row.state != .paused else { throw Problem.unavailable("This channel is paused.") }
        if !parsed.events.isEmpty || !parsed.remember.isEmpty {
            try await intake.accept(
                parsed.events, body: call.body.count > Self.keptBody ? nil : call.body, in: channel,
                extra: try await remembering(parsed.remember, channel))
        }
        failpoint("inbox.ack.before_write")
        return Reply(
            status: HTTPResponse.Status(code: parsed.answer.status), headers: [.contentType: parsed.answer.contentType],
            body: .bytes(Array(parsed.answer.body.utf8)))
    }

    private func remembering(
        _ values: [Remembered], _ channel: OpenChannel
    ) async throws -> (@Sendable (any SQLTransaction) throws -> Void)? {
        guard !values.isEmpty else { return nil }
        return try await ChannelMemoryWriter(vault: intake.vault).applying(values, to: channel)
    }
}
