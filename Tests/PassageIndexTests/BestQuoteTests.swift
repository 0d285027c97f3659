import PassageIndex
import Testing

struct BestQuoteTests {
    static let prices = """
        Мебельный салон «Север». Диваны и кресла делаем под заказ.
        Кресло «Берген» — 95 000 ₸
        Диван «Осло» — 189 000 ₸
        Доставка дивана по городу — бесплатно, подъём 500 ₸ за этаж.
        Стол «Тромсё» — 74 000 ₸
        Срок изготовления 14 дней. Гарантия на диван два года.
        Работаем ежедневно с 10:00 до 20:00.
        """

    @Test(arguments: [
        ("Сколько стоит диван?", "Диван «Осло» — 189 000 ₸"),
        ("Диван қанша тұрады?", "Диван «Осло» — 189 000 ₸"),
        ("почём у вас кресла", "Кресло «Берген» — 95 000 ₸"),
        ("А доставка есть?", "Доставка дивана по городу — бесплатно, подъём 500 ₸ за этаж."),
        ("Какая гарантия на диван?", "Гарантия на диван два года."),
        ("Какой срок изготовления?", "Срок изготовления 14 дней."),
        ("До скольки вы работаете?", "Работаем ежедневно с 10:00 до 20:00."),
    ])
    func `a question gets the line that answers it`(question: String, answer: String) {
        let quote = BestQuote(answering: question, in: Self.prices)
        #expect(quote?.text == answer)
        #expect(quote.map { String(decoding: Array(Self.prices.utf8)[$0.utf8], as: UTF8.self) } == answer)
        #expect(quote.map { String(decoding: Array(Self.prices.utf16)[$0.utf16], as: UTF16.self) } == answer)
    }

    @Test func `a table row is quoted without its bars`() {
        let table = "| Модель | Цена |\r\n|---|---|\r\n| Диван «Осло» | 189 000 ₸ |\r\n| Стол | 74 000 ₸ |"
        #expect(BestQuote(answering: "сколько стоит стол", in: table)?.text == "Стол | 74 000 ₸")
        #expect(BestQuote(answering: "How much is диван", in: table)?.text == "Диван «Осло» | 189 000 ₸")
    }

    @Test func `the answer is quoted, not the question`() {
        let pair = "Вопрос: Сколько стоит доставка?\nОтвет: По городу 2 000 ₸."
        #expect(BestQuote(answering: "Сколько стоит доставка?", in: pair)?.text == "Ответ: По городу 2 000 ₸.")
        #expect(BestQuote(answering: "Доставка?", in: "Есть доставка?")?.text == "Есть доставка?")
    }

    @Test func `English and Kazakh lines answer too`() {
        let english = "We open at 9. The oak table is $450 with delivery. Sofas are made to order."
        #expect(
            BestQuote(answering: "How much does a table cost?", in: english)?.text
                == "The oak table is $450 with delivery.")
        let kazakh = "Жеткізу қала ішінде тегін. Диванның бағасы 189 000 теңге. Кепілдік екі жыл."
        #expect(BestQuote(answering: "Диван қанша тұрады?", in: kazakh)?.text == "Диванның бағасы 189 000 теңге.")
        #expect(BestQuote(answering: "Жеткізу бар ма?", in: kazakh)?.text == "Жеткізу қала ішінде тегін.")
    }

    @Test func `abbreviations and decimals end no sentence`() {
        let text = "Адрес: ул. Абая 10, кв. 5 и т.д. Доставка стоит 1.5 тыс. тенге за 3.5 км. Звоните!"
        #expect(
            BestQuote(answering: "сколько стоит доставка", in: text)?.text == "Доставка стоит 1.5 тыс. тенге за 3.5 км."
        )
    }

    @Test func `a passage that has nothing to do with the question scores 0`() {
        #expect(BestQuote(answering: "Где парковка?", in: "Диваны и кресла.")?.score == 0)
        #expect(BestQuote(answering: "диван", in: " — \n") == nil)
        #expect(BestQuote(answering: "", in: "Диван")?.score == 0)
    }
}
