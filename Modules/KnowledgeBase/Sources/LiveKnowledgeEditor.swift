import AuditInterface
import Kernel
import KnowledgeBaseInterface
import Persistence

/// Keeps entries in the account's database and this process's index up to date with them.
struct LiveKnowledgeEditor: KnowledgeEditor {
    let database: any Database
    let audit: any AuditTrail
    let indexes: AccountIndexes
    let time: any TimeSource

    func save(_ draft: KnowledgeDraft, id: EntryID?, by actor: Actor, account: AccountID) async throws -> KnowledgeEntry {
        let prepared = try await indexes.work.texts.run { try PreparedEntry(draft) }
        let (now, audit) = (time.now(), audit)
        let (entry, revision) = try await database.write(in: account) { transaction in
            let store = try EntryStore(transaction)
            let revision = try store.nextRevision()
            let known =
                try id.map { id in
                    guard let known = try store.current(id) else { throw Problem.notFound }
                    return known
                } ?? prepared.source.flatMap { try store.current(sources: [$0])[$0] }
            if let known, known.digest == prepared.digest {
                return (prepared.entry(known.id, known.version, known.source, known.savedAt), revision)
            }
            let change = prepared.change(of: known)
            try VersionWriter(store: store, revision: revision, now: now, author: actor.author).write([change])
            try audit.append(
                AuditEntry(
                    occurredAt: now, actor: actor, action: change.isNew ? "knowledge.entry-created" : "knowledge.entry-changed",
                    object: "knowledge/\(change.id)", detail: "version \(change.version)"), in: transaction)
            try transaction.publish(KnowledgeChanged(entry: change.id, version: change.version, deleted: false))
            return (prepared.entry(change.id, change.version, change.source, now), revision)
        }
        try await follow(account, revision)
        return entry
    }

    func delete(_ id: EntryID, by actor: Actor, account: AccountID) async throws {
        let (now, audit) = (time.now(), audit)
        let revision = try await database.write(in: account) { transaction in
            let store = try EntryStore(transaction)
            let revision = try store.nextRevision()
            guard let known = try store.current(id),
                try VersionWriter(store: store, revision: revision, now: now, author: actor.author).delete(id)
            else { throw Problem.notFound }
            try audit.append(
                AuditEntry(occurredAt: now, actor: actor, action: "knowledge.entry-deleted", object: "knowledge/\(id)"),
                in: transaction)
            try transaction.publish(KnowledgeChanged(entry: id, version: known.version, deleted: true))
            return revision
        }
        try await follow(account, revision)
    }

    func entry(_ id: EntryID, version: Int?, account: AccountID) async throws -> KnowledgeEntry? {
        try await database.read(in: account) { try EntryStore($0).entry(id, version: version) }
    }

    func entries(of account: AccountID, after cursor: String?, limit: Int) async throws -> Page<KnowledgeEntry> {
        try await entries(of: account, matching: nil, after: cursor, limit: limit)
    }

    /// Entries whose title or source holds `text`.
    func entries(of account: AccountID, matching text: String?, after cursor: String?, limit: Int) async throws -> Page<
        KnowledgeEntry
    > {
        let position = try cursor.map { try EntryCursor($0) }
        let wanted = text.map(TextCleaning.line).flatMap { $0.isEmpty ? nil : String($0.prefix(KnowledgeLimits.title)) }
        let found = try await database.read(in: account) { transaction in
            try EntryStore(transaction).entries(matching: wanted, after: position, limit: limit + 1)
        }
        return Page(found, size: limit) { EntryCursor(revision: $0.revision, id: $0.entry.id).text }.map(\.entry)
    }

    func versions(of id: EntryID, account: AccountID, after cursor: String?, limit: Int) async throws -> Page<EntryVersion> {
        let before = try cursor.map { text in
            guard let number = Int(text) else { throw Problem.invalid(field: "after", "is not a cursor of this list") }
            return number
        }
        let found = try await database.read(in: account) { try EntryStore($0).versions(of: id, before: before, limit: limit + 1) }
        if found.isEmpty, before == nil { throw Problem.notFound }
        return Page(found, size: limit) { String($0.version) }
    }

    /// Has an index that is in use here take the change in. One that is not reads it when it is first used.
    func follow(_ account: AccountID, _ revision: Int64) async throws {
        guard let index = indexes.existing(account), index.current != nil else { return }
        _ = try await index.reaching(revision)
    }
}

extension PreparedEntry {
    /// The next version of `known`, or a new entry.
    func change(of known: EntryStore.Current?) -> VersionWriter.Change {
        VersionWriter.Change(
            entry: self, id: known?.id ?? EntryID(), version: (known?.version ?? 0) + 1,
            source: known == nil ? source : known?.source)
    }

    func entry(_ id: EntryID, _ version: Int, _ source: String?, _ savedAt: Instant) -> KnowledgeEntry {
        KnowledgeEntry(
            id: id, version: version, title: title, text: text, language: language, source: source, passages: passages.count,
            size: size, updatedAt: savedAt)
    }
}

extension Actor {
    /// `user/0197…`, `system`: what a version remembers of its author.
    var author: String { reference.map { "\(kind)/\($0)" } ?? kind }
}
