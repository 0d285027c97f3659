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
        var base = context.setting(Setting.apiBase) ?? Self.defaultBase
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
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
        let text = JSON.object(parameters).text
        var request = HTTPRequest("POST", url("setWebhook"))
        request.body = .text(
            RequestTemplate([
                .text(text.dropLast() + ",\"secret_token\":\""), .secret(Setting.webhookSecret, .json), .text("\"}"),
            ]), contentType: "application/json")
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
        // A full round of updates is the largest answer there is.
        let limits = JSONLimits(bytes: 16 << 20, nodes: 200_000)
        guard let object = (try? JSON.parse(response.body, limits: limits))?.object, let ok = object["ok"]?.bool else {
            self = .unreadable(status: response.status)
            return
        }
        if ok, response.status == 200 {
            self = .ok(object["result"] ?? .null)
            return
        }
        let code = object["error_code"]?.int ?? Int64(response.status)
        let seconds = object["parameters"]?["retry_after"]?.int ?? response.header("retry-after").flatMap { Int64($0) }
        self = .error(
            BotError(
                code: code, description: object["description"]?.string?.lowercased() ?? "",
                retryAfter: seconds.map { min(max($0, 0), 86_400) * 1_000 },
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
