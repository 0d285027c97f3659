import Testing

@testable import PassageIndex

struct TokenizerTests {
    @Test(arguments: [
        ("Диваны — ОСЛО", "диваны осло"),
        ("ещё Ёлка", "еще елка"),
        ("и\u{306} е\u{308} cafe\u{301} Café", "й е cafe cafe"),
        ("189 000 ₸", "189 189000"),
        ("1 250 500 тг", "1 250 500 1250500 тг 1250500тг"),
        ("189\u{A0}000", "189 189000"),
        ("2024 150", "2024 150"),
        ("3,5 кг", "3 5 3.5 кг 3.5кг"),
        ("1.500,00", "1 500 00 1500"),
        ("5кг", "5 кг 5кг"),
        ("3-местный", "3 местный 3местный"),
        ("AB-12/3", "ab 12 3 ab12/3"),
        ("200×90 200х90", "200 90 200x90 200 90 200x90"),
        ("10:30", "10 30 10:30"),
        ("12.05.2024", "12 05 2024 12.05.2024"),
        ("wi-fi", "wi fi wifi"),
        ("info@shop.kz", "info shop kz infoshopkz"),
        ("don't O’Neil 'quoted'", "don't o'neil quoted"),
        ("ＡＢ１２", "ab 12 ab12"),
        ("ﬁrst Straße", "first strasse"),
        ("м²", "м 2 м2"),
        ("қала ҚАЛА Әже", "қала қала әже"),
        ("沙发", "沙 发"),
        ("a\u{AD}b\u{200B}c", "abc"),
        ("- , . / ' * ₸", ""),
        ("конец.", "конец"),
    ])
    func `a text has these tokens`(text: String, tokens: String) {
        let list = TokenList(text)
        #expect(list.tokens.map { list.form(of: $0) } == tokens.split(separator: " ").map(String.init))
    }

    @Test func `offsets point at the token in UTF-8 and UTF-16`() {
        let text = "🛋️ Диван «Осло» — 189 000 ₸, é 👩‍👩‍👧 конец"
        let list = TokenList(text)
        for token in list.tokens {
            let utf8 = String(decoding: Array(text.utf8)[token.utf8], as: UTF8.self)
            let utf16 = String(decoding: Array(text.utf16)[token.utf16], as: UTF16.self)
            #expect(utf8 == utf16)
        }
        let number = list.tokens.first { list.form(of: $0) == "189000" }
        #expect(number.map { String(decoding: Array(text.utf8)[$0.utf8], as: UTF8.self) } == "189 000")
    }

    @Test func `any bytes are tokenized within their bounds`() {
        var generator = SeededGenerator(5)
        for _ in 0..<3_000 {
            let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                Bool.random(using: &generator)
                    ? UInt8.random(in: 0...255, using: &generator)
                    : [0x20, 0x31, 0x2D, 0xD0, 0xB8, 0xCC, 0x86, 0xF0].randomElement(using: &generator) ?? 0
            }
            var list = TokenList()
            bytes.withUnsafeBufferPointer { list.append($0) }
            #expect(
                list.tokens.allSatisfy { $0.utf8.upperBound <= bytes.count && $0.form.upperBound <= list.folded.count })
        }
    }

    @Test func `a long run without spaces stays linear and bounded`() {
        for piece in ["a", "1", "a-", "1 000 ", "и\u{306}", "x1", "1x"] {
            let list = TokenList(String(repeating: piece, count: 100_000))
            #expect(list.tokens.allSatisfy { $0.form.count <= Tokenizer.longestForm * 2 })
        }
    }
}
