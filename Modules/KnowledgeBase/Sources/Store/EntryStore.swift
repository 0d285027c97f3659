import Kernel
import KnowledgeBaseInterface
import Persistence

/// Entries and their versions, as the editor sees them.
struct EntryStore {
    let transaction: any SQLTransaction
    let account: AccountID

    init(_ transaction: any SQLTransaction) throws {
        self.transaction = transaction
        account = try transaction.scopedAccount
    }

    // MARK: Revisions

    /// Counts one change of the account's knowledge. The row stays locked until the commit, so changes commit in the order of
    /// their revisions, and writers of one account go one by one.
    func nextRevision() throws -> Int64 {
        let next = try transaction.row(
            """
            INSERT INTO knowledge_revision (account_id, revision) VALUES (\(account), 1)
            ON CONFLICT (account_id) DO UPDATE SET revision = knowledge_revision.revision + 1 RETURNING revision
            """
        ) { try $0.integer("revision") }
        guard let next else { throw SQLError.engine(code: "revision", message: "the counter returned nothing") }
        return next
    }

    /// 0 before the first change.
    func revision() throws -> Int64 {
        try transaction.row("SELECT revision FROM knowledge_revision WHERE account_id = \(account)") {
            try $0.integer("revision")
        } ?? 0
    }

    // MARK: Reading

    private static let columns: SQL = """
        e.id, e.source, v.version, v.title, v.language, v.passages, v.size, v.created_at
        """

    /// One version, also of a deleted entry; without a number the current one of a living entry.
    func entry(_ id: EntryID, version: Int?) throws -> KnowledgeEntry? {
        var sql: SQL = """
            SELECT \(sql: Self.columns), v.text FROM knowledge_entry e
            JOIN knowledge_version v ON v.account_id = e.account_id AND v.entry_id = e.id
            WHERE e.account_id = \(account) AND e.id = \(id)
            """
        if let version {
            sql += " AND v.version = \(version)"
        } else {
            sql += " AND v.version = e.version AND e.deleted_at IS NULL"
        }
        return try transaction.row(sql) { try KnowledgeEntry(row: $0, text: try $0.text("text")) }
    }

    /// A page, the last changed first, without texts. `matching` is looked for in titles and sources.
    func entries(matching text: String?, after cursor: EntryCursor?, limit: Int) throws -> [(
        entry: KnowledgeEntry, revision: Int64
    )] {
        var sql: SQL = """
            SELECT e.revision, \(sql: Self.columns) FROM knowledge_entry e
            JOIN knowledge_version v ON v.account_id = e.account_id AND v.entry_id = e.id AND v.version = e.version
            WHERE e.account_id = \(account) AND e.deleted_at IS NULL
            """
        if let text {
            let escaped = EntryKey.of(text).reduce(into: "") { $0 += "%_!".contains($1) ? "!\($1)" : String($1) }
            sql += " AND e.title_key LIKE \("%\(escaped)%") ESCAPE '!'"
        }
        if let cursor { sql += " AND (e.revision, e.id) < (\(cursor.revision), \(cursor.id))" }
        sql += " ORDER BY e.revision DESC, e.id DESC LIMIT \(limit)"
        return try transaction.rows(sql) { (try KnowledgeEntry(row: $0, text: ""), try $0.integer("revision")) }
    }

    /// Newest first, also of a deleted entry.
    func versions(of id: EntryID, before version: Int?, limit: Int) throws -> [EntryVersion] {
        var sql: SQL = """
            SELECT version, title, created_at, created_by FROM knowledge_version
            WHERE account_id = \(account) AND entry_id = \(id)
            """
        if let version { sql += " AND version < \(version)" }
        sql += " ORDER BY version DESC LIMIT \(limit)"
        return try transaction.rows(sql) {
            EntryVersion(
                version: try $0.int("version"), title: try $0.text("title"), createdAt: try $0.instant("created_at"),
                createdBy: try $0.text("created_by"))
        }
    }

    // MARK: Current versions

    /// What a save has to know about an entry that is there.
    struct Current: Sendable {
        let id: EntryID
        let version: Int
        let source: String?
        let digest: [UInt8]
        let savedAt: Instant
    }

    func current(_ id: EntryID) throws -> Current? { try current("e.id = \(id)").first }

    func current(sources: [String]) throws -> [String: Current] {
        var found: [String: Current] = [:]
        for start in stride(from: 0, to: sources.count, by: 200) {
            let part = sources[start..<min(start + 200, sources.count)]
            for entry in try current("e.source IN (\(list: part))") { if let source = entry.source { found[source] = entry } }
        }
        return found
    }

    private func current(_ condition: SQL) throws -> [Current] {
        try transaction.rows(
            """
            SELECT e.id, e.version, e.source, v.digest, v.created_at FROM knowledge_entry e
            JOIN knowledge_version v ON v.account_id = e.account_id AND v.entry_id = e.id AND v.version = e.version
            WHERE e.account_id = \(account) AND e.deleted_at IS NULL AND \(sql: condition)
            """
        ) {
            Current(
                id: try $0.id("id"), version: try $0.int("version"), source: try $0.optionalText("source"),
                digest: try $0.blob("digest"), savedAt: try $0.instant("created_at"))
        }
    }
}

/// Where a page of entries ended.
struct EntryCursor {
    let revision: Int64
    let id: EntryID

    init(revision: Int64, id: EntryID) { (self.revision, self.id) = (revision, id) }

    /// - Throws: `Problem.invalid` for text that no page handed out.
    init(_ text: String) throws {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let first = parts.first, let last = parts.last, let revision = Int64(first),
            let id = EntryID(last)
        else {
            throw Problem.invalid(field: "after", "is not a cursor of this list")
        }
        self.init(revision: revision, id: id)
    }

    var text: String { "\(revision).\(id)" }
}

/// One line of an entry's history.
struct EntryVersion: Sendable {
    let version: Int
    let title: String
    let createdAt: Instant
    /// `user/0197…`, `system`.
    let createdBy: String
}

/// What lists are filtered by: lower-case in every alphabet, which `lower()` is not on SQLite.
enum EntryKey {
    static func of(_ text: String) -> String { text.lowercased() }
    static func of(title: String, source: String?) -> String { of(source.map { "\(title)\n\($0)" } ?? title) }
}

extension KnowledgeEntry {
    fileprivate init(row: any SQLRow, text: String) throws {
        self.init(
            id: try row.id("id"), version: try row.int("version"), title: try row.text("title"), text: text,
            language: try row.optionalText("language").flatMap(Language.init(rawValue:)), source: try row.optionalText("source"),
            passages: try row.int("passages"), size: try row.int("size"), updatedAt: try row.instant("created_at"))
    }
}
