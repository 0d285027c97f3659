public import ChannelKit

/// The product's own chat on a web page. There is no provider: the public routes bring the visitor's messages as local
/// requests, and sending is done as soon as it is asked for.
public enum WebChatPlugin: ChannelPlugin {
    public static let description = ChannelDescription.webChat

    /// What the host links statically. Made once and never changed, so that sharing it is safe.
    public nonisolated(unsafe) static let table = PluginTable.make(kind: "webchat") { operation, input, body, output in
        PluginTable.answer(WebChatPlugin.self, operation, input, body, output)
    }

    /// Only the product's own routes may speak for a visitor; nothing from the network gets in here.
    public static func verify(_ request: WebhookRequest, in context: ChannelContext) -> Verification {
        request.isLocal ? .accepted : .rejected(WebhookAnswer(status: 404))
    }

    public static func parse(_ request: WebhookRequest, in context: ChannelContext) throws -> ParsedWebhook {
        guard request.isLocal else { throw BadBody("not a local request") }
        guard let body = try JSON.parse(request.body).object else { throw BadBody("not an object") }
        return ParsedWebhook([try VisitorEvent(body, now: context.now).event])
    }

    public static func step(
        _ operation: ChannelOperation, state: JSON?, input: StepInput, in context: ChannelContext
    ) throws -> ChannelStep {
        let account = ChannelAccount(id: "webchat", name: "Web chat")
        switch operation {
        case .deliver(let action): return .result(.sent(action.makesMessage ? [action.correlation] : []))
        case .connect: return .result(.connected(account))
        case .disconnect: return .result(.disconnected)
        case .health: return .result(.health(ChannelHealth(.healthy, account: account)))
        case .reconcile(let action, _): return .result(.sent([action.correlation]))
        case .poll, .download, .profile, .signIn: throw Unsupported("the web chat has no provider")
        }
    }
}

extension OutboundAction {
    fileprivate var makesMessage: Bool {
        switch kind {
        case .text, .media: true
        case .typing, .edit, .delete, .markRead, .answerPress, .react: false
        }
    }
}
