import Testing

@testable import Documents

struct CharsetTests {
    static let text = "Диван «Осло» — 189 000 ₽, №5\nКресло: ёмкое"

    private func read(_ bytes: [UInt8], _ type: String? = nil, _ name: String = "a.txt") throws -> String {
        try DocumentText.extract(bytes, name: name, contentType: type).text
    }

    private static func utf16(_ text: String, little: Bool) -> [UInt8] {
        text.utf16.flatMap { unit in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return little ? [low, high] : [high, low]
        }
    }

    /// By Unicode's own mapping table, not by the code under test.
    private static func windows1251(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { scalar in
            switch scalar.value {
            case 0x410...0x44F: UInt8(scalar.value - 0x410 + 0xC0)
            case 0x451: 0xB8
            case 0x401: 0xA8
            case 0xAB: 0xAB
            case 0xBB: 0xBB
            case 0x2014: 0x97
            case 0x2116: 0xB9
            case 0x20AC: 0x88
            default: UInt8(scalar.value & 0x7F)
            }
        }
    }

    @Test func `UTF-8 comes with and without a mark`() throws {
        #expect(try read(Array(Self.text.utf8)) == Self.text)
        #expect(try read([0xEF, 0xBB, 0xBF] + Array(Self.text.utf8)) == Self.text)
        #expect(try read([0xEF, 0xBB, 0xBF] + Array(Self.text.utf8), "text/plain; charset=windows-1251") == Self.text)
    }

    @Test(arguments: [true, false]) func `UTF-16 comes with and without a mark`(little: Bool) throws {
        let text = Self.text + " 👩‍👩‍👧"
        #expect(try read((little ? [0xFF, 0xFE] : [0xFE, 0xFF]) + Self.utf16(text, little: little)) == text)
        #expect(try read(Self.utf16("Диван и кресло\nПрайс", little: little)) == "Диван и кресло\nПрайс")
        #expect(try read(Self.utf16(text, little: little), "text/plain; charset=UTF-16\(little ? "LE" : "BE")") == text)
    }

    @Test func `windows-1251 is recognised, or declared`() throws {
        let text = "Диван «Осло» — цена 189 000, №5. Ёмкость: ещё две подушки."
        #expect(try read(Self.windows1251(text)) == text)
        #expect(try read(Self.windows1251("ЯЪ"), "text/plain; charset=\"windows-1251\"") == "ЯЪ")
        let page = "<html><head><meta charset='windows-1251'><title>Ъ</title></head><body>ЯЪ</body></html>"
        #expect(try DocumentText.extract(Self.windows1251(page), name: "a.html") == DocumentText(text: "ЯЪ", title: "Ъ"))
    }

    @Test func `a sender who writes utf-8 without looking does no harm`() throws {
        let text = "Диван и кресло, цена договорная"
        #expect(try read(Self.windows1251(text), "text/plain; charset=utf-8") == text)
    }

    @Test func `what cannot be told is refused rather than guessed`() {
        // "Диван и кресло" in KOI8-R.
        let koi8: [UInt8] = [0xE4, 0xC9, 0xD7, 0xC1, 0xCE, 0x20, 0xC9, 0x20, 0xCB, 0xD2, 0xC5, 0xD3, 0xCC, 0xCF]
        #expect(throws: DocumentError.unknownCharset(nil)) { try read(koi8) }
        #expect(throws: DocumentError.unknownCharset(nil)) { try read(Array("caf".utf8) + [0xE9]) }
        #expect(throws: DocumentError.unknownCharset("utf-16")) { try read([0xFF, 0xFE, 0x41]) }
        #expect(throws: DocumentError.unknownCharset("utf-16")) { try read([0xFF, 0xFE, 0x00, 0xD8, 0x41, 0x00]) }
        #expect(throws: DocumentError.unknownCharset("utf-8")) { try read([0xEF, 0xBB, 0xBF, 0xFF]) }
    }
}
