import Kernel
import PassageIndex
import Persistence

/// Writes new versions of many entries in few statements.
struct VersionWriter {
    /// An entry that gets its first or next version.
    struct Change: Sendable {
        let entry: PreparedEntry
        let id: EntryID
        let version: Int
        /// Kept from the entry when the draft names none.
        let source: String?
        var isNew: Bool { version == 1 }
    }

    let store: EntryStore
    let revision: Int64
    let now: Instant
    let author: String

    /// Rows in one statement: few enough for either engine's limit of values.
    private static let batch = 100

    func write(_ changes: [Change]) throws {
        try insertEntries(changes.filter(\.isNew))
        for change in changes where !change.isNew { try update(change) }
        let replaced = changes.filter { !$0.isNew }.map(\.id)
        try each(replaced) {
            try store.transaction.execute(
                "DELETE FROM knowledge_passage WHERE account_id = \(store.account) AND entry_id IN (\(list: $0))")
        }
        try insertVersions(changes)
        try insertPassages(changes)
    }

    /// Marks an entry deleted and drops its passages. False when there is none.
    func delete(_ id: EntryID) throws -> Bool {
        let changed = try store.transaction.execute(
            """
            UPDATE knowledge_entry SET deleted_at = \(now), updated_at = \(now), revision = \(revision)
            WHERE account_id = \(store.account) AND id = \(id) AND deleted_at IS NULL
            """)
        guard changed == 1 else { return false }
        try store.transaction.execute("DELETE FROM knowledge_passage WHERE account_id = \(store.account) AND entry_id = \(id)")
        return true
    }

    private func update(_ change: Change) throws {
        try store.transaction.execute(
            """
            UPDATE knowledge_entry SET version = \(change.version), revision = \(revision), updated_at = \(now),
              title_key = \(EntryKey.of(title: change.entry.title, source: change.source))
            WHERE account_id = \(store.account) AND id = \(change.id)
            """)
    }

    // NULLIF keeps every row's values of one type, so that all full batches are one prepared statement.

    private func insertEntries(_ changes: [Change]) throws {
        try each(changes) { part in
            var sql: SQL = """
                INSERT INTO knowledge_entry (account_id, id, version, revision, source, title_key, created_at, updated_at) VALUES 
                """
            for (offset, change) in part.enumerated() {
                if offset > 0 { sql += ", " }
                sql += """
                    (\(store.account), \(change.id), 1, \(revision), NULLIF(\(change.source ?? ""), ''),
                     \(EntryKey.of(title: change.entry.title, source: change.source)), \(now), \(now))
                    """
            }
            try store.transaction.execute(sql)
        }
    }

    private func insertVersions(_ changes: [Change]) throws {
        try each(changes) { part in
            var sql: SQL = """
                INSERT INTO knowledge_version
                  (account_id, entry_id, version, title, language, passages, size, digest, created_at, created_by, text) VALUES 
                """
            for (offset, change) in part.enumerated() {
                if offset > 0 { sql += ", " }
                sql += """
                    (\(store.account), \(change.id), \(change.version), \(change.entry.title),
                     NULLIF(\(change.entry.language?.rawValue ?? ""), ''),
                     \(change.entry.passages.count), \(change.entry.size), \(change.entry.digest), \(now), \(author), \(change.entry.text))
                    """
            }
            try store.transaction.execute(sql)
        }
    }

    private func insertPassages(_ changes: [Change]) throws {
        let rows = changes.flatMap { change in change.entry.passages.enumerated().map { (change, $0.offset, $0.element) } }
        try each(rows) { part in
            var sql: SQL = """
                INSERT INTO knowledge_passage
                  (account_id, id, entry_id, version, ordinal, start_at, end_at, language, title, text) VALUES 
                """
            for (offset, (change, ordinal, passage)) in part.enumerated() {
                if offset > 0 { sql += ", " }
                sql += """
                    (\(store.account), \(Identifier<PassageSubject>()), \(change.id), \(change.version), \(ordinal), \(passage.start),
                     \(passage.end), \(passage.language), \(passage.title), \(passage.text))
                    """
            }
            try store.transaction.execute(sql)
        }
    }

    private func each<Element>(_ all: [Element], _ body: (ArraySlice<Element>) throws -> Void) throws {
        for start in stride(from: 0, to: all.count, by: Self.batch) { try body(all[start..<min(start + Self.batch, all.count)]) }
    }
}
