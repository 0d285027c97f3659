import ChannelKit

extension ChannelDescription {
    static let avito = ChannelDescription(
        kind: "avito", title: LocalizedText(en: "Avito", ru: "Авито", kk: "Авито"), modes: [.webhook, .polling],
        settings: [.clientID, .clientSecret, .webhookSecret, .apiBase], hosts: ["api.avito.ru"], capabilities: .avito)
}

extension SettingField {
    fileprivate static let clientID = SettingField(
        name: Setting.clientID, title: LocalizedText("Client ID"),
        help: LocalizedText(
            en:
                "Create keys of the main company account at avito.ru/professionals/api. The tariff must include the Messenger API.",
            ru:
                "Создайте ключи основного аккаунта компании на avito.ru/professionals/api. Тариф должен включать API мессенджера.",
            kk:
                "avito.ru/professionals/api бетінде компанияның негізгі аккаунтының кілттерін жасаңыз. Тарифте мессенджер API болуы керек."
        ))

    fileprivate static let clientSecret = SettingField(
        name: Setting.clientSecret, title: LocalizedText("Client secret"),
        help: LocalizedText(
            en: "It is shown beside the Client ID.", ru: "Показан рядом с Client ID.",
            kk: "Client ID жанында көрсетілген."),
        secrecy: .credential)

    fileprivate static let webhookSecret = SettingField(
        name: Setting.webhookSecret,
        title: LocalizedText(en: "Webhook key", ru: "Ключ вебхука", kk: "Вебхук кілті"),
        help: LocalizedText(
            en: "Part of the webhook address: only Avito knows it. Made up automatically.",
            ru: "Часть адреса вебхука: её знает только Авито. Создаётся автоматически.",
            kk: "Вебхук мекенжайының бөлігі: оны тек Авито біледі. Автоматты түрде жасалады."),
        secrecy: .verificationKey, isGenerated: true)

    fileprivate static let apiBase = SettingField.apiAddress(
        Setting.apiBase,
        help: LocalizedText(
            en: "Change it only for a proxy of your own.", ru: "Меняйте только для собственного прокси.",
            kk: "Тек өзіңіздің проксиіңіз үшін өзгертіңіз."),
        default: AvitoAPI.defaultBase)
}

extension ChannelCapabilities {
    fileprivate static let avito: ChannelCapabilities = {
        var value = ChannelCapabilities(text: AvitoLimit.text)
        value.media = [MediaLimit(.image, maxBytes: AvitoLimit.imageBytes, mimeTypes: AvitoLimit.imageTypes)]
        value.canDelete = true
        value.canMarkRead = true
        // Found by polling; the webhook does not tell.
        value.receipts = [.read]
        value.echoes = true
        value.canReconcile = true
        value.catchesUp = true
        // Avito publishes no limits for the messenger: what careful clients keep to.
        value.channelRate = RateLimit(1, perSeconds: 1, burst: 5)
        value.chatRate = RateLimit(1, perSeconds: 1, burst: 1)
        return value
    }()
}

/// Messenger API limits that this plugin keeps by itself.
enum AvitoLimit {
    /// A thousand characters of an unnamed kind: in UTF-16 units, of which a text never has fewer, it fits whatever they count.
    static let text = TextLimit(1_000, .utf16)
    static let imageBytes: Int64 = 24_000_000
    static let imageTypes = ["image/jpeg", "image/png", "image/gif", "image/bmp", "image/heic"]
    /// The largest `limit` and `offset` of lists.
    static let page: Int64 = 100
    static let offset: Int64 = 1_000
}
