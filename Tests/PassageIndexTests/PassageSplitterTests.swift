import PassageIndex
import Testing

struct PassageSplitterTests {
    static let price = """
        # Прайс
        ## Диваны

        | Модель | Цена |
        |---|---|
        | Осло | 189 000 ₸ |
        | Берген | 249 000 ₸ |

        ## Доставка
        По городу бесплатно.

        В область 15 000 ₸.
        """

    @Test func `every passage is the slice its offsets name`() {
        var generator = SeededGenerator(11)
        let parts = [
            "# Заголовок\r\n", "## Ещё\n", "\n\n", "\r", "слово ", "👩‍👩‍👧‍👦", "e\u{301}", "| a | b |\n", "|---|---|\n",
            "- пункт\r\n",
            "1. раз\n", "Вопрос: как?\n", "Ответ: так.\n", "Что?\n", "Длинное предложение о диванах. ", "```\n", "🇰🇿",
            "\t", "---\n", "===\n",
            "\u{FEFF}", "a\tb\n", String(repeating: "я", count: 150), "И т.д. ", "\u{2028}",
        ]
        for _ in 0..<400 {
            let text = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                parts.randomElement(using: &generator) ?? ""
            }.joined()
            check(text)
        }
    }

    @Test func `a megabyte without spaces is cut between characters`() {
        check(String(repeating: "a", count: 1_000_000))
        check(String(repeating: "👩‍👩‍👧‍👦", count: 40_000))
        check(String(repeating: "слово ", count: 100_000))
        check("a" + String(repeating: "\u{301}", count: 20_000))
    }

    @Test(arguments: ["", " \n\t\r\n ", "\n\n\n"])
    func `a blank text has no passages`(text: String) { #expect(PassageSplitter().split(text).isEmpty) }

    @Test func `a heading without text is a passage`() {
        let passages = PassageSplitter().split("# Один\n## Два\n# Три\n")
        #expect(passages.map(\.text) == ["# Один\n## Два", "# Три"])
    }

    @Test func `headings become titles and tables bring their column names`() {
        let passages = PassageSplitter().split(Self.price, title: "Салон")
        #expect(passages.map(\.title) == ["Салон › Прайс › Диваны — Модель, Цена", "Салон › Прайс › Доставка"])
        #expect(passages[0].text.hasSuffix("| Берген | 249 000 ₸ |"))
        #expect(passages[1].text == "По городу бесплатно.\n\nВ область 15 000 ₸.")
    }

    @Test func `a question stays with its answer and apart from others`() {
        let text =
            "Вопрос: Есть доставка?\nОтвет: Да, по городу.\nВопрос: А рассрочка?\nОтвет: Да.\n\nКак оплатить?\n\nКартой или наличными."
        #expect(
            PassageSplitter().split(text).map(\.text) == [
                "Вопрос: Есть доставка?\nОтвет: Да, по городу.", "Вопрос: А рассрочка?\nОтвет: Да.",
                "Как оплатить?\n\nКартой или наличными.",
            ])
    }

    @Test func `paragraphs are joined and cut to the size that is asked for`() {
        let paragraph = String(repeating: "Диваны делаем под заказ за десять дней. ", count: 6)
        let passages = PassageSplitter().split((0..<40).map { _ in paragraph }.joined(separator: "\n\n"))
        #expect(passages.count > 5)
        #expect(passages.dropLast().allSatisfy { (200...500).contains($0.text.utf8.count / 5) })
        let long = PassageSplitter().split(String(repeating: "Диваны делаем под заказ за десять дней. ", count: 200))
        #expect(long.allSatisfy { $0.text.hasSuffix(".") && $0.text.utf8.count <= 2_500 })
    }

    private func check(_ text: String) {
        let passages = PassageSplitter().split(text)
        let (utf8, utf16) = (Array(text.utf8), Array(text.utf16))
        var end = 0
        for passage in passages {
            #expect(passage.utf8.lowerBound >= end && !passage.text.isEmpty)
            #expect(Array(passage.text.utf8) == Array(utf8[passage.utf8]))
            #expect(Array(passage.text.utf16) == Array(utf16[passage.utf16]))
            // What lies between passages are words of headings, which are in the title, and no others.
            let title = TokenList(passage.title)
            let titleWords = Set(title.tokens.map { title.form(of: $0) })
            let skipped = TokenList(String(decoding: utf8[end..<passage.utf8.lowerBound], as: UTF8.self))
            #expect(skipped.tokens.allSatisfy { titleWords.contains(skipped.form(of: $0)) }, "\(text.debugDescription)")
            end = passage.utf8.upperBound
        }
    }
}
