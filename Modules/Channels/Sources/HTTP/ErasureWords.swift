import Kernel

/// The texts of `ErasurePage`.
struct ErasureWords: Sendable {
    let name: String
    let title: String
    let unknown: String
    let requested: @Sendable (_ day: String) -> String
    let removed: @Sendable (_ count: Int) -> String
    let waiting: @Sendable (_ day: String) -> String
    let settled: @Sendable (_ day: String) -> String
    let why: String

    static func of(_ language: Language) -> ErasureWords {
        switch language {
        case .english: english
        case .russian: russian
        case .kazakh: kazakh
        }
    }

    private static let english = ErasureWords(
        name: "English", title: "Deletion of your data", unknown: "There is no request with this number.",
        requested: { "Your request arrived on \($0)." },
        removed: { "Done: what the messenger had delivered under the number it gave us for you was deleted (records: \($0))." },
        waiting: { "Not done yet: a person of the company finds and deletes your conversation and contact card by \($0)." },
        settled: { "Done: the company says that your conversation and contact card were deleted on \($0)." },
        why: """
            The number with which the messenger passed on your request need not be the one that your messages come from, so a person has \
            to look for them. It goes faster if you write to the company in the same messenger and give them the address of this page.
            """)

    private static let russian = ErasureWords(
        name: "Русский", title: "Удаление ваших данных", unknown: "Запроса с таким номером нет.",
        requested: { "Ваш запрос получен \($0)." },
        removed: { "Сделано: удалено то, что мессенджер доставил под номером, который он назвал для вас (записей: \($0))." },
        waiting: { "Ещё не сделано: сотрудник компании найдёт и удалит вашу переписку и карточку контакта до \($0)." },
        settled: { "Сделано: компания сообщила, что ваша переписка и карточка контакта удалены \($0)." },
        why: """
            Номер, с которым мессенджер передал ваш запрос, может не совпадать с тем, от которого приходят ваши сообщения, поэтому их ищет \
            человек. Будет быстрее, если вы напишете компании в том же мессенджере и сообщите адрес этой страницы.
            """)

    private static let kazakh = ErasureWords(
        name: "Қазақша", title: "Деректеріңізді жою", unknown: "Мұндай нөмірлі сұрау жоқ.",
        requested: { "Сұрауыңыз \($0) күні келді." },
        removed: { "Орындалды: мессенджер сізге берген нөмірмен жеткізілген жазбалар жойылды (саны: \($0))." },
        waiting: { "Әлі орындалған жоқ: компания қызметкері хат алмасуыңыз бен контакт картаңызды \($0) дейін тауып, жояды." },
        settled: { "Орындалды: компания хат алмасуыңыз бен контакт картаңыз \($0) күні жойылғанын хабарлады." },
        why: """
            Мессенджер сұрауыңызды жіберген нөмір хабарламаларыңыз келетін нөмірмен бірдей болмауы мүмкін, сондықтан оларды адам іздейді. \
            Компанияға сол мессенджерде жазып, осы беттің мекенжайын берсеңіз, тезірек болады.
            """)
}
