package import Kernel

/// What a company knows, and where each statement stands.
package protocol KnowledgeSearch: Sendable {
    /// The passages that best answer `question`, best first, each with the exact quote.
    func search(_ question: String, top: Int, account: AccountID) async throws -> [KnowledgeHit]
}

/// Entries and their versions. A change makes a new version; citations go on pointing at the one they quoted.
package protocol KnowledgeEditor: Sendable {
    /// Creates an entry, or a new version when `draft.source` names one that exists (an import repeated). Searchable when it returns.
    func save(_ draft: KnowledgeDraft, id: EntryID?, by actor: Actor, account: AccountID) async throws -> KnowledgeEntry

    /// Saves many at once, in as few commits as sensible; `progress` hears how many are done. Each commit publishes one
    /// `KnowledgeImported` instead of a `KnowledgeChanged` for each entry.
    ///
    /// Returns how many entries are new or got a new version; unchanged ones are left alone. Nothing is stored when a draft is
    /// not acceptable; what was committed before another failure stays, and repeating the import goes on from there.
    func importAll(
        _ drafts: [KnowledgeDraft], by actor: Actor, account: AccountID, progress: @escaping @Sendable (Int) -> Void
    ) async throws -> Int

    func delete(_ id: EntryID, by actor: Actor, account: AccountID) async throws
    func entry(_ id: EntryID, version: Int?, account: AccountID) async throws -> KnowledgeEntry?
    func entries(of account: AccountID, after cursor: String?, limit: Int) async throws -> Page<KnowledgeEntry>
}

/// An entry about to be saved.
package struct KnowledgeDraft: Sendable {
    package let title: String
    package let text: String
    package let language: Language?
    /// A file's name or an importer's own id; nil for an entry typed by hand.
    package let source: String?

    package init(title: String, text: String, language: Language?, source: String?) {
        (self.title, self.text, self.language, self.source) = (title, text, language, source)
    }
}

/// One version of an entry.
package struct KnowledgeEntry: Sendable {
    package let id: EntryID
    package let version: Int
    package let title: String
    /// Empty in lists.
    package let text: String
    package let language: Language?
    package let source: String?
    package let passages: Int
    /// Of the text, in UTF-8 bytes.
    package let size: Int
    package let updatedAt: Instant

    package init(
        id: EntryID, version: Int, title: String, text: String, language: Language?, source: String?, passages: Int, size: Int,
        updatedAt: Instant
    ) {
        (self.id, self.version, self.title, self.text) = (id, version, title, text)
        (self.language, self.source, self.passages) = (language, source, passages)
        (self.size, self.updatedAt) = (size, updatedAt)
    }
}

/// One passage found, with the line that answers best.
package struct KnowledgeHit: Sendable {
    package let citation: Citation
    /// The whole passage, for a model's context.
    package let passage: String
    /// The entry's `source`, nil when typed by hand.
    package let source: String?
    /// BM25; comparable within one search only.
    package let score: Double

    package init(citation: Citation, passage: String, source: String?, score: Double) {
        (self.citation, self.passage, self.source, self.score) = (citation, passage, source, score)
    }
}

/// An entry was added, changed or deleted: every process brings its index up to date.
package struct KnowledgeChanged: LiveNoticeEvent {
    package static let name = "knowledge.entry-changed.v1"
    package let entry: EntryID
    package let version: Int
    package let deleted: Bool
    package var subject: String { entry.description }
    package var liveName: String { "knowledge.changed" }
    package var liveIdentifiers: [String: String] { ["entry_id": entry.description] }

    package init(entry: EntryID, version: Int, deleted: Bool) {
        (self.entry, self.version, self.deleted) = (entry, version, deleted)
    }
}

/// An import added or changed many entries in one commit.
package struct KnowledgeImported: LiveNoticeEvent {
    package static let name = "knowledge.entries-imported.v1"
    /// One of them, for live views that expect an id.
    package let last: EntryID
    package let count: Int
    package var subject: String { "import" }
    package var liveName: String { "knowledge.changed" }
    package var liveIdentifiers: [String: String] { ["entry_id": last.description] }

    package init(last: EntryID, count: Int) { (self.last, self.count) = (last, count) }
}
