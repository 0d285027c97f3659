import ChannelKit

extension ChannelDescription {
    static let telegram = ChannelDescription(
        kind: "telegram", title: LocalizedText(en: "Telegram bot", ru: "Telegram-бот", kk: "Telegram-бот"),
        modes: [.webhook, .polling], settings: [.token, .webhookSecret, .apiBase], hosts: ["api.telegram.org"],
        webhookHeaders: ["x-telegram-bot-api-secret-token"], capabilities: .telegram)
}

extension SettingField {
    fileprivate static let token = SettingField(
        name: Setting.token, title: LocalizedText(en: "Bot token", ru: "Токен бота", kk: "Бот токені"),
        help: LocalizedText(
            en: "Create a bot with @BotFather and paste the token it gives you.",
            ru: "Создайте бота в @BotFather и вставьте токен, который он выдаст.",
            kk: "@BotFather арқылы бот жасап, ол берген токенді қойыңыз."),
        secrecy: .credential)

    fileprivate static let webhookSecret = SettingField.webhookSecret(
        Setting.webhookSecret, from: LocalizedText(en: "Telegram", ru: "Telegram", kk: "Telegram-нан"))

    fileprivate static let apiBase = SettingField.apiAddress(
        Setting.apiBase, of: "Bot API",
        help: LocalizedText(
            en: "Change it only for a Bot API server of your own.",
            ru: "Меняйте только для собственного сервера Bot API.",
            kk: "Тек өзіңіздің Bot API серверіңіз үшін өзгертіңіз."),
        default: BotAPI.defaultBase)
}

extension ChannelCapabilities {
    fileprivate static let telegram: ChannelCapabilities = {
        var value = ChannelCapabilities(text: TelegramLimit.text)
        value.caption = TelegramLimit.caption
        value.media = [
            MediaLimit(.image, maxBytes: TelegramLimit.uploadBytes), MediaLimit(.video, maxBytes: TelegramLimit.uploadBytes),
            MediaLimit(.audio, maxBytes: TelegramLimit.uploadBytes), MediaLimit(.voice, maxBytes: TelegramLimit.uploadBytes),
            MediaLimit(.document, maxBytes: TelegramLimit.uploadBytes),
            MediaLimit(.animation, maxBytes: TelegramLimit.uploadBytes),
            MediaLimit(.videoNote, maxBytes: TelegramLimit.uploadBytes),
            MediaLimit(.sticker, maxBytes: 512 << 10),
        ]
        value.buttons = ButtonLimits(
            callbackBytes: Int64(TelegramLimit.callbackBytes), titleCharacters: 64, perRow: 8, total: 100)
        value.typingSeconds = 5
        value.canReply = true
        value.canReact = true
        value.canEdit = true
        value.canDelete = true
        value.echoes = true
        // core.telegram.org/bots/faq: about one message a second in a chat, thirty a second in all.
        value.channelRate = RateLimit(25, perSeconds: 1, burst: 25)
        value.chatRate = RateLimit(1, perSeconds: 1, burst: 3)
        return value
    }()
}

/// Bot API limits that this plugin keeps by itself.
enum TelegramLimit {
    static let text = TextLimit(4_096, .utf16)
    static let caption = TextLimit(1_024, .utf16)
    static let notice = TextLimit(200, .utf16)
    static let callbackBytes = 64
    /// Ids of Telegram have a hundred bytes at most; the host takes 1,024 of ours, which hold more than one.
    static let identifierBytes = 512
    static let photoBytes: Int64 = 10_000_000
    static let uploadBytes: Int64 = 50_000_000
}
