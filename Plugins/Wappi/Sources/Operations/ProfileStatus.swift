import ChannelKit

/// The answer of `get/status`. It names no success, and any member may be missing.
struct ProfileStatus {
    private let object: JSON.Object

    init(_ object: JSON.Object) { self.object = object }

    /// Missing is not false: only what Wappi says counts against a profile.
    var isSignedIn: Bool { object["authorized"] == nil || object.flag("authorized") }
    var isOpen: Bool { (object.text("app_status") ?? "open") == "open" }
    var appStatus: String? { object.text("app_status") }
    var paidUntil: Int64? { object.time("payment_expired_at") }
    /// Nil when the answer leaves it out.
    var webhook: String? { object["webhook_url"]?.string }
    var webhookTypes: Set<String>? { object["webhook_types"]?.array.map { Set($0.compactMap(\.string)) } }

    func account(_ profile: String, _ platform: Platform) -> ChannelAccount {
        let nested = object.nested("account")
        let phone = PhoneNumber.international(object.text("phone") ?? nested?.text("phone"))
        let username = nested?.text("username")
        let url: String? =
            switch platform {
            case .whatsapp: phone.map { "https://wa.me/\($0.dropFirst())" }
            case .telegram: username.map { "https://t.me/\($0)" }
            case .max: nil
            }
        let name = object.text("name") ?? phone ?? profile
        return ChannelAccount(id: profile, name: WappiLimit.name(name), username: username.map(WappiLimit.name), url: url)
    }
}

extension WappiLimit {
    /// Names of accounts, which ChannelKit does not shorten.
    static func name(_ text: String) -> String { TextLimit(200, .utf8).truncated(text) }
}
