import AuditInterface
import BotEngineInterface
import ConversationsInterface
import Kernel
import KnowledgeBaseInterface
import Synchronization
import TestSupport
import Testing

@testable import BotEngine

@Suite struct BuiltinTests {
    @Test func `the price is answered with the quoted line and its source`() async throws {
        let bench = try await BotBench()
        bench.addPrices()
        let state = try await bench.ask("Сколько стоит диван?")
        let reply = try #require(state.replies.first)
        #expect(reply.text.hasSuffix("Диван «Осло» — 189 000 ₸"))
        #expect(reply.citations.map(\.quote) == ["Диван «Осло» — 189 000 ₸"])
    }

    @Test func `a discount that no source states is blocked and a person called`() async throws {
        let bench = try await BotBench()
        bench.addPrices()
        let answer = try await bench.module.tryout.ask("А скидку 80 %?", language: nil, account: bench.account)
        #expect(answer.handOff == .unsupportedClaim)
        #expect(answer.blocked == "Да, верно: скидку 80 %.")
        let state = try await bench.ask("А скидку 80 %?")
        #expect(state.replies.isEmpty)
        #expect(state.handOffs == [.unsupportedClaim])
    }

    @Test func `a discount that a source states is confirmed with the quote`() async throws {
        let bench = try await BotBench()
        bench.knowledge.add("Скидка 10 % при заказе от двух диванов", quote: "Скидка 10 % при заказе от двух диванов")
        let state = try await bench.ask("А скидку 10 % дадите?")
        #expect(state.replies.first?.text.contains("Скидка 10 % при заказе") == true)
    }

    @Test(arguments: [
        ("Сколько стоит диван?", true), ("Диван қанша тұрады?", true), ("Цена дивана Осло?", true),
        ("сколько будет стоить диван", true),
        ("Сколько стоит диван Мадрид?", false), ("Сколько стоит шкаф?", false), ("Вы чините телефоны?", false),
        ("Сколько стоит диван X200?", false),
    ])
    func `only evidence on the question's own words is enough`(question: String, isAnswered: Bool) async throws {
        let bench = try await BotBench()
        bench.addPrices()
        let answer = try await bench.module.tryout.ask(question, language: nil, account: bench.account)
        #expect((answer.handOff == nil) == isAnswered)
        #expect(isAnswered || answer.handOff == .noAnswer)
    }

    @Test(arguments: [
        ("Здравствуйте!", "Здравствуйте"), ("спасибо большое", "Пожалуйста"), ("Hello", "Hello"),
        ("Сәлеметсіз бе", "Сәлеметсіз бе"),
        ("Рахмет", "Пожалуйста"), ("Thank you very much", "You are welcome"),
    ])
    func `a greeting or thanks gets a fixed reply`(text: String, start: String) async throws {
        let bench = try await BotBench()
        let answer = try await bench.module.tryout.ask(text, language: nil, account: bench.account)
        #expect(answer.text.hasPrefix(start))
        #expect(bench.knowledge.questions.withLock { $0 }.isEmpty)
    }

    @Test(arguments: [
        ("диван", "дивана"), ("доставка", "доставки"), ("скидку", "скидок"), ("диван", "диванның"), ("цена", "цены"),
    ])
    func `forms of one word are told`(a: String, b: String) { #expect(WordMatch.areForms(a, b)) }

    @Test(arguments: [("диван", "доставка"), ("стол", "стул"), ("кот", "код"), ("x200", "x201")])
    func `different words are told apart`(a: String, b: String) { #expect(!WordMatch.areForms(a, b)) }
}
