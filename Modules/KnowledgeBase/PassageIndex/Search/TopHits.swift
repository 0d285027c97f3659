import Kernel

/// The best hits so far: a heap with the worst on top. Equal scores are ordered by passage id, the smaller first.
struct TopHits {
    private struct Found {
        var score: Int32
        var passage: Identifier<PassageSubject>
        var entry: Identifier<EntrySubject>

        /// Whether this ranks after `other`.
        func isWorse(than other: Found) -> Bool {
            score != other.score ? score < other.score : passage > other.passage
        }
    }

    let limit: Int
    private var heap: [Found] = []

    init(limit: Int) { self.limit = limit }

    /// What a passage must at least score to enter; equal scores still have to compare ids.
    var threshold: Int32 { heap.count < limit ? 1 : heap.first?.score ?? 1 }

    mutating func offer(
        _ score: Int32, _ passage: Identifier<PassageSubject>, _ entry: @autoclosure () -> Identifier<EntrySubject>
    ) {
        guard limit > 0, score >= threshold else { return }
        if heap.count < limit {
            heap.append(Found(score: score, passage: passage, entry: entry()))
            rise(heap.count - 1)
        } else if let worst = heap.first, score > worst.score || passage < worst.passage {
            heap[0] = Found(score: score, passage: passage, entry: entry())
            sink(0)
        }
    }

    /// The hits, best first.
    func ranked() -> [Hit] {
        heap.sorted { $1.isWorse(than: $0) }.map {
            Hit(passage: $0.passage, entry: $0.entry, score: Double($0.score) / Impact.scale)
        }
    }

    private mutating func rise(_ start: Int) {
        var child = start
        while child > 0, heap[child].isWorse(than: heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func sink(_ start: Int) {
        var parent = start
        while true {
            var worst = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].isWorse(than: heap[worst]) {
                worst = child
            }
            if worst == parent { return }
            heap.swapAt(parent, worst)
            parent = worst
        }
    }
}
