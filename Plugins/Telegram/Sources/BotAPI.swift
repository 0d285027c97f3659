import ChannelKit

/// Builds requests to the Bot API. The token is in every URL, so only its name is.
struct BotAPI {
    static let defaultBase = "https://api.telegram.org"
    /// Every kind of update this plugin reads. Telegram keeps the previous list when none is given, so it is always given.
    static let updates: [JSON] = [
        "message", "edited_message", "callback_query", "my_chat_member", "message_reaction", "business_connection",
        "business_message", "edited_business_message", "deleted_business_messages",
    ]
    let base: String

    init(_ context: ChannelContext) {
        base = context.baseURL(Setting.apiBase, default: Self.defaultBase)
    }

    func url(_ path: String, prefix: String = "/bot") -> RequestTemplate {
        RequestTemplate([.text(base + prefix), .secret(Setting.token, .percent), .text("/" + path)])
    }

    func call(_ method: String, _ parameters: JSON.Object = JSON.Object()) -> HTTPRequest {
        HTTPRequest(post: .object(parameters), to: url(method))
    }

    /// `setWebhook` with the secret in its place.
    func setWebhook(_ address: String) -> HTTPRequest {
        var parameters = JSON.Object()
        parameters.add("url", address)
        parameters.add("allowed_updates", .array(Self.updates))
        parameters.add("drop_pending_updates", false)
        parameters.add("max_connections", Int64(20))
        var request = HTTPRequest("POST", url("setWebhook"))
        request.body = .json(RequestTemplate(parameters, member: "secret_token", secret: Setting.webhookSecret))
        return request
    }
}

/// What the Bot API answered.
enum BotAnswer {
    case ok(JSON)
    case error(BotError)
    /// Not the Bot API's envelope: a proxy, a captive portal, half a body.
    case unreadable(status: Int)

    init(_ response: HTTPResponse) {
        guard let object = (try? JSON.parse(response.body, limits: .answer))?.object, let ok = object["ok"]?.bool else {
            self = .unreadable(status: response.status)
            return
        }
        if ok, response.status == 200 {
            self = .ok(object["result"] ?? .null)
            return
        }
        let code = object["error_code"]?.int ?? Int64(response.status)
        self = .error(
            BotError(
                code: code, description: object["description"]?.string?.lowercased() ?? "",
                retryAfter: HTTPResponse.wait(object["parameters"]?["retry_after"]?.int) ?? response.retryAfter,
                migratedTo: object["parameters"]?["migrate_to_chat_id"]?.int))
    }
}

struct BotError {
    let code: Int64
    /// In lower case. English and not contractual.
    let description: String
    /// Milliseconds.
    let retryAfter: Int64?
    let migratedTo: Int64?

    func says(_ words: String...) -> Bool { words.contains { description.contains($0) } }
}
