import Foundation
import Testing

@testable import KnowledgeBase

struct TextCleaningTests {
    @Test(arguments: [
        ("a\r\nb\rc\u{85}d\u{2028}e\u{2029}f", "a\nb\nc\nd\ne\nf"), ("a\tb\u{7}c\u{1B}[31m\u{7F}\u{9B}d", "a\tbc[31md"),
        ("и\u{306}e\u{301}", "йé"), ("\u{200B}a\u{200C}b\u{2060}c\u{FEFF}d\u{AD}e", "abcde"),
        ("\u{202A}a\u{202E}b\u{2066}c\u{2069}d\u{200E}e\u{200F}f\u{61C}g", "abcdefg"),
        ("hi\u{E0048}\u{E0065}\u{E007F}!", "hi!"), ("a\u{FE0F}b\u{FE00}c\u{E0100}d", "abcd"),
        ("👩‍👩‍👧‍👦 ❤️ 🏳️‍🌈 👍🏽 1️⃣ 🇰🇿", "👩‍👩‍👧‍👦 ❤️ 🏳️‍🌈 👍🏽 1️⃣ 🇰🇿"), ("а\u{200D}б 1\u{200D}2 👍\u{200D}x", "аб 12 👍x"), ("", ""),
    ])
    func `what nobody sees is removed and emoji stay whole`(text: String, clean: String) {
        #expect(Array(TextCleaning.clean(text).unicodeScalars) == Array(clean.unicodeScalars))
        #expect(TextCleaning.clean(TextCleaning.clean(text)) == TextCleaning.clean(text))
    }

    @Test func `the result is Foundation's NFC`() {
        var generator = SystemRandomNumberGenerator()
        let scalars =
            "aeiouAKÅи\u{306}\u{301}\u{327}\u{308}\u{1100}\u{1161}\u{11A8}\u{AC00}\u{212B}\u{2126}\u{9C7}\u{9BE}\u{344}\u{F900}\u{FB1D}👍🏽ё7 \n"
            .unicodeScalars.map { $0 }
        for _ in 0..<2_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                text.append(scalars.randomElement(using: &generator) ?? "a")
            }
            let clean = Array(TextCleaning.clean(String(text)).unicodeScalars)
            #expect(clean == Array(String(text).precomposedStringWithCanonicalMapping.unicodeScalars), "\(text.map(\.value))")
        }
    }

    @Test func `a million marks on one letter are cut short in time`() {
        let clock = ContinuousClock()
        let start = clock.now
        let clean = TextCleaning.clean("a" + String(repeating: "\u{301}\u{327}", count: 500_000) + "b")
        #expect(clean.unicodeScalars.count <= 32 && clean.hasSuffix("b"))
        #expect(start.duration(to: clock.now) < .seconds(10))
    }
}
