import Testing

@testable import BotEngine

@Suite struct GateTests {
    @Test(arguments: GateCase.all)
    func `a sentence passes only with a source for each claim`(_ sample: GateCase) {
        let blocked = GroundingGate().firstUnsupported(in: [.init(text: sample.text, sources: [sample.source])])
        #expect((blocked == nil) == sample.passes, "\(String(describing: blocked))")
    }

    @Test func `a claim without any source is blocked`() {
        #expect(GroundingGate().firstUnsupported(in: [.init(text: "Цена 5 ₸.", sources: [])])?.sentence == "Цена 5 ₸.")
    }

    @Test func `the blocked sentence is the one that has no source`() {
        let text = "Диван — 189 000 ₸. Скидка 80 % для вас."
        let blocked = GroundingGate().firstUnsupported(in: [.init(text: text, sources: ["Диван — 189 000 ₸"])])
        #expect(blocked == .init(sentence: "Скидка 80 % для вас.", claim: "number 80"))
    }

    @Test func `sentences end where they end`() {
        #expect(
            SentenceSplitter.sentences(of: "Цена 189 тыс. ₸. Доставка 1,5 дня! 1. Диван\nДа [1]. Нет. [2] Ок") == [
                "Цена 189 тыс. ₸.", "Доставка 1,5 дня!", "1. Диван", "Да [1].", "Нет. [2]", "Ок",
            ])
    }

    @Test func `hostile text does not stop the gate`() {
        for text in [
            String(repeating: "9", count: 5_000), String(repeating: "сто ", count: 2_000), "%%%%", "₸", "-", "\u{0}", "1.", "+7(",
            "[[[", "@", "http://",
        ] {
            _ = GroundingGate().firstUnsupported(in: [.init(text: text, sources: [text])])
        }
    }
}
