import ChannelKit

extension ChannelDescription {
    static let hello = ChannelDescription(
        kind: "hello-swift", title: LocalizedText("Hello, Swift"), modes: [.webhook], settings: [.base, .token, .secret],
        webhookHeaders: [HelloPlugin.signatureHeader], capabilities: .hello)
}

extension SettingField {
    /// Without a default, as there is no such messenger: its owner says where it is, and requests with secrets may go there alone.
    fileprivate static let base = SettingField(
        name: Setting.base, kind: .baseURL, title: LocalizedText(en: "Address", ru: "Адрес", kk: "Мекенжай"),
        help: LocalizedText(
            en: "Where the messenger takes requests.", ru: "Куда мессенджер принимает запросы.",
            kk: "Мессенджер сұрауларды қабылдайтын жер."))

    /// A credential: the host puts it into requests, and this plugin never sees it.
    fileprivate static let token = SettingField(
        name: Setting.token, title: LocalizedText(en: "Token", ru: "Токен", kk: "Токен"),
        help: LocalizedText(en: "The messenger prints it.", ru: "Его выводит мессенджер.", kk: "Оны мессенджер шығарады."),
        secrecy: .credential)

    /// A verification key: `verify` needs it. The host makes it up, and `connect` hands it to the messenger by its name.
    fileprivate static let secret = SettingField.webhookSecret(
        Setting.secret, from: LocalizedText(en: "the messenger", ru: "мессенджера", kk: "мессенджерден"))
}

extension ChannelCapabilities {
    fileprivate static let hello: ChannelCapabilities = {
        var value = ChannelCapabilities(text: HelloLimit.text)
        value.buttons = ButtonLimits(
            callbackBytes: Int64(HelloLimit.dataBytes), titleCharacters: 40, perRow: 3, total: Int64(HelloLimit.buttons))
        value.receipts = [.delivered, .read]
        value.channelRate = RateLimit(10, perSeconds: 1, burst: 10)
        return value
    }()
}

/// What one message may hold.
enum HelloLimit {
    static let text = TextLimit(500, .characters)
    static let dataBytes = 64
    static let buttons = 9
    static let identifierBytes = 200
}
