import ChannelKit

extension SettingField {
    static let pageToken = SettingField(
        name: Setting.token, title: LocalizedText(en: "Page access token", ru: "Токен страницы", kk: "Парақша токені"),
        help: LocalizedText(
            en: "A long-lived token of the Page, from your app in Meta for Developers.",
            ru: "Долгосрочный токен страницы из вашего приложения в Meta for Developers.",
            kk: "Meta for Developers сайтындағы қолданбаңыздан алынған парақшаның ұзақ мерзімді токені."),
        secrecy: .credential)

    static let instagramToken = SettingField(
        name: Setting.token, title: LocalizedText(en: "Access token", ru: "Токен доступа", kk: "Қатынау токені"),
        help: LocalizedText(
            en: "The long-lived token of the Instagram account, or of its Page when it is connected through one.",
            ru: "Долгосрочный токен аккаунта Instagram или его страницы, если подключение идёт через неё.",
            kk: "Instagram аккаунтының немесе ол парақша арқылы қосылса, парақшаның ұзақ мерзімді токені."),
        secrecy: .credential)

    static let appSecret = SettingField(
        name: Setting.appSecret, title: LocalizedText(en: "App secret", ru: "Секрет приложения", kk: "Қолданба құпиясы"),
        help: LocalizedText(
            en: "From the app's basic settings. Proves that a delivery comes from Meta.",
            ru: "Из основных настроек приложения. Подтверждает, что запрос пришёл от Meta.",
            kk: "Қолданбаның негізгі баптауларынан. Сұраудың Meta-дан келгенін растайды."),
        secrecy: .verificationKey)

    static let instagramAppSecret = SettingField(
        name: Setting.instagramAppSecret,
        title: LocalizedText(
            en: "Instagram app secret", ru: "Секрет приложения Instagram", kk: "Instagram қолданбасының құпиясы"),
        help: LocalizedText(
            en: "Only with Instagram's own sign-in: its product page shows a second secret.",
            ru: "Только при входе через Instagram: на странице продукта указан второй секрет.",
            kk: "Тек Instagram арқылы кіргенде: өнім бетінде екінші құпия көрсетілген."),
        isRequired: false, secrecy: .verificationKey)

    static let verifyToken = SettingField(
        name: Setting.verifyToken, title: LocalizedText(en: "Verify token", ru: "Маркер подтверждения", kk: "Растау белгісі"),
        help: LocalizedText(
            en: "Meta asks for it when the webhook is set up. Made up automatically.",
            ru: "Meta спрашивает его при настройке вебхука. Создаётся автоматически.",
            kk: "Meta оны вебхукты баптағанда сұрайды. Автоматты түрде жасалады."),
        secrecy: .verificationKey, isGenerated: true)

    static let appID = SettingField(
        name: Setting.appID, title: LocalizedText(en: "App ID", ru: "ID приложения", kk: "Қолданба ID-і"),
        help: LocalizedText(
            en: "With it the webhook registers itself and the token's term is watched.",
            ru: "С ним вебхук регистрируется сам, а срок токена проверяется.",
            kk: "Онымен вебхук өзі тіркеледі, ал токен мерзімі бақыланады."),
        isRequired: false)

    static let throughPage = SettingField(
        name: Setting.throughPage, kind: .flag,
        title: LocalizedText(en: "Through a Facebook Page", ru: "Через страницу Facebook", kk: "Facebook парақшасы арқылы"),
        help: LocalizedText(
            en: "On: the token belongs to the Page that the account is linked to. Off: to the Instagram account itself.",
            ru: "Включено: токен принадлежит странице, к которой привязан аккаунт. Выключено: самому аккаунту Instagram.",
            kk: "Қосулы: токен аккаунт байланған парақшанікі. Өшірулі: Instagram аккаунтының өзінікі."),
        isRequired: false, defaultValue: "false")

    static let humanAgent = SettingField(
        name: Setting.humanAgent, kind: .flag,
        title: LocalizedText(en: "Human Agent approved", ru: "Human Agent одобрен", kk: "Human Agent мақұлданған"),
        help: LocalizedText(
            en: "Meta approved the Human Agent feature for the app: people may answer for 7 days instead of 24 hours.",
            ru: "Meta одобрила приложению функцию Human Agent: люди могут отвечать 7 дней вместо 24 часов.",
            kk: "Meta қолданбаға Human Agent мүмкіндігін мақұлдады: адамдар 24 сағат орнына 7 күн жауап бере алады."),
        isRequired: false, defaultValue: "false")

    static let apiVersion = SettingField(
        name: Setting.apiVersion, title: LocalizedText(en: "API version", ru: "Версия API", kk: "API нұсқасы"),
        help: LocalizedText(
            en: "Change it when Meta retires this one.", ru: "Измените, когда Meta отключит эту.",
            kk: "Meta осы нұсқаны тоқтатқанда өзгертіңіз."),
        isRequired: false, defaultValue: GraphAPI.defaultVersion)

    static let apiBase = SettingField.apiAddress(
        Setting.apiBase,
        help: LocalizedText(
            en: "Leave it empty, except to go through a proxy of your own.",
            ru: "Оставьте пустым, если не используете собственный прокси.",
            kk: "Өз проксиіңізді қолданбасаңыз, бос қалдырыңыз."))
}
