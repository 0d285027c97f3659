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
        var base = context.setting(Setting.apiBase) ?? Self.defaultBase
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
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
        if let body { request.body = .text(RequestTemplate([.text(body.text)]), contentType: "application/json") }
        return request
    }

    /// A POST whose only member is a secret.
    func post(_ path: String, member: String, secret: String) -> HTTPRequest {
        var request = request("POST", path, [])
        let parts: [RequestTemplate.Part] = [.text("{\"\(member)\":\""), .secret(secret, .json), .text("\"}")]
        request.body = .text(RequestTemplate(parts), contentType: "application/json")
        return request
    }

    /// Has events delivered to `address`, our secret at its end.
    func setWebhook(_ address: String) -> HTTPRequest {
        var request = post("/webhook/url/set")
        let given = Self.withKey(address).percentEncoded
        request.url.parts += [.text("&url=\(given)"), .secret(Setting.webhookSecret, .percent)]
        return request
    }

    /// The hook's address up to the secret.
    static func withKey(_ address: String) -> String { "\(address)\(address.contains("?") ? "&" : "?")\(keyName)=" }

    private func request(_ method: String, _ path: String, _ query: [(String, String)]) -> HTTPRequest {
        var address = "\(base)\(platform.prefix)\(path)?profile_id=\(profile.percentEncoded)"
        for (name, value) in query { address += "&\(name)=\(value.percentEncoded)" }
        var request = HTTPRequest(method, RequestTemplate([.text(address)]))
        request.headers = [("Authorization", RequestTemplate([.secret(Setting.token, .raw)]))]
        return request
    }
}

extension String {
    /// For a query parameter: all but RFC 3986's unreserved characters escaped.
    var percentEncoded: String { escaping { !Self.isUnreserved($0) } }

    /// An address with what an HTTP request line cannot hold escaped, and nothing else.
    var asciiAddress: String { escaping { $0 <= 0x20 || $0 >= 0x7F || "\"<>\\^`{|}".utf8.contains($0) } }

    private func escaping(_ mustEscape: (UInt8) -> Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in utf8 {
            if mustEscape(byte) {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0x0F)]]
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~".utf8.contains(byte)
        }
    }
}
