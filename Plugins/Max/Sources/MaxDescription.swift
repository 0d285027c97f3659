import ChannelKit

extension ChannelDescription {
    static let max = ChannelDescription(
        kind: "max", title: LocalizedText(en: "MAX bot", ru: "Бот MAX", kk: "MAX боты"), modes: [.webhook, .polling],
        settings: [.token, .webhookSecret, .apiBase], hosts: ["platform-api2.max.ru"],
        webhookHeaders: [MaxPlugin.secretHeader], capabilities: .max)
}

extension SettingField {
    /// A verification key: the same token proves that a shared phone number is the customer's own.
    fileprivate static let token = SettingField(
        name: Setting.token, title: LocalizedText(en: "Bot token", ru: "Токен бота", kk: "Бот токені"),
        help: LocalizedText(
            en: """
                business.max.ru → Chat-bots → your bot → settings. MAX lets only verified Russian organisations create bots and \
                checks each bot for up to 48 hours; a company without a Russian legal entity connects MAX through Wappi instead.
                """,
            ru: """
                business.max.ru → Чат-боты → ваш бот → настройки. Создавать ботов MAX разрешает только проверенным российским \
                организациям, проверка бота — до 48 часов; без российского юрлица подключайте MAX через Wappi.
                """,
            kk: """
                business.max.ru → Чат-боттар → сіздің бот → баптаулар. MAX бот жасауға тек тексерілген ресейлік ұйымдарға рұқсат \
                береді, бот 48 сағатқа дейін тексеріледі; ресейлік заңды тұлға болмаса, MAX-ты Wappi арқылы қосыңыз.
                """),
        secrecy: .verificationKey)

    fileprivate static let webhookSecret = SettingField.webhookSecret(
        Setting.webhookSecret, from: LocalizedText(en: "MAX", ru: "MAX", kk: "MAX-тан"))

    fileprivate static let apiBase = SettingField.apiAddress(
        Setting.apiBase, of: "Bot API",
        help: LocalizedText(
            en: "Change it only when MAX moves its API to another host.",
            ru: "Меняйте только если MAX перенесёт API на другой адрес.",
            kk: "MAX API-ді басқа мекенжайға көшірсе ғана өзгертіңіз."),
        default: BotAPI.defaultBase)
}

extension ChannelCapabilities {
    fileprivate static let max: ChannelCapabilities = {
        var value = ChannelCapabilities(text: MaxLimit.text)
        value.caption = MaxLimit.text
        value.media = [MessageAttachment.Kind.image, .video, .audio, .voice, .document, .animation, .videoNote].map {
            MediaLimit($0, maxBytes: MaxLimit.uploadBytes)
        }
        value.buttons = ButtonLimits(
            callbackBytes: Int64(MaxLimit.payloadBytes), titleCharacters: Int64(MaxLimit.buttonTitle.limit),
            perRow: Int64(MaxLimit.buttonsPerRow), total: Int64(MaxLimit.buttons))
        value.typingSeconds = 5
        value.canReply = true
        value.canEdit = true
        value.canDelete = true
        value.canMarkRead = true
        value.canReconcile = true
        // 30 requests a second for a bot; one or two messages a second in a dialog are advised.
        value.channelRate = RateLimit(25, perSeconds: 1, burst: 25)
        value.chatRate = RateLimit(1, perSeconds: 1, burst: 2)
        return value
    }()
}

/// Bot API limits that this plugin keeps by itself.
enum MaxLimit {
    /// The documentation says 4,000 characters. UTF-16 units are the strictest reading, and the unit of its markup.
    static let text = TextLimit(4_000, .utf16)
    static let buttonTitle = TextLimit(128, .utf16)
    static let payloadBytes = 1_024
    static let linkBytes = 2_048
    static let buttons = 210
    static let rows = 30
    static let buttonsPerRow = 7
    /// Of rows that hold a link or ask for something.
    static let wideButtonsPerRow = 3
    /// Larger pictures go as files: MAX publishes no limit for pictures.
    static let imageBytes: Int64 = 10_000_000
    /// That of videos. Files may be larger, by an upload in pieces that the contract does not have.
    static let uploadBytes: Int64 = 250_000_000
    /// Longer identifiers are not MAX's.
    static let identifierBytes = 512
    /// Where files of ours may go. The upload hosts change, their domains have not (iu.oneme.ru, fu.oneme.ru, vu.okcdn.ru).
    static let uploadDomains = ["oneme.ru", "okcdn.ru", "max.ru"]
    static let tokenBytes = 2_048
    /// Of one message.
    static let attachments = 12
}
