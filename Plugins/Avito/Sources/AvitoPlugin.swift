public import ChannelKit

/// One Avito account: the chats of buyers with the seller, almost always about a listing.
///
/// Avito Messenger API, developers.avito.ru/api-catalog/messenger: sending v1, chats v2, message list and webhook v3.
public enum AvitoPlugin: ChannelPlugin {
    public static let description = ChannelDescription.avito

    /// What the host links statically. Made once and never changed, so that sharing it is safe.
    public nonisolated(unsafe) static let table = PluginTable.make(kind: "avito") { operation, input, body, output in
        PluginTable.answer(AvitoPlugin.self, operation, input, body, output)
    }

    /// Avito documents no signature, so a key of ours is in the registered address. The header
    /// `x-avito-messenger-signature` exists, but how it is made is not known: nothing is decided by it.
    public static func verify(_ request: WebhookRequest, in context: ChannelContext) -> Verification {
        guard request.method == "POST" else { return .rejected(WebhookAnswer(status: 405)) }
        guard isSameSecret(request.query(WebhookAddress.key), context.setting(Setting.webhookSecret)) else {
            return .rejected(WebhookAnswer(status: 403))
        }
        return .accepted
    }

    public static func parse(_ request: WebhookRequest, in context: ChannelContext) throws -> ParsedWebhook {
        guard let object = try JSON.parse(request.body).object else { throw BadBody("not an object") }
        return ParsedWebhook(try WebhookEnvelope(object, context).events)
    }

    public static func step(
        _ operation: ChannelOperation, state: JSON?, input: StepInput, in context: ChannelContext
    ) throws -> ChannelStep {
        let session = Session(context)
        switch operation {
        case .deliver(let action):
            return session.step(state, input) { api, state, input in
                Delivery(action, api, DeliveryState(state)).step(input)
            }
        case .poll: return session.step(state, input) { Polling($0, context).step($1, $2) }
        case .connect(let webhook):
            return session.step(state, input, provingKeys: true) {
                Connecting($0, webhook: webhook, context).step($1, $2)
            }
        case .disconnect:
            guard context.remembered(Memory.webhook) != nil else { return .result(.disconnected) }
            return Disconnecting.judged(
                session.step(state, input, provingKeys: false) { Disconnecting($0, context).step($2) })
        case .health(let webhook):
            return HealthCheck.judged(
                session.step(state, input, provingKeys: false) {
                    HealthCheck($0, webhook: webhook, context).step($1, $2)
                })
        case .download(let file):
            guard let voice = FileReference.voice(file) else { return Downloading.image(file) }
            return session.step(state, input) { Downloading($0, voice: voice).step($2) }
        case .profile(let thread, let contact):
            return session.step(state, input) { ProfileLookup($0, chat: thread, contact: contact).step($2) }
        case .signIn: throw Unsupported("nobody signs in to this channel")
        case .reconcile(let action, let since):
            return session.step(state, input) { Reconciling($0, action, since: since).step($2) }
        }
    }
}

/// Names of settings and secrets.
enum Setting {
    static let clientID = "client_id"
    static let clientSecret = "client_secret"
    static let webhookSecret = "webhook_secret"
    static let apiBase = "api_base"
}

/// Names of remembered values.
enum Memory {
    static let token = "access_token"
    /// Whose keys the token and the user id were got with: with other keys both are void.
    static let client = "token_client_id"
    static let user = "user_id"
    /// The address that was last registered, without its key.
    static let webhook = "webhook"
    static let cursor = "poll_cursor"
}
