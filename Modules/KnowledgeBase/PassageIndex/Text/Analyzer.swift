import Kernel

/// Turns tokens into the terms of the index. Not thread-safe: each use makes its own.
///
/// A term is a tag byte and a stem: Latin words are stemmed as English, Cyrillic words by the passage's language,
/// numbers and other scripts not at all. As a passage has one language, it holds at most one term of a query word.
final class Analyzer {
    /// Which stemmer made a term.
    enum Tag: UInt8, CaseIterable {
        case plain = 1
        case latin, russian, kazakh
    }

    private let russian = SnowballStemmer("russian")
    private let english = SnowballStemmer("english")

    static func tag(of script: Token.Script, in language: Language) -> Tag {
        switch script {
        case .number, .other: .plain
        case .latin: .latin
        case .cyrillic: language == .kazakh ? .kazakh : .russian
        }
    }

    /// Appends the term of a folded word to `term`.
    func append(_ word: UnsafeBufferPointer<UInt8>, as tag: Tag, to term: inout [UInt8]) {
        term.append(tag.rawValue)
        switch tag {
        case .plain: term.append(contentsOf: word)
        case .latin: english.append(stemOf: word, to: &term)
        case .russian: russian.append(stemOf: word, to: &term)
        case .kazakh: term.append(contentsOf: KazakhStemmer.stem(of: word))
        }
    }

    /// The term of `token`, as a passage in `language` would hold it.
    func term(of token: Token, in list: TokenList, as tag: Tag) -> [UInt8] {
        var term: [UInt8] = []
        list.folded.withUnsafeBufferPointer {
            append(UnsafeBufferPointer(rebasing: $0[token.form]), as: tag, to: &term)
        }
        return term
    }
}
