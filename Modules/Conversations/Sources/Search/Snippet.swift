import Foundation

/// The part of a text that shows why it was found.
enum Snippet {
    private static let length = 160

    /// About 160 characters around the first word of `query`.
    static func around(_ query: String, in text: String) -> String {
        let words = query.split { !($0.isLetter || $0.isNumber) }
        let hit = words.lazy.compactMap { text.range(of: $0, options: [.caseInsensitive, .diacriticInsensitive]) }.first
        guard text.count > length, let hit else { return String(text.prefix(length)) }
        let start = text.index(hit.lowerBound, offsetBy: -length / 3, limitedBy: text.startIndex) ?? text.startIndex
        return (start > text.startIndex ? "…" : "") + text[start...].prefix(length)
    }
}
