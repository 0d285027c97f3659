import Foundation
import Kernel
import Testing

struct VocabularyTests {
    @Test(
        arguments: [
            ("Сколько стоит доставка?", Language.russian), ("How much is delivery?", .english),
            ("Жеткізу қанша тұрады?", .kazakh),
            ("Қ", .kazakh), ("Ok, спасибо большое", .russian), ("Купил iPhone 15 Pro Max Ultra", .english), ("Ёлка", .russian),
            ("да", .russian), ("ok", .english),
        ] as [(String, Language)]) func `a language is told by its letters`(text: String, language: Language)
    {
        #expect(Language(guessing: text) == language)
    }

    @Test(arguments: ["", "   ", "12345", "👍👍", "?!", "日本語", "\u{0}"]) func `a text without tell-tale letters has none`(
        text: String
    ) {
        #expect(Language(guessing: text) == nil)
    }

    @Test func `a page of one too many offers the next`() throws {
        for count in 0...4 {
            let page = Page(Array(0..<count), size: 3) { "\($0)" }
            #expect(page.elements == Array(0..<min(count, 3)))
            #expect(page.next == (count > 3 ? "2" : nil))
        }
        let json = String(decoding: try JSONEncoder().encode(Page([1], next: nil)), as: UTF8.self)
        #expect(json.contains("\"items\":[1]"))
        #expect(json.contains("\"next\":null"))
        #expect(Page([1, 2], next: "x").map { $0 * 2 }.elements == [2, 4])
    }

    @Test func `a higher rank of delivery wins, and every status has its own`() {
        #expect(Set(DeliveryStatus.allCases.map(\.rank)).count == DeliveryStatus.allCases.count)
        #expect(DeliveryStatus.read.rank > DeliveryStatus.delivered.rank)
        #expect(DeliveryStatus.delivered.rank > DeliveryStatus.sent.rank)
        #expect(DeliveryStatus.sent.rank > DeliveryStatus.uncertain.rank)
    }

    @Test func `nobody hands out a role with more permissions than their own`() {
        for giver in Role.allCases {
            for given in Role.allCases where giver.mayGrant(given) { #expect(given.permissions.isSubset(of: giver.permissions)) }
        }
        #expect(!Role.admin.mayGrant(.owner))
        #expect(!Role.operator.mayGrant(.analyst))
        #expect(!Role.analyst.permissions.contains { $0.rawValue.hasSuffix(".write") })
    }

    @Test func `random bytes have the length asked for`() {
        for count in [0, 1, 7, 8, 9, 32, 33] { #expect(Randomness.system.bytes(count).count == count) }
        let units = (0..<1_000).map { _ in Randomness.system.unit() }
        #expect(units.allSatisfy { (0..<1).contains($0) })
    }
}
