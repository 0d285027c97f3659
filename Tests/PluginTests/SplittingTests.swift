import ChannelKit
import Testing

struct SplittingTests {
    static let texts = [
        "", " ", "a", String(repeating: "a", count: 500), String(repeating: "слово ", count: 100),
        String(repeating: "👩‍👩‍👧‍👦", count: 40), String(repeating: "e\u{301}\u{302}", count: 100),
        String(repeating: "🇰🇿", count: 60),
        "a" + String(repeating: "\u{301}", count: 300), String(repeating: "\r\n", count: 100),
        "日本語" + String(repeating: " ", count: 300) + "x",
        String(repeating: "Первое предложение. Второе! Третье?\nАбзац.\n\n", count: 20),
        String(repeating: "\u{200D}", count: 200),
    ]

    @Test(
        arguments: texts,
        [
            TextLimit(7, .utf16), TextLimit(50, .utf16), TextLimit(50, .utf8), TextLimit(20, .characters),
            TextLimit(1, .utf8),
        ])
    func `parts fit, join to the text and cut no character that fits`(text: String, limit: TextLimit) {
        let parts = limit.split(text)
        #expect(parts.allSatisfy { !$0.isEmpty && !$0.allSatisfy(\.isWhitespace) })
        #expect(parts.joined().filter { !$0.isWhitespace } == text.filter { !$0.isWhitespace })
        let largest = text.map { limit.unit == .characters ? 1 : limit.unit.length(of: String($0)) }.max() ?? 0
        if largest <= limit.limit {
            #expect(parts.allSatisfy { limit.fits($0) })
            #expect(
                parts.flatMap { Array($0) }.filter { !$0.isWhitespace } == text.filter { !$0.isWhitespace }.map(\.self))
        }
        #expect(parts.allSatisfy { String(decoding: Array($0.utf16), as: UTF16.self) == $0 })
    }

    @Test func `a text that fits stays whole`() {
        #expect(TextLimit(4_096, .utf16).split("  Сәлем!\n") == ["  Сәлем!\n"])
        let exact = String(repeating: "a", count: 4_096)
        #expect(TextLimit(4_096, .utf16).split(exact) == [exact])
        #expect(TextLimit(4_096, .utf16).split(exact + "b").map(\.count) == [4_096, 1])
    }

    @Test func `paragraphs, lines, sentences and words are cut in this order`() {
        let limit = TextLimit(20, .characters)
        #expect(limit.split("aaaa aaaa. bb\n\ncc dd ee ff") == ["aaaa aaaa. bb\n\n", "cc dd ee ff"])
        #expect(limit.split("aaaa aaaaa bb\ncc dd ee ff") == ["aaaa aaaaa bb\n", "cc dd ee ff"])
        #expect(limit.split("aaaa aaaaa bb. cc dd ee ff") == ["aaaa aaaaa bb. ", "cc dd ee ff"])
        #expect(limit.split("aaaa aaaaa bbbb cc ddddd") == ["aaaa aaaaa bbbb cc ", "ddddd"])
    }

    @Test func `secrets are equal only when every byte is`() {
        #expect(isSameSecret("abc", "abc"))
        for (given, expected) in [("abd", "abc"), ("ab", "abc"), ("abcabc", "abc"), ("", "abc"), ("", "")] {
            #expect(!isSameSecret(given, expected))
        }
        #expect(!isSameSecret(nil, "abc") && !isSameSecret("abc", nil) && !isSameSecret(nil, nil))
    }
}
