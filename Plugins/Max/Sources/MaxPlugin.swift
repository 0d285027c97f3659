public import ChannelKit

/// One MAX bot and its dialogs with customers. Groups and channels give no events.
///
/// MAX Bot API, schema 0.0.30 to 0.0.32, dev.max.ru/docs-api.
public enum MaxPlugin: ChannelPlugin {
    public static let description = ChannelDescription.max

    /// What the host links statically. Made once and never changed, so that sharing it is safe.
    public nonisolated(unsafe) static let table = PluginTable.make(kind: "max") { operation, input, body, output in
        PluginTable.answer(MaxPlugin.self, operation, input, body, output)
    }

    /// MAX signs nothing: it sends back the secret given at the subscription in one header.
    public static func verify(_ request: WebhookRequest, in context: ChannelContext) -> Verification {
        guard request.method == "POST" else { return .rejected(WebhookAnswer(status: 405)) }
        guard isSameSecret(request.header(secretHeader), context.setting(Setting.webhookSecret)) else {
            return .rejected(WebhookAnswer(status: 403))
        }
        return .accepted
    }

    public static func parse(_ request: WebhookRequest, in context: ChannelContext) throws -> ParsedWebhook {
        guard let object = try JSON.parse(request.body).object else { throw BadBody("not an object") }
        guard let update = Update(object, context) else { throw BadBody("an update without update_type or timestamp") }
        return ParsedWebhook(update.event.map { [$0] } ?? [])
    }

    public static func step(
        _ operation: ChannelOperation, state: JSON?, input: StepInput, in context: ChannelContext
    ) throws -> ChannelStep {
        let api = BotAPI(context)
        switch operation {
        case .deliver(let action): return Delivery(action, api, DeliveryState(state)).step(input)
        case .poll: return Polling(api, context).step(input)
        case .connect(let webhook): return Connecting(api, context, webhook: webhook).step(state, input)
        case .disconnect: return Disconnecting(api, context).step(input)
        case .health(let webhook): return HealthCheck(api, webhook: webhook).step(state, input)
        case .download(let file): return Downloading(api, file).step(input)
        case .profile(let thread, _): return ProfileLookup(api, ChatThread(thread)).step(input)
        case .signIn: throw Unsupported("nobody signs in to this channel")
        case .reconcile(let action, let since): return Reconciliation(action, api, since: since).step(input)
        }
    }

    static let secretHeader = "x-max-bot-api-secret"
}

/// Names of settings and secrets.
enum Setting {
    static let token = "token"
    static let webhookSecret = "webhook_secret"
    static let apiBase = "api_base"
}

/// Names of remembered values.
enum Memory {
    static let botID = "bot_id"
    static let marker = "marker"
    /// The subscription to end when the channel is disconnected or moves to another address.
    static let webhook = "webhook"
}
