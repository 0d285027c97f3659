/// The reasons that every channel has, in the words that operators and owners read. A plugin gives its names to them, and writes
/// those that are its provider's alone beside them:
///
///     extension ProviderReasons { static let own = ProviderReasons("Telegram") }
///
///     extension Reason {
///         static let tooMany = ProviderReasons.own.tooMany
///         static let blocked = Reason("blocked", en: …, ru: …, kk: …)
///     }
public struct ProviderReasons: Sendable {
    private let name: LocalizedText
    private let isFeminine: Bool

    /// `isFeminine`: in Russian, where verbs and adjectives show it.
    public init(_ name: LocalizedText, isFeminine: Bool = false) { (self.name, self.isFeminine) = (name, isFeminine) }
    public init(_ name: String, isFeminine: Bool = false) {
        self.init(LocalizedText(en: name, ru: name, kk: name), isFeminine: isFeminine)
    }

    private func made(_ code: String, en: String, ru: String, kk: String) -> Reason {
        Reason(code, en: "\(name.english) \(en)", ru: "\(name.russian) \(ru)", kk: "\(name.kazakh) \(kk)")
    }

    public var tooMany: Reason {
        made(
            "rate-limited", en: "asks to send more slowly.", ru: "просит отправлять медленнее.", kk: "баяуырақ жіберуді сұрайды.")
    }
    public var unavailable: Reason {
        made(
            "unavailable", en: "is not reachable or does not work right now.",
            ru: "сейчас \(isFeminine ? "недоступна" : "недоступен") или не работает.",
            kk: "қазір қолжетімсіз немесе жұмыс істемейді.")
    }
    public var refused: Reason {
        made(
            "refused", en: "refused the request.", ru: "\(isFeminine ? "отклонила" : "отклонил") запрос.",
            kk: "сұрауды қабылдамады.")
    }
    public var contentRefused: Reason {
        made(
            "content-refused", en: "refused the content of the message.",
            ru: "\(isFeminine ? "отклонила" : "отклонил") содержимое сообщения.", kk: "хабарлама мазмұнын қабылдамады.")
    }
    public var tooLong: Reason {
        Reason(
            "too-long", en: "The text is empty or longer than \(name.english) allows.",
            ru: "Текст пуст или длиннее, чем допускает \(name.russian).",
            kk: "Мәтін бос немесе \(name.kazakh) рұқсат еткеннен ұзын.")
    }
    /// `interface` is what should have answered, like "Bot API", after the article in English.
    public func unexpected(insteadOf interface: LocalizedText) -> Reason {
        Reason(
            "unexpected-answer", en: "\(name.english)'s address answered something that is not the \(interface.english).",
            ru: "По адресу \(name.russian) ответил не \(interface.russian).",
            kk: "\(name.kazakh) мекенжайынан \(interface.kazakh) емес жауап келді.")
    }
    public var messageGone: Reason {
        Reason(
            "message-gone", en: "The message no longer exists or can no longer be changed.",
            ru: "Сообщения больше нет или его уже нельзя изменить.", kk: "Хабарлама енді жоқ немесе оны өзгертуге болмайды.")
    }
    public var outcomeUnknown: Reason {
        Reason(
            "outcome-unknown", en: "The connection broke: nobody knows whether the message arrived.",
            ru: "Связь прервалась: неизвестно, дошло ли сообщение.", kk: "Байланыс үзілді: хабарламаның жеткені белгісіз.")
    }

    /// What the statuses mean that mean the same everywhere; nil for the others, which are the provider's table's.
    ///
    /// A message that was answered so may have gone out all the same: whether it is tried again is for the plugin to say.
    public func failure(status: Int, retryAfter: Int64?) -> ChannelFailure? {
        switch status {
        case 429: .later(tooMany, after: retryAfter)
        case 408, 500...599: .later(unavailable, after: retryAfter)
        default: nil
        }
    }
}
