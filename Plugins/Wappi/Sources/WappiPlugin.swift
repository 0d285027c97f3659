public import ChannelKit

/// One Wappi profile: a WhatsApp, Telegram or MAX account that wappi.pro keeps signed in as a linked device.
public enum WappiPlugin: ChannelPlugin {
    public static let description = ChannelDescription.wappi

    /// What the host links statically. Made once and never changed, so that sharing it is safe.
    public nonisolated(unsafe) static let table = PluginTable.make(kind: "wappi") { operation, input, body, output in
        PluginTable.answer(WappiPlugin.self, operation, input, body, output)
    }

    /// Wappi signs nothing. `connect` registers the hook's address with our secret as its `key`; an address registered by hand
    /// may carry the secret in the header that Wappi's `auth` parameter fills. A key that is given decides alone.
    public static func verify(_ request: WebhookRequest, in context: ChannelContext) -> Verification {
        guard request.method == "POST" else { return .rejected(WebhookAnswer(status: 405)) }
        let secret = context.setting(Setting.webhookSecret)
        let isGenuine: Bool
        if request.query.contains(where: { $0.name == WappiAPI.keyName }) {
            isGenuine = isSameSecret(request.query(WappiAPI.keyName), secret)
        } else {
            let given = request.header("authorization").map { $0.hasPrefix("Bearer ") ? String($0.dropFirst(7)) : $0 }
            isGenuine = isSameSecret(given, secret)
        }
        return isGenuine ? .accepted : .rejected(WebhookAnswer(status: 403))
    }

    public static func parse(_ request: WebhookRequest, in context: ChannelContext) throws -> ParsedWebhook {
        let items = try HookBody(request.body).items
        return ParsedWebhook(items.flatMap { HookItem($0, context).events })
    }

    public static func step(
        _ operation: ChannelOperation, state: JSON?, input: StepInput, in context: ChannelContext
    ) throws -> ChannelStep {
        let api = WappiAPI(context)
        switch operation {
        case .deliver(let action): return Delivery(action, api, DeliveryState(state)).step(input)
        case .poll: return Polling(api, context).step(state, input)
        case .connect(let webhook): return Connecting(context, webhook: webhook).step(state, input)
        case .disconnect: return Disconnecting(api).step(input)
        case .health(let webhook): return HealthCheck(api, context, webhook: webhook).step(state, input)
        case .download(let file): return Downloading(api, file, now: context.now).step(input)
        case .profile(let thread, _): return ProfileLookup(api, thread: thread).step(input)
        case .signIn(let act): return SigningIn(act, context).step(state, input)
        case .reconcile(let action, let since):
            return Reconciling(action, api, since: since, now: context.now).step(input)
        }
    }
}

/// Names of settings and secrets.
enum Setting {
    static let token = "token"
    static let profile = "profile_id"
    static let platform = "platform"
    static let webhookSecret = "webhook_secret"
    static let apiBase = "api_base"
}

/// Names of remembered values.
enum Memory {
    static let platform = "platform"
    static let history = "history"
}
