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
        Reason.signedOutCode, en: "The account is signed out. Sign it in again here.",
        ru: "Аккаунт вышел из Wappi. Войдите снова, прямо здесь.", kk: "Аккаунт Wappi-ден шыққан. Осы жерде қайта кіріңіз.")
    static let badPhone = Reason(
        "bad-phone", en: "This is no phone number with its country code, such as 77010000001.",
        ru: "Это не номер с кодом страны, например 77010000001.", kk: "Бұл — ел коды бар нөмір емес, мысалы 77010000001.")
    static let onlyByPicture = Reason(
        "only-by-picture", en: "MAX is signed in with the QR code only.", ru: "В MAX вход только по QR-коду.",
        kk: "MAX-қа тек QR-кодпен кіруге болады.")
    static let noPicture = Reason(
        "no-picture", en: "Wappi has no QR code yet. It needs a few seconds; try again.",
        ru: "QR-кода у Wappi пока нет. Нужно несколько секунд, попробуйте ещё раз.",
        kk: "Wappi-де QR-код әлі жоқ. Бірнеше секунд керек, қайталап көріңіз.")
    static let codeTooOld = Reason(
        "code-too-old", en: "The code is too old. Get a new one.", ru: "Код устарел. Получите новый.",
        kk: "Код ескірді. Жаңасын алыңыз.")
    static let wrongCode = Reason(
        "wrong-code", en: "The code is wrong or too old.", ru: "Код неверен или устарел.", kk: "Код қате немесе ескірген.")
    static let codeRefused = Reason(
        "code-refused", en: "No code was given out. Check the number, wait two minutes and try again.",
        ru: "Код не выдан. Проверьте номер, подождите две минуты и попробуйте ещё раз.",
        kk: "Код берілмеді. Нөмірді тексеріп, екі минуттан кейін қайталаңыз.")
    static let wrongPassword = Reason(
        "wrong-password", en: "The password is wrong.", ru: "Пароль неверен.", kk: "Құпиясөз қате.")
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
}
