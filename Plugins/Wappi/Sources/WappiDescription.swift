import ChannelKit

extension ChannelDescription {
    /// One kind for the three platforms: a shared object has one kind, and the API is the same three times. Where the platforms
    /// differ the capabilities are the union, and what a platform lacks fails with a reason.
    static let wappi = ChannelDescription(
        kind: "wappi",
        title: LocalizedText("Wappi (WhatsApp, Telegram, MAX)"), modes: [.webhook, .polling],
        settings: [.token, .profile, .platform, .webhookSecret, .apiBase], hosts: [WappiAPI.host],
        // Media come as base64 inside.
        webhookHeaders: ["authorization"], webhookBytes: 36 << 20, signIn: [.picture, .phone], risk: .risk,
        capabilities: .wappi)
}

extension SettingField {
    fileprivate static let token = SettingField(
        name: Setting.token, title: LocalizedText(en: "API token", ru: "Токен API", kk: "API токені"),
        help: LocalizedText(
            en: "From your account at wappi.pro. Some accounts have a separate token for each messenger.",
            ru: "Из личного кабинета wappi.pro. В некоторых кабинетах у каждого мессенджера свой токен.",
            kk: "wappi.pro жеке кабинетінен. Кейбір кабинеттерде әр мессенджердің өз токені бар."),
        secrecy: .credential)

    fileprivate static let profile = SettingField(
        name: Setting.profile, title: LocalizedText(en: "Profile ID", ru: "ID профиля", kk: "Профиль ID-і"),
        help: LocalizedText(
            en: "One profile is one account. It looks like 4c1d77a2-9e05 and stands in your account at wappi.pro.",
            ru: "Один профиль — один аккаунт. ID вида 4c1d77a2-9e05 указан в личном кабинете wappi.pro.",
            kk: "Бір профиль — бір аккаунт. ID 4c1d77a2-9e05 түрінде болады, ол wappi.pro жеке кабинетінде тұр."))

    fileprivate static let platform = SettingField(
        name: Setting.platform, title: LocalizedText(en: "Messenger", ru: "Мессенджер", kk: "Мессенджер"),
        help: LocalizedText(
            en: "whatsapp, telegram or max. Leave it empty to have it found out.",
            ru: "whatsapp, telegram или max. Оставьте пустым — определится само.",
            kk: "whatsapp, telegram немесе max. Бос қалдырсаңыз, өзі анықталады."),
        isRequired: false)

    fileprivate static let webhookSecret = SettingField.webhookSecret(
        Setting.webhookSecret, from: LocalizedText(en: "Wappi", ru: "Wappi", kk: "Wappi-ден"))

    fileprivate static let apiBase = SettingField.apiAddress(
        Setting.apiBase,
        help: LocalizedText(
            en: "Change it only for a proxy of your own.", ru: "Меняйте только для собственного прокси.",
            kk: "Тек өзіңіздің проксиіңіз үшін өзгертіңіз."),
        default: WappiAPI.defaultBase)
}

extension LocalizedText {
    fileprivate static let risk = LocalizedText(
        en: """
            Wappi is not a service of WhatsApp, Telegram or MAX. It signs in to your account as a linked device. The messenger may block \
            the number for that, above all after bulk messages. Connect a number that you can afford to lose.
            """,
        ru: """
            Wappi — не сервис WhatsApp, Telegram или MAX. Он входит в ваш аккаунт как привязанное устройство. Мессенджер может за это \
            заблокировать номер, прежде всего после массовых рассылок. Подключайте номер, потерю которого вы можете себе позволить.
            """,
        kk: """
            Wappi — WhatsApp, Telegram немесе MAX қызметі емес. Ол аккаунтыңызға байланыстырылған құрылғы ретінде кіреді. Мессенджер \
            сол үшін нөмірді бұғаттауы мүмкін, әсіресе жаппай таратылымнан кейін. Айырылып қалсаңыз да болатын нөмірді қосыңыз.
            """)
}

extension ChannelCapabilities {
    fileprivate static let wappi: ChannelCapabilities = {
        var value = ChannelCapabilities(text: WappiLimit.text)
        value.caption = WappiLimit.caption
        value.media = [.image, .video, .audio, .voice, .document, .animation].map {
            MediaLimit($0, maxBytes: WappiLimit.fileBytes)
        }
        value.typingSeconds = 20
        value.canReply = true
        value.canReact = true
        value.canEdit = true
        value.canDelete = true
        value.canMarkRead = true
        value.receipts = [.sent, .delivered, .read, .failed]
        value.canInitiate = true
        value.echoes = true
        value.canReconcile = true
        value.catchesUp = true
        // Parallel calls of a profile get each other's answers.
        value.isSerial = true
        // 1 to 3 seconds between messages.
        value.channelRate = RateLimit(1, perSeconds: 2, burst: 1)
        return value
    }()
}
