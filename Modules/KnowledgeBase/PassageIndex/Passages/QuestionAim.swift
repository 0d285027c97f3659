/// What a question wants to hear besides words: a price, a number, a time.
struct QuestionAim: OptionSet {
    let rawValue: UInt8

    static let price = QuestionAim(rawValue: 1)
    static let quantity = QuestionAim(rawValue: 2)
    static let time = QuestionAim(rawValue: 4)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Reads a question's folded words.
    init(of words: [String]) {
        self = []
        for word in words {
            if Self.isPrice(word) { insert(.price) }
            if Self.quantities.contains(word) { insert(.quantity) }
            if Self.times.contains(word) { insert(.time) }
        }
    }

    /// Whether a word of a question names its aim rather than its subject.
    static func names(_ word: String) -> Bool { isPrice(word) || quantities.contains(word) || times.contains(word) }

    /// How much more a line is worth when it has what is asked for.
    func bonus(words: [String], hasNumber: Bool, hasCurrency: Bool) -> Double {
        var bonus = 0.0
        let money = hasCurrency || words.contains { Self.currencies.contains($0) }
        if contains(.price) {
            bonus += hasNumber ? (money ? 1.2 : 0.5) : 0
            if words.contains(where: { Self.isPrice($0) }) { bonus += 0.3 }
        } else if contains(.quantity) {
            bonus += hasNumber ? (money ? 0.8 : 0.6) : 0
        }
        if contains(.time) {
            bonus += hasNumber && !money ? 0.8 : 0
            if words.contains(where: { word in Self.moments.contains { word.hasPrefix($0) } }) { bonus += 0.4 }
        }
        return bonus
    }

    static func isCurrency(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .currencySymbol }

    private static func isPrice(_ word: String) -> Bool {
        prices.contains(word)
            || ["цен", "стоимост", "тариф", "расцен", "құны", "бағас"].contains { word.hasPrefix($0) }
    }

    private static let prices: Set<String> = [
        "стоит", "стоят", "стоить", "почем", "прайс", "price", "prices", "cost", "costs", "much", "баға", "бағалар",
        "тұрады", "құн",
    ]
    private static let quantities: Set<String> = [
        "сколько", "скольки", "размер", "размеры", "вес", "количество", "many", "much", "long", "size", "weight",
        "қанша", "неше",
        "өлшемі", "өлшем", "срок", "сроки",
    ]
    private static let times: Set<String> = [
        "когда", "график", "время", "часы", "дата", "дату", "when", "hours", "open", "date", "қашан", "уақыт", "уақыты",
        "мерзімі",
        "сағат", "скольки", "срок", "сроки",
    ]
    private static let currencies: Set<String> = [
        "тг", "тенге", "теңге", "руб", "рубль", "рублей", "р", "kzt", "rub", "usd", "eur", "долларов", "доллар", "сом",
        "сум",
    ]
    private static let moments = [
        "понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресен", "январ", "феврал", "апрел", "июн",
        "июл",
        "август", "сентябр", "октябр", "ноябр", "декабр", "ежедневн", "круглосуточн", "дүйсенбі", "сенбі", "жексенбі",
        "күн",
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "daily", "дней", "дня", "час",
    ]
}
