import ChannelKit

extension ProviderReasons {
    static let own = ProviderReasons("Wappi")
}

/// Why something did not work, in the words that operators and owners read.
extension Reason {
    static let badToken = Reason(
        "bad-token", en: "The Wappi token is wrong. Enter the current one from your account at wappi.pro.",
        ru: "Токен Wappi неверен. Введите действующий токен из кабинета wappi.pro.",
        kk: "Wappi токені қате. wappi.pro кабинетіндегі жарамды токенді енгізіңіз.")
    static let unpaid = Reason(
        "unpaid", en: "The Wappi profile is not paid for. Pay for it at wappi.pro.",
        ru: "Профиль Wappi не оплачен. Оплатите его на wappi.pro.",
        kk: "Wappi профилі төленбеген. Оны wappi.pro сайтында төлеңіз.")
    static let paymentDue = Reason(
        "payment-due", en: "The Wappi profile is paid for three more days at most.",
        ru: "Оплата профиля Wappi закончится в ближайшие три дня.",
        kk: "Wappi профилінің төлемі таяудағы үш күнде аяқталады.")
    static let profileNotFound = Reason(
        "profile-not-found", en: "Wappi does not know this profile. Check the profile ID.",
        ru: "Wappi не знает этот профиль. Проверьте ID профиля.",
        kk: "Wappi бұл профильді білмейді. Профиль ID-ін тексеріңіз.")
    static let wrongPlatform = Reason(
        "wrong-platform", en: "The profile belongs to another messenger: enter whatsapp, telegram or max.",
        ru: "Профиль относится к другому мессенджеру: укажите whatsapp, telegram или max.",
        kk: "Профиль басқа мессенджерге тиесілі: whatsapp, telegram немесе max деп көрсетіңіз.")
    static let signedOut = Reason(
        "signed-out",
        en: "The account is signed out. Sign it in again with the QR code at wappi.pro, or enter its phone number here.",
        ru: "Аккаунт вышел. Войдите снова по QR-коду на wappi.pro или укажите здесь его номер.",
        kk: "Аккаунт жүйеден шықты. wappi.pro сайтында QR-кодпен қайта кіріңіз немесе нөмірін осында көрсетіңіз.")
    static let codeSent = Reason(
        "code-sent", en: "Telegram has sent a code to the account. Enter it in the settings and connect again.",
        ru: "Telegram отправил код в аккаунт. Введите его в настройках и подключите ещё раз.",
        kk: "Telegram аккаунтқа код жіберді. Оны баптауларға енгізіп, қайта қосыңыз.")
    static let wrongCode = Reason(
        "wrong-code", en: "The code is wrong or too old. Clear it and connect again to get a new one.",
        ru: "Код неверен или устарел. Очистите поле и подключите ещё раз, чтобы получить новый.",
        kk: "Код қате немесе ескірген. Өрісті тазалап, жаңасын алу үшін қайта қосыңыз.")
    static let codeRefused = Reason(
        "code-refused", en: "No code was given out. Wait two minutes and connect again.",
        ru: "Код не выдан. Подождите две минуты и подключите ещё раз.",
        kk: "Код берілмеді. Екі минут күтіп, қайта қосыңыз.")
    static let passwordNeeded = Reason(
        "password-needed", en: "The account has a second password. Enter it in the settings and connect again.",
        ru: "У аккаунта есть второй пароль. Введите его в настройках и подключите ещё раз.",
        kk: "Аккаунттың екінші құпиясөзі бар. Оны баптауларға енгізіп, қайта қосыңыз.")
    static let wrongPassword = Reason(
        "wrong-password", en: "The second password is wrong, or the account waits for the QR code first.",
        ru: "Второй пароль неверен, или сначала нужен вход по QR-коду.",
        kk: "Екінші құпиясөз қате немесе алдымен QR-кодпен кіру керек.")
    static let phoneOffline = Reason(
        "phone-offline", en: "The messenger session does not answer: the phone may be offline, or Wappi restarts it.",
        ru: "Сессия мессенджера не отвечает: телефон не в сети или Wappi перезапускает её.",
        kk: "Мессенджер сессиясы жауап бермейді: телефон желіде емес немесе Wappi оны қайта қосып жатыр.")
    static let online = Reason(
        "online", en: "The account is signed in and works again.", ru: "Аккаунт снова в сети и работает.",
        kk: "Аккаунт қайтадан желіде және жұмыс істейді.")
    static let temporaryBan = Reason(
        "temporary-ban", en: "The messenger has stopped the account for a while because of its messages. Send fewer of them.",
        ru: "Мессенджер временно ограничил аккаунт из-за сообщений. Отправляйте меньше.",
        kk: "Мессенджер хабарламаларға байланысты аккаунтты уақытша шектеді. Азырақ жіберіңіз.")
    static let undelivered = Reason(
        "undelivered", en: "The messenger did not deliver the message.", ru: "Мессенджер не доставил сообщение.",
        kk: "Мессенджер хабарламаны жеткізбеді.")
    static let unknownRecipient = Reason(
        "unknown-recipient", en: "The messenger does not know this customer.", ru: "Мессенджер не знает этого клиента.",
        kk: "Мессенджер бұл клиентті білмейді.")
    static let messageGone = ProviderReasons.own.messageGone
    static let reactionRefused = Reason(
        "reaction-refused", en: "The messenger does not accept this reaction.", ru: "Мессенджер не принимает такую реакцию.",
        kk: "Мессенджер мұндай реакцияны қабылдамайды.")
    static let contentRefused = Reason(
        "content-refused", en: "Wappi refused the message.", ru: "Wappi отклонил сообщение.",
        kk: "Wappi хабарламаны қабылдамады.")
    static let tooLong = ProviderReasons(LocalizedText(en: "the messenger", ru: "мессенджер", kk: "мессенджер")).tooLong
    static let fileTooBig = Reason(
        "file-too-big", en: "The file is larger than Wappi takes.", ru: "Файл больше, чем принимает Wappi.",
        kk: "Файл Wappi қабылдайтыннан үлкен.")
    static let fileNeedsLink = Reason(
        "file-needs-link", en: "Wappi fetches files by their address, and this file has none.",
        ru: "Wappi забирает файлы по ссылке, а у этого файла её нет.",
        kk: "Wappi файлдарды сілтеме арқылы алады, ал бұл файлда сілтеме жоқ.")
    static let fileUnavailable = Reason(
        "file-unavailable", en: "Wappi no longer has the file; it keeps files for about 20 days.",
        ru: "У Wappi больше нет этого файла: он хранит файлы около 20 дней.",
        kk: "Wappi-де бұл файл енді жоқ: ол файлдарды 20 күндей сақтайды.")
    static let fileInline = Reason(
        "file-inline", en: "Wappi gave no address for the file, only its content.",
        ru: "Wappi не дал ссылки на файл, только содержимое.", kk: "Wappi файлға сілтеме бермеді, тек мазмұнын берді.")
    static let mixedUp = Reason(
        "mixed-up", en: "Wappi answered with another chat's or file's content.",
        ru: "Wappi ответил содержимым другого чата или файла.", kk: "Wappi басқа чаттың немесе файлдың мазмұнымен жауап берді.")
    static let tooMany = ProviderReasons.own.tooMany
    static let unavailable = ProviderReasons.own.unavailable
    static let outcomeUnknown = ProviderReasons.own.outcomeUnknown
    static let partlySent = Reason(
        "partly-sent", en: "Only the first parts of the message are in the chat.", ru: "В чате есть только часть сообщения.",
        kk: "Чатта хабарламаның бір бөлігі ғана бар.")
    static let unexpected = Reason(
        "unexpected-answer", en: "Wappi's address answered something unexpected.",
        ru: "По адресу Wappi пришёл неожиданный ответ.",
        kk: "Wappi мекенжайынан күтпеген жауап келді.")
    static let refused = ProviderReasons.own.refused
    static let badWebhook = Reason(
        "bad-webhook", en: "Wappi does not accept the webhook address.", ru: "Wappi не принимает адрес вебхука.",
        kk: "Wappi вебхук мекенжайын қабылдамайды.")
    static let webhookElsewhere = Reason(
        "webhook-elsewhere", en: "The profile delivers to another address. Connect it again.",
        ru: "Профиль доставляет события на другой адрес. Подключите его заново.",
        kk: "Профиль оқиғаларды басқа мекенжайға жеткізеді. Оны қайта қосыңыз.")
    static let typesMissing = Reason(
        "types-missing", en: "Some kinds of events are not subscribed to. Connect the profile again.",
        ru: "Подписка на события неполна. Подключите профиль заново.",
        kk: "Кейбір оқиғаларға жазылмаған. Профильді қайта қосыңыз.")
    static let unsupported = Reason(
        "unsupported", en: "This messenger cannot do this through Wappi.", ru: "Через Wappi этот мессенджер так не умеет.",
        kk: "Бұл мессенджер Wappi арқылы мұны істей алмайды.")

    /// The code is for the person who connects the channel: it is all they need, and lives 160 seconds.
    static func pairingCode(_ code: String) -> Reason {
        Reason(
            "pairing-code",
            en: "Within two and a half minutes enter \(code) in WhatsApp under linked devices, then connect again.",
            ru: "В течение двух с половиной минут введите \(code) в WhatsApp в разделе связанных устройств и подключите ещё раз.",
            kk: "Екі жарым минут ішінде WhatsApp-тың байланыстырылған құрылғылар бөліміне \(code) енгізіп, қайта қосыңыз.")
    }
}
