import ChannelKit

extension ChannelDescription {
    /// One kind for the three platforms: a shared object has one kind, and the API is the same three times. Where the platforms
    /// differ the capabilities are the union, and what a platform lacks fails with a reason.
    static let wappi = ChannelDescription(
        kind: "wappi",
        title: LocalizedText("Wappi (WhatsApp, Telegram, MAX)"), modes: [.webhook, .polling],
        settings: [.token, .profile, .platform, .phone, .signInCode, .password, .webhookSecret, .apiBase], hosts: [WappiAPI.host],
        // Media come as base64 inside.
        webhookHeaders: ["authorization"], webhookBytes: 36 << 20, capabilities: .wappi)
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
            en: """
                One profile is one account, like 4c1d77a2-9e05. Wappi is not an official service of the messengers: it signs in as a \
                linked device, and a messenger may block the number, above all after bulk messages. Do not connect a number you \
                cannot afford to lose.
                """,
            ru: """
                Один профиль — один аккаунт, вида 4c1d77a2-9e05. Wappi — неофициальный сервис: он входит как привязанное устройство, \
                и мессенджер может заблокировать номер, прежде всего за массовые рассылки. Не подключайте номер, потеря которого \
                недопустима.
                """,
            kk: """
                Бір профиль — бір аккаунт, мысалы 4c1d77a2-9e05. Wappi — ресми емес қызмет: ол байланыстырылған құрылғы ретінде \
                кіреді, сондықтан мессенджер нөмірді бұғаттауы мүмкін, әсіресе жаппай таратылымнан кейін. Жоғалтуға болмайтын \
                нөмірді қоспаңыз.
                """))

    fileprivate static let platform = SettingField(
        name: Setting.platform, title: LocalizedText(en: "Messenger", ru: "Мессенджер", kk: "Мессенджер"),
        help: LocalizedText(
            en: "whatsapp, telegram or max. Leave it empty to have it found out.",
            ru: "whatsapp, telegram или max. Оставьте пустым — определится само.",
            kk: "whatsapp, telegram немесе max. Бос қалдырсаңыз, өзі анықталады."),
        isRequired: false)

    fileprivate static let phone = SettingField(
        name: Setting.phone, title: LocalizedText(en: "Phone number to sign in", ru: "Номер для входа", kk: "Кіру нөмірі"),
        help: LocalizedText(
            en: "Only to sign in with a code instead of the QR code in the Wappi account. Not needed for MAX.",
            ru: "Только для входа по коду вместо QR-кода в кабинете Wappi. Для MAX не нужен.",
            kk: "Wappi кабинетіндегі QR-кодтың орнына кодпен кіру үшін ғана. MAX үшін қажет емес."),
        isRequired: false)

    fileprivate static let signInCode = SettingField(
        name: Setting.signInCode, title: LocalizedText(en: "Telegram code", ru: "Код из Telegram", kk: "Telegram коды"),
        help: LocalizedText(
            en: "The code that Telegram sends after connecting with a phone number. Enter it and connect again.",
            ru: "Код, который Telegram присылает после подключения по номеру. Введите его и подключите ещё раз.",
            kk: "Нөмір арқылы қосқаннан кейін Telegram жіберетін код. Оны енгізіп, қайта қосыңыз."),
        isRequired: false, secrecy: .credential)

    fileprivate static let password = SettingField(
        name: Setting.password,
        title: LocalizedText(en: "Cloud password", ru: "Облачный пароль", kk: "Бұлттық құпиясөз"),
        help: LocalizedText(
            en: "Only when Telegram or MAX asks for a second password on signing in.",
            ru: "Только если Telegram или MAX просит второй пароль при входе.",
            kk: "Telegram немесе MAX кіру кезінде екінші құпиясөз сұраса ғана."),
        isRequired: false, secrecy: .credential)

    fileprivate static let webhookSecret = SettingField.webhookSecret(
        Setting.webhookSecret, from: LocalizedText(en: "Wappi", ru: "Wappi", kk: "Wappi-ден"))

    fileprivate static let apiBase = SettingField.apiAddress(
        Setting.apiBase,
        help: LocalizedText(
            en: "Change it only for a proxy of your own.", ru: "Меняйте только для собственного прокси.",
            kk: "Тек өзіңіздің проксиіңіз үшін өзгертіңіз."),
        default: WappiAPI.defaultBase)
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
