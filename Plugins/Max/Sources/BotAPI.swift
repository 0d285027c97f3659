import ChannelKit

/// Builds requests to the Bot API. The token travels in a header, by its name.
struct BotAPI {
    static let defaultBase = "https://platform-api2.max.ru"
    /// Every kind of update this plugin reads.
    static let updates = [
        "message_created", "message_callback", "message_edited", "message_removed", "bot_started", "bot_stopped",
        "dialog_cleared", "dialog_removed",
    ]
    let base: String

    init(_ context: ChannelContext) {
        base = context.baseURL(Setting.apiBase, default: Self.defaultBase)
    }

    func request(
        _ method: String, _ path: String, _ query: [(name: String, value: String)] = [], body: JSON? = nil
    ) -> HTTPRequest {
        let items = query.map { "\($0.name)=\(PercentEncoding.encoded($0.value, keeping: ","))" }.joined(separator: "&")
        var request = HTTPRequest(method, RequestTemplate([.text(base + path + (items.isEmpty ? "" : "?" + items))]))
        request.headers = [("Authorization", RequestTemplate([.secret(Setting.token, .raw)]))]
        if let body { request.body = .json(body) }
        return request
    }

    var me: HTTPRequest { request("GET", "/me") }
    var subscriptions: HTTPRequest { request("GET", "/subscriptions") }

    func unsubscribe(_ address: String) -> HTTPRequest { request("DELETE", "/subscriptions", [("url", address)]) }

    /// A subscription with the secret in its place.
    func subscribe(_ address: String) -> HTTPRequest {
        var subscription = JSON.Object()
        subscription.add("url", address)
        subscription.add("update_types", .array(Self.updates.map(JSON.string)))
        var request = request("POST", "/subscriptions")
        request.body = .json(RequestTemplate(subscription, member: "secret", secret: Setting.webhookSecret))
        return request
    }

    /// `address`, which the API named for an upload, as it is requested; nil when no file of ours may go there.
    func uploadAddress(_ address: String) -> String? {
        if let web = WebAddress(address), web.isBelow(MaxLimit.uploadDomains) { return web.text }
        // An API of one's own may name itself, and need not be https.
        let isOwn = base != Self.defaultBase && address.hasPrefix(base + "/") && address.utf8.count <= WebAddress.longest
        return isOwn ? address : nil
    }
}

/// What the Bot API answered.
enum BotAnswer {
    case ok(JSON.Object)
    case error(BotError)
    /// Not the Bot API's form: a proxy, a captive portal, half a body.
    case unreadable(status: Int)

    init(_ response: HTTPResponse) {
        let object = (try? JSON.parse(response.body, limits: .answer))?.object
        if response.isSuccess {
            guard let object else {
                self = .unreadable(status: response.status)
                return
            }
            self = object["success"]?.bool == false ? .error(BotError(response, object)) : .ok(object)
            return
        }
        let isExplained = object?["code"]?.string != nil || object?["message"]?.string != nil
        // Gateways answer these without an explanation.
        let speaksForItself = [408, 413, 429].contains(response.status) || response.status >= 500
        self = isExplained || speaksForItself ? .error(BotError(response, object)) : .unreadable(status: response.status)
    }
}

struct BotError {
    /// 200 when MAX says `success: false`.
    let status: Int
    let code: String
    /// In lower case. Not contractual.
    let message: String
    /// Milliseconds.
    let retryAfter: Int64?

    init(_ response: HTTPResponse, _ object: JSON.Object?) {
        status = response.status
        code = object?["code"]?.string?.lowercased() ?? ""
        message = object?["message"]?.string?.lowercased() ?? ""
        retryAfter = response.retryAfter
    }

    func says(_ words: String...) -> Bool { words.contains { code.contains($0) || message.contains($0) } }
}
