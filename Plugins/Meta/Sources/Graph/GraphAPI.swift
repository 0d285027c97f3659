import ChannelKit

/// Builds requests to the Graph API. The token travels in a header, so no address holds it.
struct GraphAPI {
    static let defaultVersion = "v25.0"
    let transport: Transport
    /// Without a slash at the end.
    let base: String
    let appID: String?
    /// The Page or Instagram account, as far as it is known.
    let account: String?
    /// The Page whose edges are used; `me` is the token's own account.
    let node: String
    /// Which secret holds the token.
    private(set) var tokenName: String
    private let version: String

    init(_ transport: Transport, _ context: ChannelContext) {
        self.transport = transport
        base = context.baseURL(Setting.apiBase, default: transport.defaultBase)
        version = context.setting(Setting.apiVersion).flatMap { Self.isVersion($0) ? $0 : nil } ?? Self.defaultVersion
        appID = context.setting(Setting.appID).flatMap { $0.utf8.allSatisfy(PercentEncoding.isUnreserved) ? $0 : nil }
        account = context.remembered(Memory.account)
        node = transport == .instagramLogin ? "me" : context.remembered(Memory.page) ?? "me"
        let isRenewed =
            transport == .instagramLogin && context.hasSecret(Memory.renewedToken)
            && context.expiry(of: Memory.renewedToken).map { $0 > context.now } != false
        tokenName = isRenewed ? Memory.renewedToken : Setting.token
    }

    var usesRenewedToken: Bool { tokenName == Memory.renewedToken }

    /// The same with the token that the owner entered.
    var withEnteredToken: GraphAPI {
        var copy = self
        copy.tokenName = Setting.token
        return copy
    }

    func request(_ method: String, _ path: String, _ query: [(String, String)] = []) -> HTTPRequest {
        var request = HTTPRequest(method, RequestTemplate([.text(url(path, query))]))
        request.headers = [("Authorization", RequestTemplate([.text("Bearer "), .secret(tokenName, .raw)]))]
        return request
    }

    func url(_ path: String, _ query: [(String, String)] = []) -> String {
        let items = query.map { "\($0.0)=\(PercentEncoding.encoded($0.1))" }
        return "\(base)/\(version)/\(path)" + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
    }

    /// `v25.0` and the like: it becomes part of a path.
    private static func isVersion(_ text: String) -> Bool {
        let numbers = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        return text.hasPrefix("v") && numbers.count == 2
            && numbers.allSatisfy { (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }
}
