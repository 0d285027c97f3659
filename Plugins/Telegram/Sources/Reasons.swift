import ChannelKit

extension ProviderReasons {
    static let own = ProviderReasons("Telegram")
}

/// Why something did not work, in the words that operators and owners read.
extension Reason {
    static let blocked = Reason(
        "blocked", en: "The customer has blocked the bot or deleted their account.",
        ru: "Клиент заблокировал бота или удалил аккаунт.", kk: "Клиент ботты бұғаттаған немесе аккаунтын жойған.")
    static let notStarted = Reason(
        "not-started", en: "The customer has not started the bot yet; a bot cannot write first.",
        ru: "Клиент ещё не запустил бота; бот не может написать первым.",
        kk: "Клиент ботты әлі іске қоспаған; бот бірінші болып жаза алмайды.")
    static let chatNotFound = Reason(
        "chat-not-found", en: "Telegram does not know this chat.", ru: "Telegram не знает этот чат.",
        kk: "Telegram бұл чатты білмейді.")
    static let messageGone = ProviderReasons.own.messageGone
    static let contentRefused = ProviderReasons.own.contentRefused
    static let tooLong = ProviderReasons.own.tooLong
    static let badButtons = Reason(
        "bad-buttons", en: "A button's data is longer than 64 bytes or the buttons are too many.",
        ru: "Данные кнопки длиннее 64 байт или кнопок слишком много.",
        kk: "Батырма деректері 64 байттан ұзын немесе батырмалар тым көп.")
    static let fileTooBig = Reason(
        "file-too-big", en: "The file is larger than Telegram lets a bot send or receive.",
        ru: "Файл больше, чем Telegram позволяет отправлять или получать боту.",
        kk: "Файл Telegram ботқа жіберуге немесе алуға рұқсат еткеннен үлкен.")
    static let fileUnavailable = Reason(
        "file-unavailable", en: "Telegram cannot provide the file right now.",
        ru: "Telegram сейчас не может отдать файл.", kk: "Telegram қазір файлды бере алмайды.")
    static let fileRefused = Reason(
        "file-refused", en: "Telegram could not read the file.", ru: "Telegram не смог прочитать файл.",
        kk: "Telegram файлды оқи алмады.")
    static let pressExpired = Reason(
        "press-expired", en: "The button press is too old to be answered.",
        ru: "На нажатие кнопки уже поздно отвечать.", kk: "Батырма басылғанына жауап беру мерзімі өтті.")
    static let businessLost = Reason(
        "business-lost", en: "The owner has disconnected the bot from their personal account.",
        ru: "Владелец отключил бота от своего личного аккаунта.",
        kk: "Иесі ботты жеке аккаунтынан ажыратты.")
    static let badToken = Reason(
        "bad-token", en: "The bot token is wrong or was revoked. Enter the current one from @BotFather.",
        ru: "Токен бота неверен или отозван. Введите действующий токен из @BotFather.",
        kk: "Бот токені қате немесе қайтарып алынған. @BotFather-дегі жарамды токенді енгізіңіз.")
    static let otherInstance = Reason(
        "other-instance", en: "Another program receives this bot's messages.",
        ru: "Сообщения этого бота получает другая программа.",
        kk: "Бұл боттың хабарламаларын басқа бағдарлама қабылдап жатыр.")
    static let tooMany = ProviderReasons.own.tooMany
    static let unavailable = ProviderReasons.own.unavailable
    static let outcomeUnknown = ProviderReasons.own.outcomeUnknown
    static let unexpected = ProviderReasons.own.unexpected(insteadOf: LocalizedText("Bot API"))
    static let refused = ProviderReasons.own.refused
    static let badWebhook = Reason(
        "bad-webhook", en: "Telegram does not accept the webhook address: it must be public HTTPS on port 443, 80, 88 or 8443.",
        ru: "Telegram не принимает адрес вебхука: нужен публичный HTTPS на порту 443, 80, 88 или 8443.",
        kk: "Telegram вебхук мекенжайын қабылдамайды: 443, 80, 88 немесе 8443 портындағы жария HTTPS керек.")
    static let unsupported = Reason(
        "unsupported", en: "A Telegram bot cannot do this.", ru: "Telegram-бот этого не умеет.",
        kk: "Telegram-бот мұны істей алмайды.")
    static let webhookElsewhere = Reason(
        "webhook-elsewhere", en: "The bot is connected to another address. Connect it again.",
        ru: "Бот подключён к другому адресу. Подключите его заново.",
        kk: "Бот басқа мекенжайға қосылған. Оны қайта қосыңыз.")
    static let webhookFailing = Reason(
        "webhook-failing", en: "Telegram cannot deliver messages to this server.",
        ru: "Telegram не может доставить сообщения на этот сервер.",
        kk: "Telegram хабарламаларды бұл серверге жеткізе алмай жатыр.")
    static let updatesMissing = Reason(
        "updates-missing", en: "Some kinds of events are not subscribed to. Connect the bot again.",
        ru: "Подписка на события неполна. Подключите бота заново.",
        kk: "Кейбір оқиғаларға жазылмаған. Ботты қайта қосыңыз.")
    static let businessConnected = Reason(
        "business-connected", en: "The bot now works in the owner's personal account.",
        ru: "Бот подключён к личному аккаунту владельца.", kk: "Бот иесінің жеке аккаунтына қосылды.")
    static let businessReadOnly = Reason(
        "business-read-only", en: "The bot may read the owner's personal chats but not answer in them.",
        ru: "Бот может читать личные чаты владельца, но не отвечать в них.",
        kk: "Бот иесінің жеке чаттарын оқи алады, бірақ жауап бере алмайды.")
}
