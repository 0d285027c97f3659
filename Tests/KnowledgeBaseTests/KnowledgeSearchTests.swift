import Kernel
import KnowledgeBase
import KnowledgeBaseInterface
import TestSupport
import Testing

struct KnowledgeSearchTests {
    @Test(arguments: TestEngine.all)
    func `a question finds the line that answers it, quoted exactly`(engine: TestEngine) async throws {
        let base = try await KnowledgeFixture(engine)
        try await base.save("Прайс-лист", KnowledgeFixture.prices, source: "price.md")
        try await base.save("О нас", "Мы делаем мебель с 1998 года. Наш салон на Абая 10.")

        let hits = try await base.find("Сколько стоит диван?")
        let hit = try #require(hits.first)
        #expect(["Диван «Осло» | 189 000 ₸", "Диван «Берген» | 249 000 ₸"].contains(hit.citation.quote))
        #expect(hit.citation.title == "Прайс-лист" && hit.citation.version == 1 && hit.source == "price.md" && hit.score > 0)
        #expect(hit.passage.contains("| Диван «Осло» | 189 000 ₸ |"))
        #expect(try await base.find("сколько стоит подъём на этаж").first?.citation.quote == "Подъём на этаж — 500 ₸.")
        for question in ["Сколько стоит диван?", "гарантия", "доставка по городу", "салон Абая"] {
            let hits = try await base.find(question)
            #expect(!hits.isEmpty)
            for hit in hits { #expect(try await base.isExact(hit.citation), "\(question): \(hit.citation)") }
        }
    }

    @Test(arguments: TestEngine.all)
    func `offsets are exact between emoji, line breaks and removed characters`(engine: TestEngine) async throws {
        let base = try await KnowledgeFixture(engine)
        let text = "\r\n👩‍👩‍👧‍👦👍🏽 При\u{200B}вет\u{E0041}!\r\n\u{202E}Диван\u{FEFF} 🛋️ стоит 100 ₸ e\u{301}.\rКресло 🇰🇿 стоит 50 ₸.\u{0}\n"
        let entry = try await base.save("  Цены\n\u{200F}все  ", text)
        #expect(entry.title == "Цены все")
        #expect(entry.text == "👩‍👩‍👧‍👦👍🏽 Привет!\nДиван 🛋️ стоит 100 ₸ é.\nКресло 🇰🇿 стоит 50 ₸.")
        #expect(
            Array(entry.text.utf16)
                == Array(try #require(try await base.module.editor.entry(entry.id, version: 1, account: base.account)).text.utf16)
        )
        for (question, quote) in [
            ("сколько стоит диван", "Диван 🛋️ стоит 100 ₸ é."), ("сколько стоит кресло", "Кресло 🇰🇿 стоит 50 ₸."),
        ] {
            let hit = try #require(try await base.find(question).first)
            #expect(hit.citation.quote == quote)
            #expect(try await base.isExact(hit.citation))
        }
    }

    @Test(arguments: TestEngine.all)
    func `another account finds, reads, changes and deletes nothing`(engine: TestEngine) async throws {
        let base = try await KnowledgeFixture(engine)
        let stranger = AccountID()
        let entry = try await base.save("Прайс", "Диван стоит 189 000 ₸", source: "price.md")
        #expect(try await base.find("диван").count == 1)
        #expect(try await base.find("диван", account: stranger).isEmpty)
        #expect(try await base.module.editor.entry(entry.id, version: 1, account: stranger) == nil)
        #expect(try await base.module.editor.entries(of: stranger, after: nil, limit: 10).elements.isEmpty)
        await #expect(throws: Problem.notFound) { try await base.save("a", "b", id: entry.id, account: stranger) }
        await #expect(throws: Problem.notFound) {
            try await base.module.editor.delete(entry.id, by: base.actor, account: stranger)
        }
        // The same source is an entry of its own there.
        let theirs = try await base.save("Прайс", "Шкаф стоит 1 ₸", source: "price.md", account: stranger)
        #expect(theirs.id != entry.id && theirs.version == 1)
        #expect(try await base.find("шкаф").isEmpty)
        #expect(try await base.find("диван", account: stranger).isEmpty)
    }

    @Test(arguments: TestEngine.all)
    func `what was deleted is not found from the moment on`(engine: TestEngine) async throws {
        let base = try await KnowledgeFixture(engine)
        let other = base.another()
        let entry = try await base.save("Прайс", "Диван стоит 189 000 ₸")
        try await base.save("Адрес", "Салон на Абая")
        #expect(try await base.find("диван").count == 1)
        #expect(try await base.find("диван", in: other).count == 1)
        try await base.module.editor.delete(entry.id, by: base.actor, account: base.account)
        #expect(try await base.find("диван").isEmpty)
        #expect(try await base.find("диван", in: other).isEmpty)
        #expect(try await base.find("салон", in: other).count == 1)
        await #expect(throws: Problem.notFound) {
            try await base.module.editor.delete(entry.id, by: base.actor, account: base.account)
        }
    }

    @Test(arguments: TestEngine.all)
    func `another process sees every change at its next search`(engine: TestEngine) async throws {
        let base = try await KnowledgeFixture(engine)
        let other = base.another()
        #expect(try await base.find("диван", in: other).isEmpty)
        let entry = try await base.save("Прайс", "Диван стоит 189 000 ₸")
        #expect(try await base.find("диван", in: other).first?.citation.quote == "Диван стоит 189 000 ₸")
        try await base.save("Прайс", "Диван стоит 199 000 ₸", id: entry.id)
        #expect(try await base.find("диван", in: other).map(\.citation.quote) == ["Диван стоит 199 000 ₸"])
        let draft = KnowledgeDraft(title: "Ответ", text: "Кресло стоит 5 ₸", language: nil, source: "q1")
        #expect(try await other.editor.importAll([draft], by: .system, account: base.account) { _ in } == 1)
        #expect(try await base.find("кресло").first?.citation.quote == "Кресло стоит 5 ₸")
    }

    @Test(arguments: TestEngine.all)
    func `each save is searchable when it returns, however many run at once`(engine: TestEngine) async throws {
        let base = try await KnowledgeFixture(engine)
        _ = try await base.find("ничего")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<24 {
                group.addTask {
                    try await base.save("Модель \(number)", "Изделие арт\(number)икул стоит \(number) ₸")
                    let found = try await base.find("арт\(number)икул")
                    #expect(found.first?.citation.title == "Модель \(number)")
                }
            }
            try await group.waitForAll()
        }
        #expect(try await base.find("изделие", top: 50).count == 24)
        #expect(try await base.find("изделие", in: base.another(), top: 50).count == 24)
    }

    @Test func `a search asks for no more than it may`() async throws {
        let base = try await KnowledgeFixture(.sqlite)
        for number in 0..<60 { try await base.save("Модель \(number)", "Диван номер \(number)") }
        #expect(try await base.find("диван", top: 1_000_000).count == 50)
        #expect(try await base.find("диван", top: 3).count == 3)
        for top in [0, -1, Int.min] { #expect(try await base.find("диван", top: top).isEmpty) }
        for question in ["", " \n", "\u{200B}", "?!", "a \u{0} b"] { #expect(try await base.find(question).isEmpty) }
        #expect(try await base.find(String(repeating: "слово ", count: 100_000) + "диван").isEmpty)
        #expect(try await base.find("диван " + String(repeating: "слово ", count: 100_000)).count == 5)
    }
}
