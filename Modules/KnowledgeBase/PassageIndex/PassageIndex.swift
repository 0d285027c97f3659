package import Foundation
package import Kernel
import Synchronization

/// Finds an account's passages by their words: an inverted index with BM25 ranking.
///
/// It holds ids and postings, never the texts, and is derived: it can be thrown away and filled again from the
/// passages. Safe to use from any thread. A search works on the snapshot it finds and waits for nobody; additions and
/// removals are visible to every search that starts after they return, each as a whole or not at all.
///
/// The owner calls `mergeOnce` now and then on a thread of its own, and `flush` to keep what happened so far across a
/// restart. One process at a time may use a folder.
package final class PassageIndex: Sendable {
    private let folder: IndexFolder?
    private let snapshot: Mutex<IndexSnapshot>
    /// Held by whoever changes the snapshot, from reading it to replacing it.
    private let writer = Mutex<Void>(())
    /// Held during a flush or a merge.
    private let maintenance = Mutex<Void>(())
    private let savedMark: Mutex<Int64?>

    /// Opens the index kept in `folder`, which is created when missing; without a folder it lives in memory only.
    ///
    /// - Parameter discardingFiles: starts empty instead of reading what the folder holds.
    /// - Throws: `PassageIndexError.corrupted` when the files are damaged or of another version: start over with
    ///   `discardingFiles` and add everything again. `.input` when the system refuses.
    package init(folder: URL?, discardingFiles: Bool = false) throws {
        self.folder = try folder.map { try IndexFolder($0) }
        let manifest = discardingFiles ? nil : try self.folder?.open()
        snapshot = Mutex(manifest?.snapshot ?? IndexSnapshot())
        savedMark = Mutex(manifest?.mark)
    }

    /// The mark of the last `flush`, also across a restart: changes after it may have to be applied again.
    package var mark: Int64? { savedMark.withLock { $0 } }

    /// How many passages can be found.
    package var count: Int { current.count }

    /// The size of the index in bytes, in memory and in mapped files together.
    package var bytes: Int { current.bytes }

    /// How many segments a search visits; `mergeOnce` keeps it low.
    package var segments: Int { current.segments.count }

    /// The passages that answer `query` best, best first; equal scores are ordered by passage id.
    ///
    /// - Parameter top: how many at most; above 1,000 counts as 1,000.
    package func search(_ query: String, top: Int) -> [Hit] { current.search(query, top: top) }

    /// Makes passages findable. A passage whose id is already there is replaced; of equal ids in `passages` the last
    /// wins.
    package func add(_ passages: [Passage]) { change(removing: nil, adding: passages) }

    /// Removes every passage of an entry. Does nothing for an unknown entry.
    package func remove(entry: Identifier<EntrySubject>) { change(removing: entry, adding: []) }

    /// Removes every passage of an entry and adds `passages`, in one step for every search.
    package func replace(entry: Identifier<EntrySubject>, with passages: [Passage]) {
        change(removing: entry, adding: passages)
    }

    /// Joins some segments when there are too many, or rewrites one with many removed passages. Searches go on
    /// meanwhile.
    ///
    /// - Returns: false when there was nothing to do or another thread is merging or flushing: stop calling for now.
    package func mergeOnce() -> Bool {
        maintenance.withLockIfAvailable { _ in
            let now = current.segments
            let chosen = MergePolicy().choose(now.map { .init(passages: $0.segment.passages, live: $0.live.count) })
            guard !chosen.isEmpty else { return false }
            return merge(chosen.map { now[$0] })
        } ?? false
    }

    /// Joins all segments into one without removed passages: searches are fastest then, and nothing removed is left in
    /// memory or, after a flush, on disk. Waits for a merge or flush under way.
    package func mergeAll() {
        maintenance.withLock { _ in
            let now = current.segments
            guard now.count > 1 || now.contains(where: { $0.live.count < $0.segment.passages }) else { return }
            _ = merge(now)
        }
    }

    /// Writes what is only in memory to the folder; afterwards a new process finds the index as it was at some moment
    /// during this call. Without a folder it only sets `mark`.
    ///
    /// - Parameter mark: a number of the caller's that says how far its changes have been applied, kept with the files;
    ///   without one the previous stays.
    /// - Throws: `PassageIndexError.input`; the files then are as before.
    package func flush(mark: Int64? = nil) throws {
        try maintenance.withLock { _ in
            let mark = mark ?? self.mark
            if let folder {
                for state in current.segments where state.file == nil {
                    let file = try folder.write(state.segment)
                    writer.withLock { _ in update { $0.adopt(file, for: state.segment) } }
                }
                let written = try writer.withLock { _ in
                    // What was added meanwhile: little, so holding writers up is better than leaving it out.
                    for state in current.segments where state.file == nil {
                        let file = try folder.write(state.segment)
                        update { $0.adopt(file, for: state.segment) }
                    }
                    try folder.write(current, mark: mark)
                    return current
                }
                folder.removeUnused(keeping: written)
            }
            savedMark.withLock { $0 = mark }
        }
    }

    // MARK: Snapshots

    private var current: IndexSnapshot { snapshot.withLock { $0 } }

    /// Replaces the snapshot. Only under `writer`.
    private func update(_ change: (inout IndexSnapshot) -> Void) {
        var next = current
        change(&next)
        let published = next
        snapshot.withLock { $0 = published }
    }

    private func change(removing entry: Identifier<EntrySubject>?, adding passages: [Passage]) {
        let unique = Self.lastOfEachId(passages)
        let added = Self.batches(of: unique).compactMap { Self.segment(of: $0) }
        writer.withLock { _ in
            update { next in
                if let entry { next.remove(entry: entry) }
                next.remove(unique.lazy.map(\.id))
                next.segments += added.map { SegmentState($0) }
            }
            tidy()
        }
    }

    /// Cuts an addition so that the memory to analyse one batch is bounded: 4,096 passages, or 16 MB of text.
    private static func batches(of passages: [Passage]) -> [ArraySlice<Passage>] {
        var batches: [ArraySlice<Passage>] = []
        var (start, size) = (0, 0)
        for (index, passage) in passages.enumerated() {
            if index - start == 4_096 || size > 16_000_000 {
                batches.append(passages[start..<index])
                (start, size) = (index, 0)
            }
            size += passage.text.utf8.count + passage.title.utf8.count
        }
        if start < passages.count { batches.append(passages[start...]) }
        return batches
    }

    private static func segment(of passages: ArraySlice<Passage>) -> Segment? {
        var builder = SegmentBuilder()
        for passage in passages { builder.add(passage) }
        return try? Segment(SegmentBytes(builder.bytes()))
    }

    private static func lastOfEachId(_ passages: [Passage]) -> [Passage] {
        var last: [Identifier<PassageSubject>: Int] = [:]
        for (index, passage) in passages.enumerated() { last[passage.id] = index }
        if last.count == passages.count { return passages }
        return passages.enumerated().filter { last[$0.element.id] == $0.offset }.map(\.element)
    }

    // MARK: Merging

    /// Joins the small segments that single additions leave, so that their number stays low without `mergeOnce`.
    private func tidy() {
        while true {
            let now = current.segments
            let chosen = MergePolicy.whileAdding.choose(
                now.map { .init(passages: $0.segment.passages, live: $0.live.count) })
            guard chosen.count > 1, let merged = Self.merged(chosen.map { now[$0] }) else { return }
            update { $0.replace(chosen.map { now[$0] }, with: SegmentState(merged.segment), numbers: merged.numbers) }
        }
    }

    private func merge(_ sources: [SegmentState]) -> Bool {
        guard let merged = Self.merged(sources) else { return false }
        writer.withLock { _ in
            update { $0.replace(sources, with: SegmentState(merged.segment), numbers: merged.numbers) }
        }
        return true
    }

    private static func merged(_ sources: [SegmentState]) -> (segment: Segment, numbers: [[UInt32?]])? {
        let merged = SegmentMerger.merge(sources)
        return (try? Segment(SegmentBytes(merged.bytes))).map { ($0, merged.numbers) }
    }
}
