/// The passages that hold one term, in one segment.
struct PostingList {
    let segment: Segment
    /// The number of its first block.
    let first: Int
    let blocks: Int
    let count: Int

    func count(of block: Int) -> Int {
        block + 1 < blocks ? PostingBlock.capacity : count - block * PostingBlock.capacity
    }

    /// Calls `body` with every passage number and impact, ascending.
    func visit(_ body: (UInt32, UInt8) -> Void) {
        defer { withExtendedLifetime(segment) {} }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: PostingBlock.capacity) { numbers in
            guard let buffer = numbers.baseAddress else { return }
            var base: UInt32 = 0
            for block in 0..<blocks {
                let count = count(of: block)
                guard let impacts = segment.read(first + block, count: count, base: base, into: buffer) else { return }
                for index in 0..<count { body(numbers[index], impacts[index]) }
                base = segment.blockLast(first + block) &+ 1
            }
        }
    }
}
