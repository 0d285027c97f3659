import AuditInterface
import Kernel
import KnowledgeBase
import KnowledgeBaseInterface
import TestSupport
import Testing

struct KnowledgeEditorTests {
    @Test(arguments: TestEngine.all)
    func `citations stay resolvable after edits and deletion`(engine: TestEngine) async throws {
        let base = try await KnowledgeFixture(engine)
        let first = try await base.save("Прайс", KnowledgeFixture.prices)
        let cited = try #require(try await base.find("сколько стоит диван").first).citation
        base.time.advance(by: .seconds(60))
        let second = try await base.save("Прайс 2027", "Диван стоит 300 000 ₸", id: first.id)
        #expect(second.id == first.id && second.version == 2 && second.updatedAt > first.updatedAt)
        #expect(try await base.isExact(cited))
        #expect(try await base.find("диван").map(\.citation.version) == [2])
        try await base.module.editor.delete(first.id, by: base.actor, account: base.account)
        #expect(try await base.isExact(cited))
        #expect(try await base.module.editor.entry(first.id, version: nil, account: base.account) == nil)
        #expect(try await base.module.editor.entry(first.id, version: 2, account: base.account)?.title == "Прайс 2027")
        #expect(try await base.module.editor.entry(first.id, version: 3, account: base.account) == nil)
        await #expect(throws: Problem.notFound) { try await base.save("a", "b", id: first.id) }
    }

    @Test(arguments: TestEngine.all)
    func `the same file twice is one entry and, unchanged, one version`(engine: TestEngine) async throws {
        let base = try await KnowledgeFixture(engine)
        let first = try await base.save("Прайс", "Диван 1 ₸", source: "price.md", language: .russian)
        base.time.advance(by: .seconds(5))
        let again = try await base.save("Прайс", "Диван 1 ₸\r\n", source: "price.md", language: .russian)
        #expect(again.id == first.id && again.version == 1 && again.updatedAt == first.updatedAt)
        let changed = try await base.save("Прайс", "Диван 2 ₸", source: "price.md", language: .russian)
        #expect(changed.id == first.id && changed.version == 2)
        #expect(try await base.module.editor.entries(of: base.account, after: nil, limit: 10).elements.map(\.version) == [2])
        // A deleted file that comes back is a new entry; the old one's citations stay its own.
        try await base.module.editor.delete(first.id, by: base.actor, account: base.account)
        let back = try await base.save("Прайс", "Диван 2 ₸", source: "price.md")
        #expect(back.id != first.id && back.version == 1)
        #expect(try await base.find("диван").map(\.citation.entryID) == [back.id])
    }

    @Test(arguments: TestEngine.all)
    func `concurrent saves of one source make one entry with as many versions`(engine: TestEngine) async throws {
        let base = try await KnowledgeFixture(engine)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<12 { group.addTask { try await base.save("Прайс", "Диван \(number) ₸", source: "price.md") } }
            try await group.waitForAll()
        }
        let entries = try await base.module.editor.entries(of: base.account, after: nil, limit: 10).elements
        #expect(entries.map(\.version) == [12])
        #expect(try await base.find("диван").map(\.citation.version) == [12])
    }

    @Test(arguments: TestEngine.all)
    func `an unchanged field comes back as it was given`(engine: TestEngine) async throws {
        let base = try await KnowledgeFixture(engine)
        let made = try await base.save("Price", "A sofa is $100", source: "en/price", language: .english)
        let found = try #require(try await base.module.editor.entry(made.id, version: nil, account: base.account))
        #expect(
            found.title == "Price" && found.text == "A sofa is $100" && found.language == .english && found.source == "en/price")
        #expect(found.passages == 1 && found.size == 14 && found.updatedAt == base.time.now() && found.version == 1)
        let edited = try await base.save("Price", "A sofa is $120", id: made.id)
        #expect(edited.source == "en/price" && edited.version == 2)
        #expect(try await base.save("Баға", "Диванның бағасы 5 теңге").language == .kazakh)
    }

    @Test(arguments: TestEngine.all)
    func `every change leaves one audit line and one event, an unchanged save none`(engine: TestEngine) async throws {
        let base = try await KnowledgeFixture(engine)
        let entry = try await base.save("Прайс", "Диван 1 ₸")
        try await base.save("Прайс", "Диван 1 ₸", id: entry.id)
        try await base.save("Прайс", "Диван 2 ₸", id: entry.id)
        try await base.module.editor.delete(entry.id, by: base.actor, account: base.account)
        _ = try? await base.save("", "Диван", id: entry.id)
        #expect(base.audit.actions == ["knowledge.entry-created", "knowledge.entry-changed", "knowledge.entry-deleted"])
        #expect(base.audit.entries.allSatisfy { $0.object == "knowledge/\(entry.id)" && $0.actor == base.actor })
        let events = base.sink.events(of: KnowledgeChanged.self)
        #expect(events.map(\.version) == [1, 2, 2])
        #expect(events.map(\.deleted) == [false, false, true])
    }

    @Test(arguments: TestEngine.all)
    func `a list shows the last change first and pages without gaps`(engine: TestEngine) async throws {
        let base = try await KnowledgeFixture(engine)
        var ids: [EntryID] = []
        for number in 0..<7 { ids.append(try await base.save("Запись \(number)", "Текст \(number)").id) }
        try await base.save("Запись 0 снова", "Текст", id: ids[0])
        let expected = [ids[0]] + ids.dropFirst().reversed()
        for limit in [1, 2, 3, 6, 7, 8] {
            var (seen, cursor): ([EntryID], String?) = ([], nil)
            repeat {
                let page = try await base.module.editor.entries(of: base.account, after: cursor, limit: limit)
                #expect(page.elements.count <= limit && page.elements.allSatisfy { $0.text.isEmpty })
                seen += page.elements.map(\.id)
                cursor = page.next
            } while cursor != nil
            #expect(seen == expected, "limit \(limit)")
        }
        for cursor in ["", "x", "1", "1.x", "99999999999999999999.\(ids[0])"] {
            await #expect(throws: Problem.invalid(field: "after", "is not a cursor of this list")) {
                try await base.module.editor.entries(of: base.account, after: cursor, limit: 1)
            }
        }
    }

    @Test(arguments: [
        (300, 1, nil), (301, 1, "title"), (30_000, 1, "title"), (1, 2_000_000, nil), (1, 2_000_001, "text"), (0, 1, "title"),
        (1, 0, "text"),
    ])
    func `titles and texts have their limits`(title: Int, text: Int, field: String?) async throws {
        let base = try await KnowledgeFixture(.sqlite)
        do {
            let entry = try await base.save(String(repeating: "я", count: title), String(repeating: "я", count: text))
            #expect(field == nil && entry.size == text * 2)
        } catch let Problem.invalid(named, _) { #expect(named == field) }
    }
}
