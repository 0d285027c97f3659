/// A message that is nothing but a greeting or thanks.
enum SmallTalk: Sendable {
    case greeting, thanks, farewell

    init?(_ text: String) {
        let words = text.lowercased().split { !$0.isLetter }.map(String.init)
        guard (1...7).contains(words.count), !text.contains(where: \.isNumber) else { return nil }
        var found: SmallTalk?
        for word in words {
            if Self.thanksWords.contains(word) {
                found = .thanks
            } else if Self.farewells.contains(word) {
                found = found ?? .farewell
            } else if Self.greetings.contains(word) {
                found = found ?? .greeting
            } else if !Self.fillers.contains(word) {
                return nil
            }
        }
        guard let found else { return nil }
        self = found
    }

    private static let greetings: Set<String> = [
        "здравствуйте", "здравствуй", "привет", "приветствую", "добрый", "доброе", "hi", "hello", "hey", "morning", "evening",
        "afternoon", "сәлем", "сәлеметсіз", "салем", "салеметсиз", "ассалаумағалейкум", "салам", "қайырлы", "армысыз",
    ]
    private static let thanksWords: Set<String> = [
        "спасибо", "благодарю", "спс", "thanks", "thank", "thx", "рахмет", "рақмет",
    ]
    private static let farewells: Set<String> = ["пока", "свидания", "bye", "goodbye", "сау"]
    private static let fillers: Set<String> = [
        "день", "вечер", "утро", "всем", "вам", "большое", "огромное", "до", "good", "you", "very", "much", "there", "a", "lot",
        "so", "бе", "ба", "күн", "таң", "кеш", "сізге", "көп", "үлкен", "болыңыз", "и", "за", "помощь", "ответ", "ок", "ok",
        "понятно", "хорошо", "жақсы",
    ]
}
