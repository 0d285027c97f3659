import ChannelKit

/// Builds requests. The token is in a header of each, so only its name is.
struct AvitoAPI {
    static let defaultBase = "https://api.avito.ru"
    private let base: String

    init(_ context: ChannelContext) {
        base = context.baseURL(Setting.apiBase, default: Self.defaultBase)
    }

    func request(_ method: String, _ path: String) -> HTTPRequest {
        var request = HTTPRequest(method, RequestTemplate([.text(base + path)]))
        request.headers = [("Authorization", RequestTemplate([.text("Bearer "), .secret(Memory.token, .raw)]))]
        return request
    }

    func post(_ path: String, _ value: JSON) -> HTTPRequest { post(path, RequestTemplate([.text(value.text)])) }

    func post(_ path: String, _ body: RequestTemplate) -> HTTPRequest {
        var request = request("POST", path)
        request.body = .json(body)
        return request
    }

    /// A new token for the account's own keys. It lives for a day; there is no refresh token, one asks again.
    func token(client: String) -> HTTPRequest {
        var request = HTTPRequest("POST", RequestTemplate([.text(base + "/token")]))
        let start = "grant_type=client_credentials&client_id=\(PercentEncoding.encoded(client))&client_secret="
        request.body = .formURLEncoded(RequestTemplate([.text(start), .secret(Setting.clientSecret, .percent)]))
        return request
    }

    func myself() -> HTTPRequest { request("GET", "/core/v1/accounts/self") }

    func register(_ address: WebhookAddress) -> HTTPRequest { post("/messenger/v3/webhook", address.body) }
    func unregister(_ body: RequestTemplate) -> HTTPRequest { post("/messenger/v1/webhook/unsubscribe", body) }
    /// A POST without a body, though it only reads.
    func subscriptions() -> HTTPRequest { request("POST", "/messenger/v1/subscriptions") }
}

/// Requests below one account's path. Chats and messages are named by encoded path segments.
struct MessengerAPI {
    let api: AvitoAPI
    let user: Int64

    private func path(_ version: Int, _ rest: String) -> String { "/messenger/v\(version)/accounts/\(user)/\(rest)" }

    /// Profile chats (u2u) are left out unless asked for; Avito's own service chats (a2u) are not wanted.
    func chats(limit: Int64, offset: Int64) -> HTTPRequest {
        api.request("GET", path(2, "chats?limit=\(limit)&offset=\(offset)&chat_types=u2i,u2u"))
    }

    func chat(_ chat: String) -> HTTPRequest { api.request("GET", path(2, "chats/\(chat)")) }

    /// Newest first; reading does not mark them read.
    func messages(_ chat: String, limit: Int64, offset: Int64) -> HTTPRequest {
        api.request("GET", path(3, "chats/\(chat)/messages/?limit=\(limit)&offset=\(offset)"))
    }

    func sendText(_ text: String, to chat: String) -> HTTPRequest {
        api.post(path(1, "chats/\(chat)/messages"), ["type": "text", "message": ["text": .string(text)]])
    }

    func sendImage(_ image: String, to chat: String) -> HTTPRequest {
        api.post(path(1, "chats/\(chat)/messages/image"), ["image_id": .string(image)])
    }

    func upload(_ media: OutboundMedia) -> HTTPRequest {
        var request = api.request("POST", path(1, "uploadImages"))
        request.body = .form([FormPart("uploadfile[]", file: media)])
        request.timeout = 120_000
        return request
    }

    func markRead(_ chat: String) -> HTTPRequest { api.request("POST", path(1, "chats/\(chat)/read")) }

    /// A POST, not a DELETE.
    func delete(_ message: String, in chat: String) -> HTTPRequest {
        api.request("POST", path(1, "chats/\(chat)/messages/\(message)"))
    }

    func voice(_ id: String) -> HTTPRequest {
        api.request("GET", path(1, "getVoiceFiles?voice_ids=\(PercentEncoding.encoded(id))"))
    }
}
