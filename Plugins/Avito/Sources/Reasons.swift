import ChannelKit

extension ProviderReasons {
    static let own = ProviderReasons(LocalizedText(en: "Avito", ru: "Авито", kk: "Авито"))
}

/// Why something did not work, in the words that operators and owners read.
extension Reason {
    static let badKeys = Reason(
        "bad-keys", en: "Avito does not accept the keys. Enter the current ones from avito.ru/professionals/api.",
        ru: "Авито не принимает ключи. Введите действующие с avito.ru/professionals/api.",
        kk: "Авито кілттерді қабылдамайды. avito.ru/professionals/api бетіндегі жарамды кілттерді енгізіңіз.")
    static let forbidden = Reason(
        "forbidden", en: "These keys have no access to the messenger. Use the keys of the main company account.",
        ru: "У этих ключей нет доступа к мессенджеру. Используйте ключи основного аккаунта компании.",
        kk: "Бұл кілттердің мессенджерге рұқсаты жоқ. Компанияның негізгі аккаунтының кілттерін пайдаланыңыз.")
    static let subscriptionRequired = Reason(
        "subscription-required",
        en: "Avito hides the chats: the tariff does not include the Messenger API. Goods and Jobs need “Максимальный”, "
            + "Services “Расширенный” or “Максимальный”.",
        ru: "Авито скрывает чаты: тариф не включает API мессенджера. Для товаров и вакансий нужен «Максимальный», для услуг — "
            + "«Расширенный» или «Максимальный».",
        kk: "Авито чаттарды жасырады: тарифте мессенджер API жоқ. Тауарлар мен вакансияларға «Максимальный», қызметтерге "
            + "«Расширенный» немесе «Максимальный» керек.")
    static let foreignAccount = Reason(
        "foreign-account", en: "Messages of another Avito account arrive here. Connect the channel again.",
        ru: "Сюда приходят сообщения другого аккаунта Авито. Подключите канал заново.",
        kk: "Мұнда басқа Авито аккаунтының хабарламалары келіп жатыр. Арнаны қайта қосыңыз.")
    static let blocked = Reason(
        "blocked", en: "Avito does not let us write into this chat: the customer may have blocked the account.",
        ru: "Авито не даёт писать в этот чат: возможно, клиент заблокировал аккаунт.",
        kk: "Авито бұл чатқа жазуға рұқсат бермейді: клиент аккаунтты бұғаттаған болуы мүмкін.")
    static let chatNotFound = Reason(
        "chat-not-found", en: "Avito does not know this chat any more.", ru: "Авито больше не знает этот чат.",
        kk: "Авито бұл чатты енді білмейді.")
    static let messageGone = Reason(
        "message-gone", en: "The message no longer exists, or it is older than an hour and can no longer be deleted.",
        ru: "Сообщения больше нет, или ему больше часа и удалить его уже нельзя.",
        kk: "Хабарлама енді жоқ немесе оған бір сағаттан асты, оны өшіруге болмайды.")
    static let contentRefused = ProviderReasons.own.contentRefused
    static let empty = Reason(
        "empty", en: "There is nothing to send.", ru: "Отправлять нечего.", kk: "Жіберетін ештеңе жоқ.")
    static let fileTooBig = Reason(
        "file-too-big", en: "The picture is larger than 24 MB or 75 megapixels.",
        ru: "Изображение больше 24 МБ или 75 мегапикселей.", kk: "Сурет 24 МБ-тан немесе 75 мегапиксельден үлкен.")
    static let fileRefused = Reason(
        "file-refused", en: "Avito could not read the picture. It takes JPEG, PNG, GIF, BMP and HEIC.",
        ru: "Авито не смог прочитать изображение. Подходят JPEG, PNG, GIF, BMP и HEIC.",
        kk: "Авито суретті оқи алмады. JPEG, PNG, GIF, BMP және HEIC жарайды.")
    static let fileUnavailable = Reason(
        "file-unavailable", en: "Avito does not provide the file.", ru: "Авито не отдаёт файл.",
        kk: "Авито файлды бермейді.")
    static let unsupported = Reason(
        "unsupported", en: "Avito's chats cannot do this.", ru: "Чаты Авито этого не умеют.",
        kk: "Авито чаттары мұны істей алмайды.")
    static let tooMany = ProviderReasons.own.tooMany
    static let unavailable = ProviderReasons.own.unavailable
    static let outcomeUnknown = Reason(
        "outcome-unknown", en: "Avito did not confirm: nobody knows whether the message arrived.",
        ru: "Авито не подтвердил отправку: неизвестно, дошло ли сообщение.",
        kk: "Авито растамады: хабарламаның жеткені белгісіз.")
    static let partlySent = Reason(
        "partly-sent", en: "Only the first parts of the message arrived.", ru: "Дошли только первые части сообщения.",
        kk: "Хабарламаның алғашқы бөліктері ғана жетті.")
    static let unexpected = ProviderReasons.own.unexpected(
        insteadOf: LocalizedText(en: "Messenger API", ru: "API мессенджера", kk: "мессенджер API"))
    static let refused = ProviderReasons.own.refused
    static let badWebhook = Reason(
        "bad-webhook", en: "Avito does not accept the webhook address: it must be public HTTPS and answer within two seconds.",
        ru: "Авито не принимает адрес вебхука: нужен публичный HTTPS, отвечающий за две секунды.",
        kk: "Авито вебхук мекенжайын қабылдамайды: екі секундта жауап беретін жария HTTPS керек.")
    static let webhookMissing = Reason(
        "webhook-missing", en: "Avito does not deliver messages to this address. Connect the channel again.",
        ru: "Авито не доставляет сообщения на этот адрес. Подключите канал заново.",
        kk: "Авито хабарламаларды бұл мекенжайға жеткізбейді. Арнаны қайта қосыңыз.")
}
