extension TextLimit.Unit {
    public func length(of text: some StringProtocol) -> Int {
        switch self {
        case .utf16: text.utf16.count
        case .utf8: text.utf8.count
        case .characters: text.count
        }
    }
}

extension TextLimit {
    public func fits(_ text: some StringProtocol) -> Bool { unit.length(of: text) <= limit }

    /// Cuts `text` into parts that fit, at the end of a paragraph, line, sentence or word when one lies in the second half
    /// of a part. Joined, the parts are the text, except that parts of nothing but white space are left out.
    ///
    /// Never cuts inside a character as people see it, unless one alone exceeds the limit; then between its scalars.
    public func split(_ text: String) -> [String] {
        guard !fits(text) else { return text.allSatisfy(\.isWhitespace) ? [] : [text] }
        var parts: [String] = []
        var rest = text[...]
        while !rest.isEmpty {
            let end = fits(rest) ? rest.endIndex : cut(rest)
            let part = rest[..<end]
            if !part.allSatisfy(\.isWhitespace) { parts.append(String(part)) }
            rest = rest[end...]
        }
        return parts
    }

    /// The longest beginning that fits, cut like a part of `split`.
    public func truncated(_ text: String) -> String { fits(text) ? text : String(text[..<cut(text[...])]) }

    /// The end of the first part of a text that does not fit as a whole; always after its start.
    private func cut(_ text: Substring) -> String.Index {
        var (index, length) = (text.startIndex, 0)
        var (best, bestRank) = (text.startIndex, 0)
        var previous: Character = " "
        while index < text.endIndex {
            let character = text[index]
            let size = unit == .characters ? 1 : unit.length(of: String(character))
            guard length + size <= limit else { break }
            length += size
            index = text.index(after: index)
            if length * 2 >= limit, let rank = Self.rank(previous, character), rank >= bestRank {
                (best, bestRank) = (index, rank)
            }
            previous = character
        }
        if bestRank > 0 { return best }
        return index > text.startIndex ? index : cutScalars(text)
    }

    /// How good it is to cut behind `character`; nil where a word would be torn.
    private static func rank(_ previous: Character, _ character: Character) -> Int? {
        guard character.isWhitespace else { return nil }
        if character.isNewline { return previous.isNewline ? 4 : 3 }
        return ".!?…:;".contains(previous) ? 2 : 1
    }

    private func cutScalars(_ text: Substring) -> String.Index {
        let scalars = text.unicodeScalars
        var (index, length) = (scalars.startIndex, 0)
        while index < scalars.endIndex {
            let size = unit.length(of: String(scalars[index]))
            guard length + size <= limit || index == scalars.startIndex else { break }
            length += size
            index = scalars.index(after: index)
        }
        return index
    }
}
