import Kernel
import PassageIndex
import Persistence

/// Passages, as the index and the search see them.
struct PassageStore {
    let transaction: any SQLTransaction
    let account: AccountID

    init(_ transaction: any SQLTransaction) throws {
        self.transaction = transaction
        account = try transaction.scopedAccount
    }

    // MARK: Hits

    /// A passage that the index found, with what a citation needs.
    struct Row: Sendable {
        let entry: EntryID
        let version: Int
        let title: String
        let source: String?
        /// UTF-16 units of the version's text.
        let start: Int
        let text: String
    }

    /// Those of `ids` that still stand.
    func rows(_ ids: [Identifier<PassageSubject>]) throws -> [Identifier<PassageSubject>: Row] {
        guard !ids.isEmpty else { return [:] }
        let found = try transaction.rows(
            """
            SELECT p.id, p.entry_id, p.version, p.start_at, p.text, e.source, v.title FROM knowledge_passage p
            JOIN knowledge_entry e ON e.account_id = p.account_id AND e.id = p.entry_id
            JOIN knowledge_version v ON v.account_id = p.account_id AND v.entry_id = p.entry_id AND v.version = p.version
            WHERE p.account_id = \(account) AND p.id IN (\(list: ids))
            """
        ) { row -> (Identifier<PassageSubject>, Row) in
            (
                try row.id("id"),
                Row(
                    entry: try row.id("entry_id"), version: try row.int("version"), title: try row.text("title"),
                    source: try row.optionalText("source"), start: try row.int("start_at"), text: try row.text("text"))
            )
        }
        return Dictionary(found, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Filling an index

    func count() throws -> Int {
        try transaction.count("SELECT count(*) AS count FROM knowledge_passage WHERE account_id = \(account)")
    }

    /// The passages after `last` in the order of their ids.
    func passages(after last: Identifier<PassageSubject>?, limit: Int) throws -> [Passage] {
        var sql: SQL = """
            SELECT id, entry_id, language, title, text FROM knowledge_passage WHERE account_id = \(account)
            """
        if let last { sql += " AND id > \(last)" }
        sql += " ORDER BY id LIMIT \(limit)"
        return try transaction.rows(sql, Passage.init(row:))
    }

    /// Entries changed after `position`, oldest change first: as many as have about `limit` passages together, one at least.
    func changes(after position: EntryCursor, limit: Int) throws -> ChangePage {
        let rows = try transaction.rows(
            """
            SELECT e.id, e.revision, e.version, e.deleted_at, v.passages FROM knowledge_entry e
            JOIN knowledge_version v ON v.account_id = e.account_id AND v.entry_id = e.id AND v.version = e.version
            WHERE e.account_id = \(account) AND (e.revision, e.id) > (\(position.revision), \(position.id))
            ORDER BY e.revision, e.id LIMIT \(Self.mostEntries)
            """
        ) { row in
            ChangePage.Change(
                id: try row.id("id"), revision: try row.integer("revision"), isNew: try row.int("version") == 1,
                isDeleted: try row.optionalInteger("deleted_at") != nil, passages: try row.int("passages"))
        }
        var (taken, sum): ([ChangePage.Change], Int) = ([], 0)
        for row in rows {
            if !taken.isEmpty, sum + row.passages > limit { break }
            taken.append(row)
            sum += row.passages
        }
        let living = taken.filter { !$0.isDeleted }.map(\.id)
        let passages =
            living.isEmpty
            ? []
            : try transaction.rows(
                """
                SELECT id, entry_id, language, title, text FROM knowledge_passage
                WHERE account_id = \(account) AND entry_id IN (\(list: living)) ORDER BY entry_id, ordinal
                """, Passage.init(row:))
        return ChangePage(changes: taken, passages: passages, isLast: taken.count == rows.count && rows.count < Self.mostEntries)
    }

    private static let mostEntries = 500
}

/// Changed entries, and the passages of those that are not deleted.
struct ChangePage: Sendable {
    struct Change: Sendable {
        let id: EntryID
        let revision: Int64
        /// In its first version: no index has other passages of it.
        let isNew: Bool
        let isDeleted: Bool
        let passages: Int
    }

    let changes: [Change]
    let passages: [Passage]
    let isLast: Bool
}

extension Passage {
    fileprivate init(row: any SQLRow) throws {
        self.init(
            id: try row.id("id"), entry: try row.id("entry_id"), title: try row.text("title"), text: try row.text("text"),
            language: try row.choice("language"))
    }
}
