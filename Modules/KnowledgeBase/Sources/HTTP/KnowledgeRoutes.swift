import HTTPTypes
import Kernel
import KnowledgeBaseInterface
import WebSupport

/// `/api/v1/knowledge`: entries, their versions, file upload and search.
struct KnowledgeRoutes: Sendable {
    let editor: LiveKnowledgeEditor
    let search: any KnowledgeSearch

    private typealias Document = KnowledgeDocuments
    private static let root = "/api/v1/knowledge"
    private static let entry = "\(root)/entries/{id}"
    /// A longer text is uploaded as a file.
    private static let bodyLimit = 1 << 20

    var all: [Route] { reading + writing }

    private var reading: [Route] {
        [
            Route(
                .get, "\(Self.root)/entries", "Lists entries, the last changed first; `q` looks in titles and file names",
                access: .permission(.readKnowledge), response: .page(of: Document.Item.self), handler: list),
            Route(
                .get, Self.entry, "An entry with its current text", access: .permission(.readKnowledge),
                response: .of(Document.Entry.self),
                handler: current),
            Route(
                .get, "\(Self.entry)/versions", "An entry's versions, newest first", access: .permission(.readKnowledge),
                response: .page(of: Document.Version.self), handler: versions),
            Route(
                .get, "\(Self.entry)/versions/{version}", "One version, also of a deleted entry",
                access: .permission(.readKnowledge),
                response: .of(Document.Entry.self), handler: version),
            Route(
                .get, "\(Self.root)/search", "The passages that best answer a question, with exact quotes",
                access: .permission(.readKnowledge), response: .of(Document.Results.self), handler: find),
        ]
    }

    private var writing: [Route] {
        [
            Route(
                .post, "\(Self.root)/entries", "Adds an entry", access: .permission(.writeKnowledge), bodyLimit: Self.bodyLimit,
                audit: .inTransaction, request: .of(Document.Draft.self), response: .of(Document.Entry.self), handler: add),
            Route(
                .put, Self.entry, "Makes a new version of an entry", access: .permission(.writeKnowledge),
                bodyLimit: Self.bodyLimit,
                audit: .inTransaction, request: .of(Document.Draft.self), response: .of(Document.Entry.self), handler: change),
            Route(
                .delete, Self.entry, "Deletes an entry; its versions stay for citations", access: .permission(.writeKnowledge),
                audit: .inTransaction, handler: delete),
            Route(
                .post, "\(Self.root)/files", "Adds a text, Markdown or HTML file, or a new version of the entry of that name",
                access: .permission(.writeKnowledge), bodyLimit: KnowledgeLimits.file, audit: .inTransaction,
                response: .of(Document.Entry.self), handler: upload),
        ]
    }

    // MARK: Reading

    private func list(_ call: Call) async throws -> Reply {
        let page = try await editor.entries(
            of: try call.account, matching: call.query("q"), after: call.query("after"), limit: try call.limit())
        return try Reply.json(page.map(Document.Item.init))
    }

    private func current(_ call: Call) async throws -> Reply {
        guard let entry = try await editor.entry(try call.id(), version: nil, account: try call.account) else {
            throw Problem.notFound
        }
        return try Reply.json(Document.Entry(entry))
    }

    private func versions(_ call: Call) async throws -> Reply {
        let page = try await editor.versions(
            of: try call.id(), account: try call.account, after: call.query("after"), limit: try call.limit())
        return try Reply.json(page.map(Document.Version.init))
    }

    private func version(_ call: Call) async throws -> Reply {
        guard let number = Int(try call.parameter("version")), number > 0,
            let entry = try await editor.entry(try call.id(), version: number, account: try call.account)
        else { throw Problem.notFound }
        return try Reply.json(Document.Entry(entry))
    }

    private func find(_ call: Call) async throws -> Reply {
        guard let question = call.query("q"), !question.isEmpty else {
            throw Problem.invalid(field: "q", "what to look for is missing")
        }
        var top = 10
        if let text = call.query("top") {
            guard let number = Int(text), (1...KnowledgeLimits.hits).contains(number) else {
                throw Problem.invalid(field: "top", "expected a number from 1 to \(KnowledgeLimits.hits)")
            }
            top = number
        }
        let hits = try await search.search(question, top: top, account: try call.account)
        return try Reply.json(Document.Results(items: hits.map(Document.Found.init)))
    }

    // MARK: Writing

    private func add(_ call: Call) async throws -> Reply {
        let body: Document.Draft = try call.decode()
        let entry = try await editor.save(body.draft, id: nil, by: try call.principal.actor, account: try call.account)
        return try Reply.json(Document.Entry(entry), status: .created)
    }

    private func change(_ call: Call) async throws -> Reply {
        let (id, body): (EntryID, Document.Draft) = (try call.id(), try call.decode())
        let entry = try await editor.save(body.draft, id: id, by: try call.principal.actor, account: try call.account)
        return try Reply.json(Document.Entry(entry))
    }

    private func delete(_ call: Call) async throws -> Reply {
        try await editor.delete(try call.id(), by: try call.principal.actor, account: try call.account)
        return .noContent
    }

    private func upload(_ call: Call) async throws -> Reply {
        guard let name = call.query("name"), !name.isEmpty else {
            throw Problem.invalid(field: "name", "the file's name is missing")
        }
        let language = try call.query("language").flatMap { $0.isEmpty ? nil : $0 }.map { text in
            guard let language = Language(rawValue: text) else {
                throw Problem.invalid(field: "language", "expected en, ru or kk")
            }
            return language
        }
        let (bytes, type) = (call.body, call.headers[.contentType])
        let drafts = try await editor.indexes.work.texts.run {
            try KnowledgeImport.document(name, bytes, contentType: type, language: language)
        }
        let entry = try await editor.save(drafts, id: nil, by: try call.principal.actor, account: try call.account)
        return try Reply.json(Document.Entry(entry), status: .created)
    }
}
