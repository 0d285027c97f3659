/// Finds the words by which a customer asks for a person.
struct HandOffWords: Sendable {
    private let phrases: [[String]]

    init(_ words: [String]) { phrases = words.map(Self.words(of:)).filter { !$0.isEmpty } }

    func occur(in text: String) -> Bool {
        let said = Self.words(of: text)
        return phrases.contains { phrase in
            guard said.count >= phrase.count else { return false }
            return (0...(said.count - phrase.count)).contains { start in
                zip(said[start...], phrase).allSatisfy { Self.isForm($0, of: $1) }
            }
        }
    }

    /// Equal, or with an ending: "оператора" for "оператор".
    private static func isForm(_ said: String, of word: String) -> Bool {
        said == word || word.count >= 5 && said.hasPrefix(word) && said.count - word.count <= 4
    }

    private static func words(of text: String) -> [String] {
        text.lowercased().replacing("ё", with: "е").split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}
