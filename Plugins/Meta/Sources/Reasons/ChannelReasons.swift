import ChannelKit

/// What is wrong with the channel as a whole, in the words that owners read.
extension Reason {
    static let badToken = Reason(
        "bad-token", en: "The access token is wrong or no longer valid. Enter a new one.",
        ru: "Токен доступа неверен или больше не действует. Введите новый.",
        kk: "Қатынау токені қате немесе енді жарамсыз. Жаңасын енгізіңіз.")
    static let appRemoved = Reason(
        "app-removed", en: "The app was removed from the account. Allow it again.",
        ru: "Приложение удалено из аккаунта. Разрешите его снова.",
        kk: "Қолданба аккаунттан алынып тасталды. Оған қайта рұқсат беріңіз.")
    static let passwordChanged = Reason(
        "password-changed", en: "The token ended with a change of password. Enter a new one.",
        ru: "Токен перестал действовать после смены пароля. Введите новый.",
        kk: "Құпиясөз ауысқандықтан токен жарамсыз болды. Жаңасын енгізіңіз.")
    static let tokenExpired = Reason(
        "token-expired", en: "The access token has expired. Enter a new one.",
        ru: "Срок токена доступа истёк. Введите новый.", kk: "Қатынау токенінің мерзімі өтті. Жаңасын енгізіңіз.")
    static let accountUnconfirmed = Reason(
        "account-unconfirmed", en: "Meta wants the account confirmed: sign in and follow its steps.",
        ru: "Meta требует подтвердить аккаунт: войдите и выполните её шаги.",
        kk: "Meta аккаунтты растауды талап етеді: кіріп, қадамдарын орындаңыз.")
    static let roleLost = Reason(
        "role-lost", en: "The person whose token it is has no role on the Page any more.",
        ru: "У владельца токена больше нет роли на странице.", kk: "Токен иесінің парақшада рөлі қалмаған.")
    static let permissionMissing = Reason(
        "permission-missing", en: "The app or token lacks a permission for messages, or the app awaits Meta's review.",
        ru: "Приложению или токену не хватает разрешения на сообщения, или приложение не прошло проверку Meta.",
        kk: "Қолданбаның не токеннің хабарламаларға рұқсаты жоқ немесе қолданба Meta тексерісінен өтпеген.")
    static let messagesNotAllowed = Reason(
        "messages-not-allowed",
        en: "In the Instagram app open Settings, Messages, Message controls, Connected tools and allow access to messages.",
        ru:
            "В приложении Instagram откройте Настройки, Сообщения, Управление сообщениями, Подключённые инструменты и разрешите доступ.",
        kk: "Instagram қолданбасында Баптаулар, Хабарламалар, Хабарламаларды басқару, Қосылған құралдар бөлімінде рұқсат беріңіз."
    )
    static let accountBlocked = Reason(
        "account-blocked", en: "Meta has shut the account out of its messaging interface.",
        ru: "Meta закрыла аккаунту доступ к обмену сообщениями через API.",
        kk: "Meta аккаунтқа API арқылы хабарлама алмасуды жапты.")
    static let termsNotAccepted = Reason(
        "terms-not-accepted", en: "The Page has not accepted Meta's contact terms.",
        ru: "Страница не приняла условия Meta о контактах.", kk: "Парақша Meta-ның байланыс шарттарын қабылдамаған.")
    static let proofRequired = Reason(
        "proof-required", en: "Switch off \"Require app secret\" in the app's advanced settings.",
        ru: "Выключите «Требовать секрет приложения» в расширенных настройках приложения.",
        kk: "Қолданбаның кеңейтілген баптауларында «Қолданба құпиясын талап ету» дегенді өшіріңіз.")
    static let badVersion = Reason(
        "bad-version", en: "Meta does not know the address: check the API version.",
        ru: "Meta не знает такого адреса: проверьте версию API.", kk: "Meta мұндай мекенжайды білмейді: API нұсқасын тексеріңіз.")
    static let badApp = Reason(
        "bad-app", en: "The app ID and the app secret do not belong together.",
        ru: "ID приложения и секрет приложения не подходят друг к другу.",
        kk: "Қолданба ID-і мен қолданба құпиясы бір-біріне сәйкес емес.")
    static let badWebhook = Reason(
        "bad-webhook", en: "Meta does not accept the webhook address: it must be public HTTPS with a valid certificate.",
        ru: "Meta не принимает адрес вебхука: нужен публичный HTTPS с действительным сертификатом.",
        kk: "Meta вебхук мекенжайын қабылдамайды: жарамды сертификаты бар жария HTTPS керек.")
    static let noInstagramAccount = Reason(
        "no-instagram-account", en: "No professional Instagram account is linked to the Page.",
        ru: "К странице не привязан профессиональный аккаунт Instagram.",
        kk: "Парақшаға кәсіби Instagram аккаунты байланыстырылмаған.")
    static let notSubscribed = Reason(
        "not-subscribed", en: "Meta does not send this account's messages here. Connect it again.",
        ru: "Meta не присылает сюда сообщения этого аккаунта. Подключите его заново.",
        kk: "Meta бұл аккаунттың хабарламаларын мұнда жібермейді. Оны қайта қосыңыз.")
    static let fieldsMissing = Reason(
        "fields-missing", en: "Some kinds of events are not subscribed to. Connect the account again.",
        ru: "Подписка на события неполна. Подключите аккаунт заново.",
        kk: "Кейбір оқиғаларға жазылмаған. Аккаунтты қайта қосыңыз.")
    static let tokenEnding = Reason(
        "token-ending", en: "The access token ends within a week. Enter a new one.",
        ru: "Токен доступа закончится в течение недели. Введите новый.",
        kk: "Қатынау токені бір апта ішінде аяқталады. Жаңасын енгізіңіз.")
    static let temporarilyBlocked = Reason(
        "temporarily-blocked", en: "Meta has blocked sending for a while: it was taken for abuse.",
        ru: "Meta временно запретила отправку: она показалась злоупотреблением.",
        kk: "Meta жіберуге уақытша тыйым салды: ол теріс пайдалану деп танылды.")
    static let restricted = Reason(
        "restricted", en: "Meta restricts the account from sending for a while.",
        ru: "Meta временно ограничила отправку с этого аккаунта.", kk: "Meta бұл аккаунттан жіберуді уақытша шектеді.")
    static let deauthorized = Reason(
        "deauthorized", en: "The app lost its rights at Meta: somebody took them away. Connect the channel again.",
        ru: "Приложение лишилось прав в Meta: кто-то их отозвал. Подключите канал заново.",
        kk: "Қолданба Meta-дағы құқықтарынан айырылды: біреу оларды қайтарып алды. Арнаны қайта қосыңыз.")
    static let policyWarning = Reason(
        "policy-warning", en: "Meta warns the Page about a breach of its rules.",
        ru: "Meta предупреждает страницу о нарушении правил.", kk: "Meta парақшаға ереже бұзғаны туралы ескертеді.")
    static let policyBlock = Reason(
        "policy-block", en: "Meta has blocked the Page from sending messages.",
        ru: "Meta запретила странице отправлять сообщения.",
        kk: "Meta парақшаға хабарлама жіберуге тыйым салды.")
    static let policyUnblock = Reason(
        "policy-unblock", en: "Meta lets the Page send messages again.",
        ru: "Meta снова разрешила странице отправлять сообщения.",
        kk: "Meta парақшаға хабарлама жіберуге қайта рұқсат берді.")
}
