import ChannelKit

extension ProviderReasons {
    static let own = ProviderReasons("Meta", isFeminine: true)
}

/// Why a message or file did not get through, in the words that operators read.
extension Reason {
    static let unreachable = Reason(
        "unreachable", en: "The customer does not receive messages: they blocked the account or deleted their own.",
        ru: "Клиент не получает сообщения: он заблокировал аккаунт или удалил свой.",
        kk: "Клиент хабарлама алмайды: аккаунтты бұғаттаған немесе өзінікін жойған.")
    static let windowClosed = Reason(
        "window-closed",
        en: "More than 24 hours have passed since the customer last wrote; Meta does not let the message through.",
        ru: "С последнего сообщения клиента прошло больше 24 часов; Meta не пропускает сообщение.",
        kk: "Клиенттің соңғы хабарламасынан бері 24 сағаттан көп өтті; Meta хабарламаны өткізбейді.")
    static let humanAgentMissing = Reason(
        "human-agent-missing",
        en: "24 hours have passed. For people to answer for 7 days, the app needs Meta's Human Agent feature.",
        ru: "Прошло 24 часа. Чтобы люди могли отвечать 7 дней, приложению нужна функция Meta Human Agent.",
        kk: "24 сағат өтті. Адамдар 7 күн жауап бере алуы үшін қолданбаға Meta Human Agent мүмкіндігі керек.")
    static let unknownContact = Reason(
        "unknown-contact", en: "Meta does not know this customer in connection with this account.",
        ru: "Meta не знает этого клиента в связи с этим аккаунтом.", kk: "Meta бұл клиентті осы аккаунтқа қатысты білмейді.")
    static let contentRefused = ProviderReasons.own.contentRefused
    static let emptyText = Reason("empty-text", en: "The text is empty.", ru: "Текст пуст.", kk: "Мәтін бос.")
    static let badButtons = Reason(
        "bad-buttons", en: "Meta allows 13 buttons, or 3 when one opens a link, with data of up to 1,000 bytes.",
        ru: "Meta допускает 13 кнопок, а со ссылкой — 3, с данными до 1000 байт.",
        kk: "Meta 13 батырмаға, сілтемемен 3 батырмаға рұқсат етеді, деректері 1000 байтқа дейін.")
    static let buttonsNeedText = Reason(
        "buttons-need-text", en: "Buttons below a file stay hidden: write a text to them.",
        ru: "Кнопки под файлом не видны: добавьте к ним текст.", kk: "Файл астындағы батырмалар көрінбейді: оларға мәтін қосыңыз."
    )
    static let fileTooBig = Reason(
        "file-too-big", en: "The file is larger than Meta allows.", ru: "Файл больше, чем допускает Meta.",
        kk: "Файл Meta рұқсат еткеннен үлкен.")
    static let fileRefused = Reason(
        "file-refused", en: "Meta could not fetch or read the file.", ru: "Meta не смогла получить или прочитать файл.",
        kk: "Meta файлды ала алмады немесе оқи алмады.")
    static let formatRefused = Reason(
        "format-refused", en: "Instagram does not take files of this format.", ru: "Instagram не принимает файлы этого формата.",
        kk: "Instagram мұндай пішімдегі файлдарды қабылдамайды.")
    static let addressNeeded = Reason(
        "address-needed", en: "Instagram takes files by a public address only.",
        ru: "Instagram принимает файлы только по публичному адресу.",
        kk: "Instagram файлдарды тек жария мекенжай арқылы қабылдайды.")
    static let fileUnavailable = Reason(
        "file-unavailable", en: "The file's address has expired.", ru: "Срок действия адреса файла истёк.",
        kk: "Файл мекенжайының мерзімі өтті.")
    static let outcomeUnknown = Reason(
        "outcome-unknown", en: "Meta gave no clear answer: nobody knows whether the message arrived.",
        ru: "Meta не дала ясного ответа: неизвестно, дошло ли сообщение.",
        kk: "Meta анық жауап бермеді: хабарламаның жеткені белгісіз.")
    static let refused = ProviderReasons.own.refused
    static let unsupported = Reason(
        "unsupported", en: "Meta's messengers cannot do this.", ru: "Мессенджеры Meta этого не умеют.",
        kk: "Meta мессенджерлері мұны істей алмайды.")
    static let tooMany = ProviderReasons.own.tooMany
    static let unavailable = ProviderReasons.own.unavailable
    static let unexpected = ProviderReasons.own.unexpected(insteadOf: LocalizedText("Graph API"))
}
