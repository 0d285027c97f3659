import AuditInterface
import Kernel
import KnowledgeBaseInterface
import Persistence

extension LiveKnowledgeEditor {
    /// Of drafts with the same source the last counts. Entries that are as their draft says get no new version.
    ///
    /// One commit for some hundred entries, each with one audit line and one `KnowledgeImported`: as many events as entries
    /// would only flood open browsers.
    func importAll(
        _ drafts: [KnowledgeDraft], by actor: Actor, account: AccountID, progress: @escaping @Sendable (Int) -> Void
    ) async throws -> Int {
        let drafts = Self.lastOfEachSource(drafts)
        // An error in the last draft should not be found out after the rest is stored.
        try await indexes.work.texts.run { for draft in drafts { try PreparedEntry.check(draft) } }
        var (done, changed) = (0, 0)
        while done < drafts.count {
            try Task.checkCancellation()
            let batch = Self.batch(of: drafts, from: done)
            let prepared = try await indexes.work.texts.run { try batch.map { try PreparedEntry($0) } }
            let (count, revision) = try await store(prepared, by: actor, account: account)
            try await follow(account, revision)
            done += batch.count
            changed += count
            progress(done)
        }
        return changed
    }

    private static func lastOfEachSource(_ drafts: [KnowledgeDraft]) -> [KnowledgeDraft] {
        var last: [String: Int] = [:]
        for (index, draft) in drafts.enumerated() { if let source = draft.source { last[TextCleaning.line(source)] = index } }
        return drafts.enumerated().filter { index, draft in draft.source.map { last[TextCleaning.line($0)] == index } ?? true }
            .map(\.element)
    }

    /// Entries and bytes of one commit: other writers wait meanwhile.
    private static let (mostEntries, mostBytes) = (250, 2 << 20)

    private static func batch(of drafts: [KnowledgeDraft], from start: Int) -> ArraySlice<KnowledgeDraft> {
        var (end, bytes) = (start, 0)
        while end < drafts.count, end - start < mostEntries, bytes < mostBytes {
            bytes += drafts[end].text.utf8.count
            end += 1
        }
        return drafts[start..<end]
    }

    private func store(_ batch: [PreparedEntry], by actor: Actor, account: AccountID) async throws -> (
        changed: Int, revision: Int64
    ) {
        let (now, audit) = (time.now(), audit)
        return try await database.write(in: account) { transaction in
            let store = try EntryStore(transaction)
            let revision = try store.nextRevision()
            let known = try store.current(sources: batch.compactMap(\.source))
            let changes = batch.compactMap { entry -> VersionWriter.Change? in
                let current = entry.source.flatMap { known[$0] }
                return current?.digest == entry.digest ? nil : entry.change(of: current)
            }
            guard let last = changes.last else { return (0, revision) }
            try VersionWriter(store: store, revision: revision, now: now, author: actor.author).write(changes)
            let new = changes.count(where: \.isNew)
            try audit.append(
                AuditEntry(
                    occurredAt: now, actor: actor, action: "knowledge.entries-imported", object: "knowledge/\(last.id)",
                    detail: "\(new) new, \(changes.count - new) changed, revision \(revision)"), in: transaction)
            try transaction.publish(KnowledgeImported(last: last.id, count: changes.count))
            return (changes.count, revision)
        }
    }
}
