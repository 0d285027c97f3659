/// Block-max MaxScore over one segment, a window of passages at a time.
///
/// In each window the terms are ordered by the most they can add there, read off the blocks' maxima. A window that
/// cannot reach the current top is skipped unread. Otherwise the terms that together cannot lift a passage into the top
/// are set aside; the others are summed up densely, and only passages that may still make it are looked up in the rest.
struct SegmentSearch {
    static let window: UInt32 = 2_048

    private let segment: Segment
    private let live: LivePassages
    private var terms: [WeightedTerm]
    /// The terms by ascending bound.
    private var order: [Int]

    init(_ segment: Segment, live: LivePassages, terms: [WeightedTerm]) {
        (self.segment, self.live, self.terms) = (segment, live, terms)
        order = Array(terms.indices)
    }

    mutating func run(into top: inout TopHits) {
        guard !terms.isEmpty, top.limit > 0 else { return }
        defer { withExtendedLifetime(segment) {} }
        let width = Int(Self.window)
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: (terms.count + 1) * PostingBlock.capacity + width) {
            words in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: width) { sums in
                guard let buffers = words.baseAddress, let sums = sums.baseAddress else { return }
                sums.initialize(repeating: 0, count: width)
                words.initialize(repeating: 0)
                let count = UInt32(truncatingIfNeeded: segment.passages)
                var low: UInt32 = 0
                while low < count {
                    let high = count - low > Self.window ? low + Self.window : count
                    search(low, high, buffers, sums, &top)
                    low = high
                }
            }
        }
    }

    private mutating func search(
        _ low: UInt32, _ high: UInt32, _ buffers: UnsafeMutablePointer<UInt32>, _ sums: UnsafeMutablePointer<Int32>,
        _ top: inout TopHits
    ) {
        var total: Int32 = 0
        for index in terms.indices {
            terms[index].enter(low, high)
            total &+= terms[index].bound
        }
        let threshold = top.threshold
        if total < threshold { return }
        sortByBound()
        var (aside, rest) = (0, Int32(0))
        while aside < order.count, rest &+ terms[order[aside]].bound < threshold {
            rest &+= terms[order[aside]].bound
            aside += 1
        }
        for index in order[aside...] where terms[index].bound > 0 {
            terms[index].addAll(low, high, buffers + index * PostingBlock.capacity, sums)
        }
        let offsets = buffers + terms.count * PostingBlock.capacity
        var count = candidates(low, high, atLeast: max(1, threshold - rest), sums, offsets)
        while aside > 0, count > 0 {
            aside -= 1
            let index = order[aside]
            guard terms[index].bound > 0 else { break }
            rest &-= terms[index].bound
            let found = UnsafeBufferPointer(start: UnsafePointer(offsets), count: count)
            terms[index].add(to: found, low, buffers + index * PostingBlock.capacity, sums)
            count = keep(count, atLeast: threshold - rest, sums, offsets)
        }
        for position in 0..<count {
            let number = Int(low + offsets[position])
            let score = sums[Int(offsets[position])]
            guard score >= top.threshold else { continue }
            top.offer(score, segment.passage(number), segment.entry(number))
        }
        sums.update(repeating: 0, count: Int(high - low))
    }

    /// Insertion sort: the order hardly changes from window to window.
    private mutating func sortByBound() {
        for position in order.indices.dropFirst() {
            let term = order[position]
            var hole = position
            while hole > 0, terms[order[hole - 1]].bound > terms[term].bound {
                order[hole] = order[hole - 1]
                hole -= 1
            }
            order[hole] = term
        }
    }

    /// Writes the live passages of the window with a sum of at least `least` to `offsets` and returns how many there
    /// are.
    private func candidates(
        _ low: UInt32, _ high: UInt32, atLeast least: Int32, _ sums: UnsafeMutablePointer<Int32>,
        _ offsets: UnsafeMutablePointer<UInt32>
    ) -> Int {
        var count = 0
        for offset in 0..<Int(high - low) where sums[offset] >= least {
            guard live.contains(Int(low) + offset) else { continue }
            offsets[count] = UInt32(truncatingIfNeeded: offset)
            count += 1
        }
        return count
    }

    private func keep(
        _ count: Int, atLeast least: Int32, _ sums: UnsafeMutablePointer<Int32>, _ offsets: UnsafeMutablePointer<UInt32>
    ) -> Int {
        var kept = 0
        for position in 0..<count where sums[Int(offsets[position])] >= least {
            offsets[kept] = offsets[position]
            kept += 1
        }
        return kept
    }
}
