package import Kernel

/// A text that people read in their own language. A language nobody wrote it in has none of its own.
package struct SpokenText: Codable, Hashable, Sendable {
    package var en: String?
    package var ru: String?
    package var kk: String?

    package init(en: String? = nil, ru: String? = nil, kk: String? = nil) { (self.en, self.ru, self.kk) = (en, ru, kk) }

    package subscript(language: Language) -> String? {
        get {
            switch language {
            case .english: en
            case .russian: ru
            case .kazakh: kk
            }
        }
        set {
            switch language {
            case .english: en = newValue
            case .russian: ru = newValue
            case .kazakh: kk = newValue
            }
        }
    }

    package var isEmpty: Bool { Language.allCases.allSatisfy { self[$0]?.isEmpty ?? true } }

    /// In `language`, else in `fallback`, else in any; nil when it was written in none.
    package func text(in language: Language, else fallback: Language) -> String? {
        ([language, fallback] + Language.allCases).lazy.compactMap { self[$0] }.first { !$0.isEmpty }
    }
}
