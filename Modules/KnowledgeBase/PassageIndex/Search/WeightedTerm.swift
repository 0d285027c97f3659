/// A term of the query that a segment holds, and how far the search has come in its postings.
struct WeightedTerm {
    let list: PostingList
    let weight: Int32
    /// The first block that reaches into the window at hand or beyond it.
    var block = 0
    /// The block whose numbers are in this term's buffer.
    var readBlock = -1
    var readCount = 0
    var impacts: UnsafePointer<UInt8>?
    /// The most the term can add to a passage of the window at hand.
    var bound: Int32 = 0

    init(list: PostingList, weight: Int32) { (self.list, self.weight) = (list, weight) }

    /// Moves on to the window `low..<high` and bounds what the term can add in it.
    mutating func enter(_ low: UInt32, _ high: UInt32) {
        while block < list.blocks, list.segment.blockLast(list.first + block) < low { block += 1 }
        var maximum: UInt8 = 0
        var next = block
        while next < list.blocks, next == block || list.segment.blockLast(list.first + next - 1) &+ 1 < high {
            maximum = max(maximum, list.segment.blockMaximum(list.first + next))
            next += 1
        }
        bound = Int32(maximum) &* weight
    }

    /// Makes sure that `buffer` and `impacts` hold a block; false when there is none.
    @inline(__always)
    mutating func read(_ wanted: Int, _ buffer: UnsafeMutablePointer<UInt32>) -> Bool {
        if wanted == readBlock { return true }
        let base = wanted == 0 ? 0 : list.segment.blockLast(list.first + wanted - 1) &+ 1
        let count = list.count(of: wanted)
        guard let found = list.segment.read(list.first + wanted, count: count, base: base, into: buffer) else {
            return false
        }
        (readBlock, readCount, impacts) = (wanted, count, found)
        return true
    }

    /// Adds the term's share to every passage of the window, whose sums are in `sums`.
    mutating func addAll(
        _ low: UInt32, _ high: UInt32, _ buffer: UnsafeMutablePointer<UInt32>, _ sums: UnsafeMutablePointer<Int32>
    ) {
        let width = high &- low
        var next = block
        while next < list.blocks, read(next, buffer), let impacts {
            guard readCount > 0, buffer[0] < high else { return }
            for index in 0..<readCount {
                let offset = buffer[index] &- low
                if offset < width { sums[Int(offset)] &+= Int32(impacts[index]) &* weight }
            }
            if buffer[readCount &- 1] >= high { return }
            next += 1
        }
    }

    /// Adds the term's share to the passages of the window in `offsets`, ascending.
    mutating func add(
        to offsets: UnsafeBufferPointer<UInt32>, _ low: UInt32, _ buffer: UnsafeMutablePointer<UInt32>,
        _ sums: UnsafeMutablePointer<Int32>
    ) {
        var (next, index) = (block, 0)
        for offset in offsets {
            let passage = low &+ offset
            while next < list.blocks, list.segment.blockLast(list.first + next) < passage {
                (next, index) = (next + 1, 0)
            }
            guard next < list.blocks, read(next, buffer), let impacts else { return }
            while index < readCount, buffer[index] < passage { index += 1 }
            guard index < readCount else { continue }
            if buffer[index] == passage { sums[Int(offset)] &+= Int32(impacts[index]) &* weight }
        }
    }
}
