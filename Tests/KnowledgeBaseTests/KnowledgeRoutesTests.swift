import Foundation
import HTTPTypes
import Kernel
import KnowledgeBase
import KnowledgeBaseInterface
import TestSupport
import Testing

@testable import WebSupport

struct KnowledgeRoutesTests {
    private func call(
        _ base: KnowledgeFixture, _ method: HTTPRequest.Method, _ path: String, _ parameters: [String: String] = [:],
        query: String = "",
        body: String = "", type: String = "application/json", account: AccountID? = nil
    ) async throws -> (status: Int, json: [String: Any]) {
        let route = try #require(base.module.routes.first { $0.method == method && $0.path == "/api/v1/knowledge/\(path)" })
        let caller = Caller(
            principal: Principal(
                account: account ?? base.account, actor: base.actor, name: "Анна", role: .owner,
                permissions: Role.owner.permissions),
            means: .apiKey)
        let reply = try await route.handler(
            Call(
                method: method, path: path, headers: [.contentType: type], body: Array(body.utf8), requestID: "r",
                client: ClientAddress("127.0.0.1"), caller: caller, isStillAllowed: { true }, parameters: parameters,
                queryText: query))
        guard case .bytes(let bytes) = reply.body else { return (reply.status.code, [:]) }
        return (reply.status.code, try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]))
    }

    @Test(arguments: TestEngine.all)
    func `an entry is added, read, changed, listed and deleted`(engine: TestEngine) async throws {
        let base = try await KnowledgeFixture(engine)
        let made = try await call(
            base, .post, "entries", body: #"{"title":"Прайс 100%","text":"Диван 🛋 стоит 1 ₸","language":"ru"}"#)
        let id = try #require(made.json["id"] as? String)
        #expect(made.status == 201)
        #expect(
            Set(made.json.keys) == [
                "id", "title", "language", "kind", "source", "version", "passages", "size", "updated_at", "text",
            ])
        #expect(made.json["source"] is NSNull && made.json["kind"] as? String == "text" && made.json["version"] as? Int == 1)
        #expect(made.json["updated_at"] as? String == "2026-03-02T06:00:00.000Z" && made.json["language"] as? String == "ru")
        #expect(try await call(base, .get, "entries/{id}", ["id": id]).json["text"] as? String == "Диван 🛋 стоит 1 ₸")
        let changed = try await call(
            base, .put, "entries/{id}", ["id": id], body: #"{"title":"Прайс","text":"Диван стоит 2 ₸","language":null}"#)
        #expect(changed.status == 200 && changed.json["version"] as? Int == 2)

        let versions = try await call(base, .get, "entries/{id}/versions", ["id": id], query: "limit=1")
        let items = try #require(versions.json["items"] as? [[String: Any]])
        #expect(items.map { $0["version"] as? Int } == [2] && versions.json["next"] as? String == "2")
        #expect(items.first?["created_by"] as? String == "user/\(base.actor.reference ?? "")")
        let older = try await call(base, .get, "entries/{id}/versions", ["id": id], query: "after=2")
        #expect((older.json["items"] as? [[String: Any]])?.map { $0["version"] as? Int } == [1] && older.json["next"] is NSNull)

        let found = try await call(
            base, .get, "search",
            query: "q=\("сколько стоит диван".addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")")
        let hit = try #require((found.json["items"] as? [[String: Any]])?.first)
        #expect(Set(hit.keys) == ["entry_id", "version", "title", "quote", "start", "end", "score"])
        #expect(
            hit["quote"] as? String == "Диван стоит 2 ₸" && hit["entry_id"] as? String == id && hit["start"] as? Int == 0
                && hit["end"] as? Int == 15)

        #expect(try await call(base, .delete, "entries/{id}", ["id": id]).status == 204)
        await #expect(throws: Problem.notFound) { try await call(base, .get, "entries/{id}", ["id": id]) }
        #expect(
            try await call(base, .get, "entries/{id}/versions/{version}", ["id": id, "version": "1"]).json["title"] as? String
                == "Прайс 100%")
        for version in ["0", "3", "-1", "x", "99999999999999999999"] {
            await #expect(throws: Problem.notFound) {
                try await call(base, .get, "entries/{id}/versions/{version}", ["id": id, "version": version])
            }
        }
    }

    @Test(arguments: TestEngine.all)
    func `a list is filtered by title and file name, whatever the case`(engine: TestEngine) async throws {
        let base = try await KnowledgeFixture(engine)
        try await base.save("Прайс ДИВАНЫ", "a")
        try await base.save("Скидка 100%", "a", source: "Sale_2027.md")
        func titles(_ query: String) async throws -> [String] {
            let encoded = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let items = try await call(base, .get, "entries", query: "q=\(encoded)").json["items"] as? [[String: Any]]
            return (items ?? []).compactMap { $0["title"] as? String }
        }
        #expect(try await titles("") == ["Скидка 100%", "Прайс ДИВАНЫ"])
        #expect(try await titles("диваны") == ["Прайс ДИВАНЫ"])
        #expect(try await titles("sale_") == ["Скидка 100%"])
        #expect(try await titles("0%") == ["Скидка 100%"])
        #expect(try await titles("%") == ["Скидка 100%"])
        #expect(try await titles("_") == ["Скидка 100%"])
        #expect(try await titles("!").isEmpty)
    }

    @Test func `a file becomes an entry, and a new version when it comes again`() async throws {
        let base = try await KnowledgeFixture(.sqlite)
        let first = try await call(
            base, .post, "files", query: "name=price%E2%80%AE.html&language=ru",
            body: "<title>Прайс</title><p>Диван 1 ₸<script>x</script>", type: "text/html")
        #expect(first.status == 201 && first.json["kind"] as? String == "file" && first.json["source"] as? String == "price.html")
        #expect(first.json["title"] as? String == "Прайс" && first.json["text"] as? String == "Диван 1 ₸")
        let again = try await call(
            base, .post, "files", query: "name=price.html&language=ru", body: "<title>Прайс</title><p>Диван 2 ₸",
            type: "text/html")
        #expect(again.json["id"] as? String == first.json["id"] as? String && again.json["version"] as? Int == 2)
        let routes = base.module.routes.filter { $0.path.hasSuffix("/files") }
        #expect(routes.map(\.bodyLimit) == [25 << 20])
    }

    @Test(arguments: [
        ("", "text/plain", "x", "name"), ("name=", "text/plain", "x", "name"),
        ("name=a.txt&language=de", "text/plain", "x", "language"),
        ("name=a.txt", "text/plain", "", "file"), ("name=a.txt", "text/plain", "%PDF-1.7", "file"),
        ("name=a.docx", "application/msword", "x", "file"),
        ("name=" + String(repeating: "a", count: 297) + ".txt", "text/plain", "x", "source"),
        ("name=a.txt", "text/plain", "\u{200B}", "text"),
    ])
    func `a file that cannot be taken says why`(query: String, type: String, body: String, field: String) async throws {
        let base = try await KnowledgeFixture(.sqlite)
        do {
            _ = try await call(base, .post, "files", query: query, body: body, type: type)
            Issue.record("accepted")
        } catch let Problem.invalid(named, reason) { #expect(named == field, "\(reason)") }
    }

    @Test func `a search wants a question and a sensible number`() async throws {
        let base = try await KnowledgeFixture(.sqlite)
        for query in ["", "q=", "q=a&top=0", "q=a&top=51", "q=a&top=x", "q=a&top=99999999999999999999"] {
            await #expect(throws: Problem.self) { try await call(base, .get, "search", query: query) }
        }
        #expect((try await call(base, .get, "search", query: "q=a&top=50").json["items"] as? [Any])?.isEmpty == true)
    }

    @Test func `reading needs the right to read, changing the right to change`() async throws {
        let base = try await KnowledgeFixture(.sqlite)
        for route in base.module.routes {
            #expect(
                route.access == .permission(route.method == .get ? .readKnowledge : .writeKnowledge) && route.scope == .account)
            #expect((route.audit == .inTransaction) == (route.method != .get))
        }
    }
}
