public import ChannelKit

/// A channel for a messenger that does not exist. `messenger.py` beside this package plays it:
///
/// - It delivers `{"events": […]}` to the address it was told, signed in `X-Hello-Signature` as `sha256=` and the HMAC-SHA256 of the body.
/// - `GET /me`, `PUT /webhook`, `DELETE /webhook` and `POST /messages` take the token as `Authorization: Bearer …`.
public enum HelloPlugin: ChannelPlugin {
    public static let description = ChannelDescription.hello

    /// Made once and never changed, so that sharing it is safe.
    nonisolated(unsafe) static let table = PluginTable.make(kind: "hello-swift") { operation, input, body, output in
        PluginTable.answer(HelloPlugin.self, operation, input, body, output)
    }

    /// Over the raw bytes: the same text spelt otherwise is another body.
    public static func verify(_ request: WebhookRequest, in context: ChannelContext) -> Verification {
        guard request.method == "POST" else { return .rejected(WebhookAnswer(status: 405)) }
        let isGenuine = isSignature(
            request.header(signatureHeader), of: request.body, key: context.setting(Setting.secret), prefix: "sha256=")
        return isGenuine ? .accepted : .rejected(WebhookAnswer(status: 403))
    }

    public static func parse(_ request: WebhookRequest, in context: ChannelContext) throws -> ParsedWebhook {
        guard let events = try JSON.parse(request.body)["events"]?.array else { throw BadBody("no events") }
        // A kind that is new to us gives no event and no error.
        return ParsedWebhook(events.compactMap { $0.object.flatMap(Delivered.init)?.event })
    }

    public static func step(
        _ operation: ChannelOperation, state: JSON?, input: StepInput, in context: ChannelContext
    ) throws -> ChannelStep {
        let api = HelloAPI(context)
        switch operation {
        case .deliver(let action): return try Delivery(action, api, state).step(input)
        case .connect(let webhook): return Connecting(api, webhook).step(state, input)
        case .disconnect: return Disconnecting(api).step(input)
        case .health: return HealthCheck(api).step(input)
        case .poll, .download, .profile, .reconcile, .signIn: throw Unsupported("this messenger cannot do that")
        }
    }

    static let signatureHeader = "x-hello-signature"
}

/// Names of settings.
enum Setting {
    static let base = "base_url"
    static let token = "token"
    static let secret = "webhook_secret"
}
