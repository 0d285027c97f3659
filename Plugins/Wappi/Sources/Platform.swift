import ChannelKit

/// The messenger behind a profile. A profile works only under the prefix of its own.
enum Platform: String {
    case whatsapp, telegram, max

    static let all: [Platform] = [.whatsapp, .telegram, .max]

    /// As people write it.
    init?(setting: String) {
        switch setting.lowercased().filter({ !$0.isWhitespace }) {
        case "whatsapp", "wa": self = .whatsapp
        case "telegram", "tg": self = .telegram
        case "max": self = .max
        default: return nil
        }
    }

    var prefix: String {
        switch self {
        case .whatsapp: "/api"
        case .telegram: "/tapi"
        case .max: "/maxapi"
        }
    }

    /// What one message holds. Counted in UTF-16 units, the strictest reading of "characters".
    var text: TextLimit {
        switch self {
        case .whatsapp: TextLimit(65_536, .utf16)
        case .telegram: TextLimit(4_096, .utf16)
        case .max: WappiLimit.text
        }
    }

    /// Everything the platform can report; `webhook/types/set` replaces the whole list.
    var webhookTypes: [String] {
        let common = [
            "authorization_status", "application_status", "incoming_message", "delivery_status", "outgoing_message_api",
            "outgoing_message_phone",
        ]
        return self == .whatsapp ? common + ["incoming_call"] : common
    }
}

/// Limits that this plugin keeps by itself.
enum WappiLimit {
    /// The shortest of the three, MAX's: what fits one message whatever the platform.
    static let text = TextLimit(4_000, .utf16)
    static let caption = TextLimit(1_024, .utf16)
    /// Wappi publishes none; this is what its own webhooks are known to carry.
    static let fileBytes: Int64 = 64 << 20
    /// No id of the three messengers is nearly as long.
    static let chatBytes = 200
    static let messageBytes = 300
}
