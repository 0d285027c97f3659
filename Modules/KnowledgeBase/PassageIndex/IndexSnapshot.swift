import Kernel

/// The index at one moment: immutable, shared by every search that started then.
struct IndexSnapshot: Sendable {
    var segments: [SegmentState] = []

    /// Living passages.
    var count: Int { segments.reduce(0) { $0 + $1.live.count } }

    /// Memory and mapped files together.
    var bytes: Int { segments.reduce(0) { $0 + $1.segment.size + ($1.live.words?.count ?? 0) * 8 } }

    func search(_ query: String, top limit: Int) -> [Hit] {
        let tags = segments.reduce(0) { $0 | $1.segment.tags }
        let plan = QueryPlan(query, tags: tags)
        let total = segments.reduce(0) { $0 + $1.segment.passages }
        var terms: [[WeightedTerm]] = Array(repeating: [], count: segments.count)
        for word in plan.words {
            var lists: [(segment: Int, list: PostingList)] = []
            for (index, state) in segments.enumerated() {
                for term in word.terms {
                    guard let number = state.segment.number(of: term) else { continue }
                    lists.append((index, state.segment.postings(number)))
                }
            }
            guard !lists.isEmpty else { continue }
            let frequency = lists.reduce(0) { $0 + $1.list.count }
            let weight = Impact.weight(frequency: frequency, count: total, factor: word.factor)
            for (segment, list) in lists { terms[segment].append(WeightedTerm(list: list, weight: weight)) }
        }
        var top = TopHits(limit: max(0, min(limit, 1_000)))
        for (state, terms) in zip(segments, terms) {
            var search = SegmentSearch(state.segment, live: state.live, terms: terms)
            search.run(into: &top)
        }
        return top.ranked()
    }

    /// Removes the passages of an entry.
    mutating func remove(entry: Identifier<EntrySubject>) {
        for index in segments.indices {
            let segment = segments[index].segment
            for number in segment.numbers(of: entry) { _ = segments[index].live.remove(number, of: segment.passages) }
        }
        dropEmpty()
    }

    /// Removes the passages with these ids.
    mutating func remove(_ passages: some Sequence<Identifier<PassageSubject>>) {
        for passage in passages {
            for index in segments.indices {
                let segment = segments[index].segment
                for number in segment.numbers(of: passage) {
                    _ = segments[index].live.remove(number, of: segment.passages)
                }
            }
        }
        dropEmpty()
    }

    private mutating func dropEmpty() { segments.removeAll { $0.live.count == 0 } }

    /// Puts `merged` in the place of its sources. Passages removed from a source since it was merged are removed from
    /// it.
    mutating func replace(_ sources: [SegmentState], with merged: SegmentState?, numbers: [[UInt32?]]) {
        var merged = merged
        for (source, numbers) in zip(sources, numbers) {
            let now = segments.first { $0.segment === source.segment }?.live
            for (number, moved) in numbers.enumerated() {
                guard let moved, now?.contains(number) != true, let segment = merged?.segment else { continue }
                _ = merged?.live.remove(Int(moved), of: segment.passages)
            }
        }
        let first = segments.firstIndex { state in sources.contains { $0.segment === state.segment } }
        segments.removeAll { state in sources.contains { $0.segment === state.segment } }
        if let merged, merged.live.count > 0 {
            segments.insert(merged, at: min(first ?? segments.count, segments.count))
        }
    }

    /// Puts the copy of `segment` that was written to a file in its place, if it is still there.
    mutating func adopt(_ written: SegmentState, for segment: Segment) {
        guard let index = segments.firstIndex(where: { $0.segment === segment }) else { return }
        var written = written
        written.live = segments[index].live
        segments[index] = written
    }
}
