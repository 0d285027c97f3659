public import ChannelKit

/// One Telegram bot: private chats with customers, and optionally the owner's own chats in Business mode.
///
/// Bot API 10.1 (2026-06-11), core.telegram.org/bots/api.
public enum TelegramPlugin: ChannelPlugin {
    public static let description = ChannelDescription.telegram

    /// What the host links statically. Made once and never changed, so that sharing it is safe.
    public nonisolated(unsafe) static let table = PluginTable.make(kind: "telegram") { operation, input, body, output in
        PluginTable.answer(TelegramPlugin.self, operation, input, body, output)
    }

    /// Telegram signs nothing: it sends back the secret given to `setWebhook` in one header.
    public static func verify(_ request: WebhookRequest, in context: ChannelContext) -> Verification {
        guard request.method == "POST" else { return .rejected(WebhookAnswer(status: 405)) }
        let given = request.header("x-telegram-bot-api-secret-token")
        guard isSameSecret(given, context.setting(Setting.webhookSecret)) else {
            return .rejected(WebhookAnswer(status: 403))
        }
        return .accepted
    }

    /// The answer stays empty: Telegram would execute a method call found in it.
    public static func parse(_ request: WebhookRequest, in context: ChannelContext) throws -> ParsedWebhook {
        guard let update = try JSON.parse(request.body).object else { throw BadBody("not an object") }
        guard let parsed = Update(update, context)?.parsed else { throw BadBody("an update without update_id") }
        return parsed
    }

    public static func step(
        _ operation: ChannelOperation, state: JSON?, input: StepInput, in context: ChannelContext
    ) throws -> ChannelStep {
        let api = BotAPI(context)
        switch operation {
        case .deliver(let action):
            return Delivery(action, api, DeliveryState(state)).step(input)
        case .poll: return Polling(api, context).step(state, input)
        case .connect(let webhook): return Connecting(api, webhook: webhook).step(state, input)
        case .disconnect: return Disconnecting(api).step(input)
        case .health(let webhook): return HealthCheck(api, webhook: webhook, now: context.now).step(state, input)
        case .download(let file): return Downloading(api, file: file).step(input)
        case .profile(let thread, let contact):
            return ProfileLookup(api, chat: ChatThread(thread)?.chat ?? Int64(contact)).step(input)
        case .signIn: throw Unsupported("nobody signs in to this channel")
        case .reconcile: throw Unsupported("a bot cannot read its own history")
        }
    }
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
    static let offset = "offset"
    static func businessOwner(_ connection: String) -> String { "business:\(connection)" }
}
