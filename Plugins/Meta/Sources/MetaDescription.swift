import ChannelKit

extension ChannelDescription {
    static let facebook = ChannelDescription(
        kind: "facebook",
        title: LocalizedText(en: "Facebook Messenger", ru: "Мессенджер Facebook", kk: "Facebook мессенджері"), modes: [.webhook],
        settings: [.pageToken, .appSecret, .verifyToken, .appID, .humanAgent, .apiVersion, .apiBase],
        hosts: ["graph.facebook.com"], webhookHeaders: [WebhookCheck.header],
        sharedHook: .metaApp, capabilities: .messenger)

    static let instagram = ChannelDescription(
        kind: "instagram",
        title: LocalizedText(en: "Instagram messages", ru: "Сообщения Instagram", kk: "Instagram хабарламалары"),
        modes: [.webhook],
        settings: [
            .instagramToken, .throughPage, .appSecret, .instagramAppSecret, .verifyToken, .appID, .humanAgent, .apiVersion,
            .apiBase,
        ],
        hosts: ["graph.facebook.com", "graph.instagram.com"], webhookHeaders: [WebhookCheck.header],
        sharedHook: .metaApp, capabilities: .instagram)
}

extension SharedHook {
    /// An app has one address for all its Pages and Instagram accounts.
    fileprivate static let metaApp = SharedHook(
        family: "meta", secret: Setting.appSecret, accounts: [Memory.account, Memory.accountAlias])
}

extension ChannelCapabilities {
    fileprivate static let messenger: ChannelCapabilities = {
        var value = ChannelCapabilities(text: MetaLimit.messengerText)
        value.media = [
            // A picture above 8 MB goes as a file.
            MediaLimit(.image, maxBytes: MetaLimit.mediaBytes), MediaLimit(.animation, maxBytes: MetaLimit.mediaBytes),
            MediaLimit(.video, maxBytes: MetaLimit.mediaBytes), MediaLimit(.audio, maxBytes: MetaLimit.mediaBytes),
            MediaLimit(.voice, maxBytes: MetaLimit.mediaBytes), MediaLimit(.document, maxBytes: MetaLimit.mediaBytes),
        ]
        value.receipts = [.delivered, .read]
        // 300 a second for text, 10 for audio and video: the contract has one rate, and 100 is what both channels may.
        value.addWhatBothHave()
        return value
    }()

    fileprivate static let instagram: ChannelCapabilities = {
        var value = ChannelCapabilities(text: MetaLimit.instagramText)
        value.media = MediaRules.instagram.map { MediaLimit($0.kind, maxBytes: $0.maxBytes, mimeTypes: $0.mimeTypes) }
        value.receipts = [.read]
        value.addWhatBothHave()
        return value
    }()

    private mutating func addWhatBothHave() {
        buttons = ButtonLimits(
            callbackBytes: Int64(MetaLimit.payloadBytes), titleCharacters: Int64(MetaLimit.buttonTitle.limit),
            perRow: Int64(MetaLimit.quickReplies), total: Int64(MetaLimit.quickReplies))
        typingSeconds = 20
        canReply = true
        canReact = true
        canMarkRead = true
        replyWindowSeconds = Milliseconds.day / 1_000
        personReplyWindowSeconds = MetaLimit.personDays * Milliseconds.day / 1_000
        personReplySetting = Setting.humanAgent
        echoes = true
        canReconcile = true
        channelRate = RateLimit(100, perSeconds: 1, burst: 100)
        // Meta throttles a flooded thread without naming the number.
        chatRate = RateLimit(2, perSeconds: 1, burst: 5)
    }
}
