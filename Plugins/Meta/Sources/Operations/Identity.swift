import ChannelKit

/// Whose token it is.
struct Identity {
    let account: ChannelAccount
    private let page: String?
    private let alias: String?

    /// From what `GraphAPI.identity` asks for; nil when it names no account.
    init?(_ value: JSON, _ transport: Transport) {
        guard let id = value["id"]?.identifier ?? value["user_id"]?.identifier else { return nil }
        switch transport {
        case .messenger:
            account = ChannelAccount(
                id: id, name: Self.name(value["name"]) ?? id, username: Self.name(value["username"]),
                url: "https://m.me/\(PercentEncoding.encoded(id))")
            (page, alias) = (id, nil)
        case .instagramPage:
            guard let instagram = value["instagram_business_account"], let own = instagram["id"]?.identifier else { return nil }
            account = Self.instagram(own, instagram)
            (page, alias) = (id, nil)
        case .instagramLogin:
            // `user_id` is the one that webhooks use; `id` is the app's own.
            let own = value["user_id"]?.identifier ?? id
            account = Self.instagram(own, value)
            (page, alias) = (nil, own == id ? nil : id)
        }
    }

    private static func instagram(_ id: String, _ value: JSON) -> ChannelAccount {
        let username = name(value["username"])
        return ChannelAccount(
            id: id, name: name(value["name"]) ?? username ?? id, username: username,
            url: username.map { "https://ig.me/m/\(PercentEncoding.encoded($0))" })
    }

    /// The host's names end at 1,024 bytes.
    private static func name(_ value: JSON?) -> String? {
        guard let text = value?.string, !text.isEmpty else { return nil }
        return TextLimit(900, .utf8).truncated(text)
    }

    /// What of the answer a step's state takes along: the host refuses a state of more than 64 KB, and nothing else of it is read.
    static func carried(_ answer: JSON) -> JSON {
        var object = carriedFields(answer)
        object.add("instagram_business_account", answer["instagram_business_account"].map { .object(carriedFields($0)) })
        return .object(object)
    }

    private static func carriedFields(_ value: JSON) -> JSON.Object {
        var object = JSON.Object(reserving: 5)
        for key in ["id", "user_id"] { object.add(key, value[key]?.identifier.flatMap { $0.utf8.count <= 256 ? $0 : nil }) }
        for key in ["name", "username"] { object.add(key, name(value[key])) }
        return object
    }

    func remembered(_ transport: Transport) -> [Remembered] {
        var values = [Remembered(Memory.account, account.id)]
        if let page { values.append(Remembered(Memory.page, page)) }
        if transport == .instagramLogin { values.append(Remembered(Memory.accountAlias, alias)) }
        return values
    }
}

/// A longer-lived token in place of the one that asked for it.
struct RenewedToken {
    let remembered: Remembered

    init?(_ value: JSON, now: Int64) {
        guard let token = value["access_token"]?.string, isToken(token) else { return nil }
        let lifetime = Milliseconds.ofSeconds(max(0, value["expires_in"]?.wholeNumber ?? 5_184_000))
        remembered = Remembered(Memory.renewedToken, token, isSecret: true, expiresAt: now.saturatingAdding(lifetime))
    }
}

extension GraphAPI {
    func identity() -> HTTPRequest {
        switch transport {
        case .messenger: request("GET", "me", [("fields", "id,name,username")])
        case .instagramPage: request("GET", "me", [("fields", "id,name,instagram_business_account{id,name,username}")])
        case .instagramLogin: request("GET", "me", [("fields", "user_id,username,name")])
        }
    }

    /// For Instagram's own sign-in. Its path has no version.
    func renewal() -> HTTPRequest {
        HTTPRequest(
            "GET",
            RequestTemplate([
                .text("\(base)/refresh_access_token?grant_type=ig_refresh_token&access_token="), .secret(tokenName, .percent),
            ]))
    }

    /// When an app's token ends; nil when the app is not known.
    func tokenCheck() -> HTTPRequest? {
        guard let appID, transport != .instagramLogin else { return nil }
        var request = HTTPRequest(
            "GET", RequestTemplate([.text(url("debug_token") + "?input_token="), .secret(tokenName, .percent)]))
        request.headers = [
            ("Authorization", RequestTemplate([.text("Bearer \(appID)|"), .secret(Setting.appSecret, .raw)]))
        ]
        return request
    }
}
