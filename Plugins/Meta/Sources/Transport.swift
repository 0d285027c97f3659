import ChannelKit

/// The three ways to a customer. They share one family of webhooks and one Send API.
enum Transport {
    /// Facebook Messenger through a Page.
    case messenger
    /// Instagram through the Page it is linked to.
    case instagramPage
    /// Instagram with its own sign-in, without a Page.
    case instagramLogin

    static func instagram(_ context: ChannelContext) -> Transport {
        context.flag(Setting.throughPage) ? .instagramPage : .instagramLogin
    }

    var isInstagram: Bool { self != .messenger }

    /// `object` of a webhook body.
    var webhookObject: String { isInstagram ? "instagram" : "page" }

    var defaultBase: String { self == .instagramLogin ? "https://graph.instagram.com" : "https://graph.facebook.com" }

    /// `platform` of the Conversations API.
    var platform: String { isInstagram ? "instagram" : "messenger" }

    var textLimit: TextLimit { isInstagram ? MetaLimit.instagramText : MetaLimit.messengerText }

    /// Instagram's own Send API shows no `messaging_type` in its samples.
    var namesMessagingType: Bool { self != .instagramLogin }

    /// Only Messenger returns `metadata` in echoes.
    var takesMetadata: Bool { self == .messenger }

    /// graph.instagram.com documents no upload: there files go by their address alone.
    var canUpload: Bool { self != .instagramLogin }

    /// What `subscribed_apps` is asked for.
    var subscribedFields: [String] {
        switch self {
        case .messenger:
            [
                "messages", "messaging_postbacks", "message_deliveries", "message_reads", "message_echoes",
                "message_reactions", "message_edits", "messaging_referrals", "messaging_policy_enforcement",
            ]
        // `messaging_seen` belongs to the app: the Page's edge refuses it (restfb #1210).
        case .instagramPage:
            ["messages", "messaging_postbacks", "message_reactions", "message_edits", "messaging_referrals"]
        case .instagramLogin:
            ["messages", "messaging_postbacks", "messaging_seen", "message_reactions", "messaging_referral", "message_edit"]
        }
    }

    /// What the app as a whole is subscribed to, when its id is known.
    var appFields: [String] {
        self == .instagramPage ? subscribedFields + ["messaging_seen"] : subscribedFields
    }

    /// Without these there is no conversation.
    static let neededFields = ["messages", "messaging_postbacks"]
}

extension ChannelContext {
    func flag(_ name: String) -> Bool { ["true", "1", "yes", "on"].contains(setting(name)?.lowercased()) }
}

/// Limits that this plugin keeps by itself.
enum MetaLimit {
    /// 2,000 characters of an unnamed unit: UTF-16 is the strictest that fits the name.
    static let messengerText = TextLimit(2_000, .utf16)
    static let instagramText = TextLimit(1_000, .utf8)
    static let templateText = TextLimit(640, .utf16)
    static let buttonTitle = TextLimit(20, .characters)
    static let payloadBytes = 1_000
    static let quickReplies = 13
    static let templateButtons = 3
    static let imageBytes: Int64 = 8_000_000
    static let mediaBytes: Int64 = 25_000_000
    /// How long a person may still answer with the `HUMAN_AGENT` tag.
    static let personDays: Int64 = 7
}
