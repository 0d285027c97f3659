import ChannelKit

/// Builds requests for one profile. The profile is always a query parameter, the token a header without "Bearer".
struct WappiAPI {
    static let host = "wappi.pro"
    static let defaultBase = "https://" + host
    /// The query parameter that proves a delivery genuine.
    static let keyName = "key"
    let platform: Platform
    let profile: String
    /// Without a slash at the end.
    private let base: String

    init(_ context: ChannelContext, _ platform: Platform? = nil) {
        self.platform = platform ?? Self.platform(context) ?? .whatsapp
        base = context.baseURL(Setting.apiBase, default: Self.defaultBase)
        profile = context.setting(Setting.profile) ?? ""
    }

    /// What the owner entered, else what `connect` found out.
    static func platform(_ context: ChannelContext) -> Platform? {
        context.setting(Setting.platform).flatMap(Platform.init(setting:))
            ?? context.remembered(Memory.platform).flatMap(Platform.init(rawValue:))
    }

    func get(_ path: String, _ query: [(String, String)] = []) -> HTTPRequest { request("GET", path, query) }

    func post(_ path: String, _ query: [(String, String)] = [], _ body: JSON? = nil) -> HTTPRequest {
        var request = request("POST", path, query)
        if let body { request.body = .json(body) }
        return request
    }

    /// A POST whose only member is a secret.
    func post(_ path: String, member: String, secret: String) -> HTTPRequest {
        var request = request("POST", path, [])
        request.body = .json(RequestTemplate(member: member, secret: secret))
        return request
    }

    /// Has events delivered to `address`, our secret at its end.
    func setWebhook(_ address: String) -> HTTPRequest {
        var request = post("/webhook/url/set")
        let given = PercentEncoding.encoded(Self.withKey(address))
        request.url.parts += [.text("&url=\(given)"), .secret(Setting.webhookSecret, .percent)]
        return request
    }

    /// The hook's address up to the secret.
    static func withKey(_ address: String) -> String { "\(address)\(address.contains("?") ? "&" : "?")\(keyName)=" }

    private func request(_ method: String, _ path: String, _ query: [(String, String)]) -> HTTPRequest {
        var address = "\(base)\(platform.prefix)\(path)?profile_id=\(PercentEncoding.encoded(profile))"
        for (name, value) in query { address += "&\(name)=\(PercentEncoding.encoded(value))" }
        var request = HTTPRequest(method, RequestTemplate([.text(address)]))
        request.headers = [("Authorization", RequestTemplate([.secret(Setting.token, .raw)]))]
        return request
    }
}
