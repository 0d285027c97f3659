import Foundation
import Kernel
import KnowledgeBaseInterface
import Logging
import Persistence
import TestSupport

@testable import KnowledgeBase

/// A knowledge base over a fresh database, and what it told the others.
struct KnowledgeFixture: Sendable {
    let account = AccountID()
    let actor = Actor.user(UserID())
    let time = VirtualTime()
    let audit = RecordingAuditTrail()
    let sink = RecordingSink()
    let database: any Database
    let module: KnowledgeBaseModule

    init(_ engine: TestEngine, folder: URL? = nil) async throws {
        database = try await engine.database(KnowledgeBaseModule.migrations, sink: sink)
        module = Self.module(over: database, audit, time, folder)
    }

    /// Another process's module on the same database.
    func another(folder: URL? = nil) -> KnowledgeBaseModule { Self.module(over: database, audit, time, folder) }

    private static func module(
        over database: any Database, _ audit: RecordingAuditTrail, _ time: VirtualTime, _ folder: URL?
    ) -> KnowledgeBaseModule {
        KnowledgeBaseModule(database: database, audit: audit, indexFolder: folder, time: time, logger: Logger(label: "tests"))
    }

    @discardableResult
    func save(
        _ title: String, _ text: String, source: String? = nil, language: Language? = nil, id: EntryID? = nil,
        account: AccountID? = nil
    ) async throws -> KnowledgeEntry {
        try await module.editor.save(
            KnowledgeDraft(title: title, text: text, language: language, source: source), id: id, by: actor,
            account: account ?? self.account)
    }

    func find(_ question: String, in module: KnowledgeBaseModule? = nil, top: Int = 5, account: AccountID? = nil) async throws
        -> [KnowledgeHit]
    {
        try await (module ?? self.module).search.search(question, top: top, account: account ?? self.account)
    }

    /// Whether the citation is what stands in the version it names.
    func isExact(_ citation: Citation) async throws -> Bool {
        guard let entry = try await module.editor.entry(citation.entryID, version: citation.version, account: account) else {
            return false
        }
        let units = Array(entry.text.utf16)
        guard citation.start >= 0, citation.start < citation.end, citation.end <= units.count else { return false }
        return String(decoding: units[citation.start..<citation.end], as: UTF16.self) == citation.quote
            && entry.title == citation.title
    }

    static let prices = """
        # Прайс-лист 🛋

        ## Диваны 👩‍👩‍👧‍👦
        | Модель | Цена |
        |---|---|
        | Диван «Осло» | 189 000 ₸ |
        | Диван «Берген» | 249 000 ₸ |

        ## Доставка
        По городу бесплатно 🚚. Подъём на этаж — 500 ₸.

        Гарантия на диваны два года.
        """
}
