import ChannelKit

extension ProviderReasons {
    static let own = ProviderReasons("MAX")
}

/// Why something did not work, in the words that operators and owners read.
extension Reason {
    static let blocked = Reason(
        "blocked", en: "The customer has stopped the bot, or MAX denies it access to the dialog.",
        ru: "Клиент остановил бота, или MAX закрыл ему доступ к диалогу.",
        kk: "Клиент ботты тоқтатты немесе MAX оған диалогқа кіруге рұқсат бермейді.")
    static let chatNotFound = Reason(
        "chat-not-found", en: "MAX does not know this dialog; a bot cannot write first.",
        ru: "MAX не знает этот диалог; бот не может написать первым.",
        kk: "MAX бұл диалогты білмейді; бот бірінші болып жаза алмайды.")
    static let messageGone = ProviderReasons.own.messageGone
    static let contentRefused = ProviderReasons.own.contentRefused
    static let tooLong = ProviderReasons.own.tooLong
    static let badButtons = Reason(
        "bad-buttons", en: "The buttons are too many, or the title, data or address of one is too long.",
        ru: "Кнопок слишком много, либо название, данные или адрес кнопки слишком длинные.",
        kk: "Батырмалар тым көп немесе батырманың атауы, деректері не мекенжайы тым ұзын.")
    static let fileTooBig = Reason(
        "file-too-big", en: "The file is larger than can be sent to MAX.", ru: "Файл больше, чем можно отправить в MAX.",
        kk: "Файл MAX-қа жіберуге болатын өлшемнен үлкен.")
    static let fileUnavailable = Reason(
        "file-unavailable", en: "MAX no longer provides the file.", ru: "MAX больше не отдаёт этот файл.",
        kk: "MAX бұл файлды енді бермейді.")
    static let fileRefused = Reason(
        "file-refused", en: "MAX did not accept the file.", ru: "MAX не принял файл.", kk: "MAX файлды қабылдамады.")
    static let fileNotReady = Reason(
        "file-not-ready", en: "MAX is still processing the file.", ru: "MAX ещё обрабатывает файл.",
        kk: "MAX файлды әлі өңдеп жатыр.")
    static let pressExpired = Reason(
        "press-expired", en: "The button press can no longer be answered.", ru: "На нажатие кнопки уже нельзя ответить.",
        kk: "Батырма басылғанына енді жауап беруге болмайды.")
    static let badToken = Reason(
        "bad-token", en: "The bot token is wrong or was revoked. Enter the current one from business.max.ru.",
        ru: "Токен бота неверен или отозван. Введите действующий токен с business.max.ru.",
        kk: "Бот токені қате немесе қайтарып алынған. business.max.ru сайтындағы жарамды токенді енгізіңіз.")
    static let tooMany = ProviderReasons.own.tooMany
    static let unavailable = ProviderReasons.own.unavailable
    static let outcomeUnknown = ProviderReasons.own.outcomeUnknown
    static let unexpected = ProviderReasons.own.unexpected(insteadOf: LocalizedText("Bot API"))
    static let refused = ProviderReasons.own.refused
    static let unsupported = Reason(
        "unsupported", en: "A MAX bot cannot do this.", ru: "Бот MAX этого не умеет.", kk: "MAX боты мұны істей алмайды.")
    static let badWebhook = Reason(
        "bad-webhook",
        en:
            "MAX does not accept the webhook address: it must be public HTTPS on port 443 with a certificate of a public authority.",
        ru: "MAX не принимает адрес вебхука: нужен публичный HTTPS на порту 443 с сертификатом публичного центра.",
        kk: "MAX вебхук мекенжайын қабылдамайды: 443 портында жария орталық сертификаты бар HTTPS керек.")
    static let webhookElsewhere = Reason(
        "webhook-elsewhere", en: "MAX does not send this bot's messages here. Connect it again.",
        ru: "MAX не отправляет сюда сообщения этого бота. Подключите его заново.",
        kk: "MAX бұл боттың хабарламаларын мұнда жібермейді. Оны қайта қосыңыз.")
    static let updatesMissing = Reason(
        "updates-missing", en: "Some kinds of events are not subscribed to. Connect the bot again.",
        ru: "Подписка на события неполна. Подключите бота заново.", kk: "Кейбір оқиғаларға жазылмаған. Ботты қайта қосыңыз.")
    static let dialogCleared = Reason(
        "dialog-cleared", en: "The customer has cleared the dialog in MAX.", ru: "Клиент очистил диалог в MAX.",
        kk: "Клиент MAX-тағы диалогты тазалады.")
    static let dialogRemoved = Reason(
        "dialog-removed", en: "The customer has deleted the dialog in MAX.", ru: "Клиент удалил диалог в MAX.",
        kk: "Клиент MAX-тағы диалогты жойды.")
}
