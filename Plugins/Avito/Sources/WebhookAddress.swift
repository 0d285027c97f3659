import ChannelKit

/// The address that Avito calls: the host's, with our key in the query.
struct WebhookAddress {
    /// The query item that holds the key.
    static let key = "key"
    private let start: String

    init(_ webhook: String) { start = webhook + (webhook.contains("?") ? "&" : "?") + Self.key + "=" }

    /// `{"url":"…"}` with the key in its place.
    var body: RequestTemplate {
        let text = JSON.string(start).text
        return RequestTemplate([
            .text("{\"url\":" + text.dropLast()), .secret(Setting.webhookSecret, .percent), .text("\"}"),
        ])
    }

    /// Whether `url` leads to this address, with whatever key.
    func isSame(_ url: String) -> Bool { url == start.dropLast(Self.key.utf8.count + 2) || url.hasPrefix(start) }

    /// Whether `url` is this address with today's key.
    func isCurrent(_ url: String, _ context: ChannelContext) -> Bool {
        guard let secret = context.setting(Setting.webhookSecret) else { return false }
        return url == start + PercentEncoding.encoded(secret)
    }
}
