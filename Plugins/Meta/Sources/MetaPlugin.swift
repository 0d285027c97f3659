public import ChannelKit

/// Facebook Messenger: the messages of one Page.
///
/// developers.facebook.com, Messenger Platform, Graph API v25.0.
public enum FacebookPlugin: ChannelPlugin {
    public static let description = ChannelDescription.facebook

    /// What the host links statically. Made once and never changed, so that sharing it is safe.
    public nonisolated(unsafe) static let table = PluginTable.make(kind: "facebook") { operation, input, body, output in
        PluginTable.answer(FacebookPlugin.self, operation, input, body, output)
    }

    public static func verify(_ request: WebhookRequest, in context: ChannelContext) -> Verification {
        WebhookCheck(request, context).verification
    }

    public static func parse(_ request: WebhookRequest, in context: ChannelContext) throws -> ParsedWebhook {
        try WebhookBody.parsed(request, .messenger, context)
    }

    public static func step(
        _ operation: ChannelOperation, state: JSON?, input: StepInput, in context: ChannelContext
    ) throws -> ChannelStep {
        try GraphAPI(.messenger, context).step(operation, state, input, context)
    }
}

/// Instagram messages, through the linked Page or with Instagram's own sign-in.
///
/// developers.facebook.com, Instagram Platform, Graph API v25.0.
public enum InstagramPlugin: ChannelPlugin {
    public static let description = ChannelDescription.instagram

    /// What the host links statically. Made once and never changed, so that sharing it is safe.
    public nonisolated(unsafe) static let table = PluginTable.make(kind: "instagram") { operation, input, body, output in
        PluginTable.answer(InstagramPlugin.self, operation, input, body, output)
    }

    public static func verify(_ request: WebhookRequest, in context: ChannelContext) -> Verification {
        WebhookCheck(request, context).verification
    }

    public static func parse(_ request: WebhookRequest, in context: ChannelContext) throws -> ParsedWebhook {
        try WebhookBody.parsed(request, .instagram(context), context)
    }

    public static func step(
        _ operation: ChannelOperation, state: JSON?, input: StepInput, in context: ChannelContext
    ) throws -> ChannelStep {
        try GraphAPI(.instagram(context), context).step(operation, state, input, context)
    }
}

extension GraphAPI {
    fileprivate func step(
        _ operation: ChannelOperation, _ state: JSON?, _ input: StepInput, _ context: ChannelContext
    ) throws -> ChannelStep {
        switch operation {
        case .deliver(let action): return Delivery(action, self, context, DeliveryState(state)).step(input)
        case .poll: throw Unsupported("messages come by webhook")
        case .connect(let webhook): return Connecting(self, context, webhook: webhook).step(state, input)
        case .disconnect: return Disconnecting(self).step(input)
        case .health: return HealthCheck(self, context).step(state, input)
        case .download(let file): return Downloading(file: file).step()
        case .profile(_, let contact): return ProfileLookup(self, contact: contact).step(input)
        case .signIn: throw Unsupported("nobody signs in to this channel")
        case .reconcile(let action, let since): return Reconciling(action, self, since: since).step(input)
        }
    }
}

/// Names of settings and secrets.
enum Setting {
    static let token = "access_token"
    static let appSecret = "app_secret"
    /// Instagram's sign-in has an app secret of its own; Meta does not say which of the two signs.
    static let instagramAppSecret = "instagram_app_secret"
    static let verifyToken = "verify_token"
    static let appID = "app_id"
    static let throughPage = "through_page"
    static let humanAgent = "human_agent"
    static let apiVersion = "api_version"
    static let apiBase = "api_base"
}

/// Names of remembered values.
enum Memory {
    /// The Page or Instagram account, as webhooks name it.
    static let account = "account_id"
    /// The app-scoped id of the same Instagram account: webhooks are said not to use it, so it is accepted, not relied upon.
    static let accountAlias = "account_alias"
    /// The Page whose token is used.
    static let page = "page_id"
    /// A renewed Instagram token; it outlives the one that was entered.
    static let renewedToken = "renewed_token"
}
