import Kernel
import KnowledgeBaseInterface
import TestSupport
import Testing

@testable import KnowledgeBase

struct KnowledgeImportTests {
    private func drafts(_ text: String, _ name: String = "faq.jsonl") throws -> [KnowledgeDraft] {
        try KnowledgeImport.drafts(fromFile: name, Array(text.utf8))
    }

    @Test func `a JSONL file is an entry a line`() throws {
        let file = """
            \u{FEFF}{"id":"shop/delivery","title":"Доставка","text":"Бесплатно\\nвезде","language":"ru","url":"https://x","n":{"a":[1]}}

            {"id":17,"text":"A sofa"}\r
            """
        let found = try drafts(file)
        #expect(found.map(\.source) == ["shop/delivery", "17"])
        #expect(found.map(\.title) == ["Доставка", "17"])
        #expect(found.map(\.text) == ["Бесплатно\nвезде", "A sofa"])
        #expect(found.map(\.language) == [.russian, nil])
        #expect(try drafts("").isEmpty)
    }

    @Test(arguments: [
        ("{\"id\":\"a\",\"title\":\"t\"}", "\"text\" is missing"), ("{\"id\":\"a\"", "is not a JSON object"),
        ("[1]", "is not what is expected"),
        ("{\"id\":\"a\",\"text\":5}", "\"text\" is not what is expected"),
        ("{\"id\":\"a\",\"text\":\" \"}", "text: must not be empty"),
        ("{\"id\":\"\",\"text\":\"x\"}", "title: must not be empty"),
        ("{\"id\":\"a\",\"text\":\"x\",\"language\":\"de\"}", "language: \"de\" is none of en, ru, kk"),
        (String(repeating: "[", count: 5_000), "is not a JSON object"),
    ])
    func `a bad line is named by its number`(line: String, reason: String) {
        let error = #expect(throws: Problem.self) { try drafts("{\"id\":\"ok\",\"text\":\"x\"}\n\n\(line)\n") }
        guard case .invalid(let field, let text) = error else { return }
        #expect(field == "line 3" && text.hasSuffix(reason), "\(text)")
    }

    @Test func `a file is one draft with its own title or its name's`() throws {
        let html = try drafts("<title>Наш прайс</title><p>Диван 1 ₸", "C:\\price.html")
        #expect(html.map(\.title) == ["Наш прайс"] && html.map(\.source) == ["price.html"] && html.map(\.text) == ["Диван 1 ₸"])
        #expect(try drafts("# Доставка\nда", "a/b/delivery.md").map(\.title) == ["Доставка"])
        #expect(try drafts("Диван", "price.2027.txt").map(\.title) == ["price.2027"])
        #expect(try drafts("Диван", ".txt").map(\.title) == [".txt"])
        #expect(try drafts("<title>\(String(repeating: "я", count: 400))</title>x", "a.html").first?.title.count == 300)
        let error = #expect(throws: Problem.self) { try drafts("%PDF-1.4", "price.txt") }
        #expect(
            error
                == .invalid(field: "file", "this is a PDF; supported are plain text (.txt), Markdown (.md) and web pages (.html)")
        )
    }

    @Test(arguments: TestEngine.all)
    func `an import adds, changes and leaves alone`(engine: TestEngine) async throws {
        let base = try await KnowledgeFixture(engine)
        _ = try await base.find("диван")
        func draft(_ number: Int, _ price: Int) -> KnowledgeDraft {
            KnowledgeDraft(
                title: "Диван \(number)", text: "Диван м\(number)одель стоит \(price) ₸", language: .russian, source: "s\(number)"
            )
        }
        let progress = Recorder<Int>()
        let first = (0..<600).map { draft($0, 1) }
        #expect(
            try await base.module.editor.importAll(first, by: base.actor, account: base.account) { progress.append($0) } == 600)
        #expect(progress.all == [250, 500, 600])
        #expect(try await base.find("м599одель").first?.citation.quote == "Диван м599одель стоит 1 ₸")
        #expect(try await base.module.editor.importAll(first, by: base.actor, account: base.account) { _ in } == 0)
        let mixed = (0..<600).map { draft($0, $0 < 10 ? 2 : 1) } + [draft(600, 1), draft(5, 9), draft(601, 1), draft(601, 7)]
        #expect(try await base.module.editor.importAll(mixed, by: base.actor, account: base.account) { _ in } == 12)
        #expect(try await base.find("м5одель").first?.citation.quote == "Диван м5одель стоит 9 ₸")
        #expect(try await base.find("м5одель").first?.citation.version == 2)
        #expect(try await base.find("м601одель").first?.citation.quote == "Диван м601одель стоит 7 ₸")
        #expect(Set(base.audit.actions) == ["knowledge.entries-imported"] && base.audit.actions.count == 5)
        #expect(base.sink.events(of: KnowledgeImported.self).map(\.count) == [250, 250, 100, 9, 3])
        #expect(base.sink.events(of: KnowledgeChanged.self).isEmpty)
        let hit = try #require(try await base.find("м300одель").first)
        #expect(try await base.isExact(hit.citation))
    }

    @Test(arguments: TestEngine.all)
    func `an import with one bad draft stores nothing`(engine: TestEngine) async throws {
        let base = try await KnowledgeFixture(engine)
        let drafts = (0..<300).map { KnowledgeDraft(title: "a", text: $0 == 299 ? "" : "b", language: nil, source: "s\($0)") }
        await #expect(throws: Problem.invalid(field: "text", "must not be empty")) {
            try await base.module.editor.importAll(drafts, by: base.actor, account: base.account) { _ in }
        }
        #expect(try await base.module.editor.entries(of: base.account, after: nil, limit: 10).elements.isEmpty)
        #expect(try await base.module.editor.importAll([], by: base.actor, account: base.account) { _ in } == 0)
    }
}
