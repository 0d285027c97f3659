import Foundation
import Kernel
import KnowledgeBaseInterface
import PassageIndex
import Vault

/// A draft made ready to be stored: cleaned, checked and cut into passages, all before a transaction is opened.
struct PreparedEntry: Sendable {
    let title: String
    let text: String
    let language: Language?
    let source: String?
    /// SHA-256 of what makes a version: equal means unchanged.
    let digest: [UInt8]
    let passages: [PreparedPassage]
    var size: Int { text.utf8.count }

    /// - Throws: `Problem.invalid`, naming the field.
    init(_ draft: KnowledgeDraft) throws {
        (title, text, source) = try Self.checked(draft)
        let declared = draft.language
        language = declared ?? Language(guessing: String(text.prefix(2_000)))
        let fallback = language ?? .russian
        passages = PassageSplitter().split(text, title: title).map { slice in
            // A text whose language nobody named may change it from part to part.
            let guessed = declared == nil ? Language(guessing: slice.text) : nil
            return PreparedPassage(
                start: slice.utf16.lowerBound, end: slice.utf16.upperBound, language: declared ?? guessed ?? fallback,
                title: slice.title, text: slice.text)
        }
        digest = Digest.sha256("\(title)\n\(declared?.rawValue ?? "")\n\(text)")
    }

    /// Whether `draft` can be stored, without cutting it up.
    static func check(_ draft: KnowledgeDraft) throws { _ = try checked(draft) }

    private static func checked(_ draft: KnowledgeDraft) throws -> (title: String, text: String, source: String?) {
        let (title, text) = (TextCleaning.line(draft.title), TextCleaning.text(draft.text))
        try check("title", title, largest: KnowledgeLimits.title)
        try check("text", text, largest: KnowledgeLimits.text)
        return (title, text, try draft.source.map(source))
    }

    private static func source(_ name: String) throws -> String {
        let source = TextCleaning.line(name)
        try check("source", source, largest: KnowledgeLimits.source)
        return source
    }

    private static func check(_ field: String, _ value: String, largest: Int) throws {
        if value.isEmpty { throw Problem.invalid(field: field, "must not be empty") }
        if value.unicodeScalars.count > largest { throw Problem.invalid(field: field, "at most \(largest) characters") }
    }
}

/// A passage before it has an id.
struct PreparedPassage: Sendable {
    /// UTF-16 units of the entry's text, end exclusive.
    let start: Int
    let end: Int
    let language: Language
    /// The path of headings above it.
    let title: String
    let text: String
}
