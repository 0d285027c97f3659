import ConversationsInterface
import Kernel

/// Chooses the language to answer in.
enum CustomerLanguage {
    /// The question's own language if the bot speaks it. A Kazakh phrase without Kazakh letters looks Russian, so what the
    /// customer wrote before decides between the two.
    static func choose(
        question: String, history: [TranscriptLine], stated: Language?, spoken: [Language]
    ) -> Language {
        var guess = Language(guessing: question)
        if guess == .russian, question.unicodeScalars.count < 40 {
            let earlier = history.suffix(10).filter { $0.author == .customer }.compactMap { Language(guessing: $0.text) }
            if !earlier.isEmpty, earlier.allSatisfy({ $0 == .kazakh }) { guess = .kazakh }
        }
        for candidate in [guess, stated] {
            if let candidate, spoken.contains(candidate) { return candidate }
        }
        return spoken.first ?? .russian
    }
}
