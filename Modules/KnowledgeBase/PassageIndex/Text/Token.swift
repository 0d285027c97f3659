/// One word, number or code of a text, and where it stands.
package struct Token: Hashable, Sendable {
    package enum Script: UInt8, Sendable { case number, latin, cyrillic, other }

    /// Where its folded form is in the `folded` of its `TokenList`.
    let form: Range<Int>
    /// Where it stands in the text, in UTF-8 bytes.
    package let utf8: Range<Int>
    /// Where it stands in the text, in UTF-16 code units.
    package let utf16: Range<Int>
    /// The script of its last letter; `number` when it has none.
    package let script: Script
    /// A joined form beside its parts: "ab123" of "AB-12/3", "189000" of "189 000", "5кг" of "5 кг".
    package let isWhole: Bool
}

/// The tokens of a text in order of their ends; a joined form follows its parts.
package struct TokenList: Sendable {
    var folded: [UInt8] = []
    package internal(set) var tokens: [Token] = []

    package init(_ text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }

    init() {}

    /// Adds the tokens of UTF-8 `text`; their offsets count from its start.
    mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
        var tokenizer = Tokenizer(text: text)
        tokenizer.run(into: &self)
    }

    mutating func removeAll() {
        folded.removeAll(keepingCapacity: true)
        tokens.removeAll(keepingCapacity: true)
    }

    /// A token of this list folded for comparison: lower case, without marks, ё as е.
    package func form(of token: Token) -> String {
        guard token.form.upperBound <= folded.count else { return "" }
        return String(decoding: folded[token.form], as: UTF8.self)
    }
}
