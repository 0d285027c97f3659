import Kernel

extension Segment {
    /// Reads everything once: orders, ranges and every posting.
    func check() throws {
        try withExtendedLifetime(self) {
            try checkOrders()
            try checkTerms()
            try checkPostings()
        }
    }

    private func checkOrders() throws {
        var (passage, entry): (Identifier<PassageSubject>?, Identifier<EntrySubject>?)
        for index in 0..<passages {
            let (a, b) = (Int(half(.byPassage, index)), Int(half(.byEntry, index)))
            guard a < passages, b < passages else { throw PassageIndexError.corrupted("passage number out of range") }
            if let passage, self.passage(a) < passage { throw PassageIndexError.corrupted("passages out of order") }
            if let entry, self.entry(b) < entry { throw PassageIndexError.corrupted("entries out of order") }
            (passage, entry) = (self.passage(a), self.entry(b))
        }
    }

    private func checkTerms() throws {
        var previous = UnsafeRawBufferPointer(start: nil, count: 0)
        var (start, block): (UInt32, UInt32) = (half(.termStarts, 0), half(.firstBlocks, 0))
        guard start == 0, block == 0 else { throw PassageIndexError.corrupted("terms do not start at 0") }
        for number in 0..<terms {
            let (nextStart, nextBlock) = (half(.termStarts, number + 1), half(.firstBlocks, number + 1))
            let count = frequency(number)
            let blocks = (count + PostingBlock.capacity - 1) / PostingBlock.capacity
            guard nextStart > start, count > 0, count <= passages, Int(nextBlock) - Int(block) == blocks else {
                throw PassageIndexError.corrupted("term \(number) is out of range")
            }
            let term = self.term(number)
            guard term.count == Int(nextStart - start), compareBytes(previous, term) < 0 else {
                throw PassageIndexError.corrupted("terms out of order")
            }
            (previous, start, block) = (term, nextStart, nextBlock)
        }
    }

    private func checkPostings() throws {
        var block = 0
        try withUnsafeTemporaryAllocation(of: UInt32.self, capacity: PostingBlock.capacity) { numbers in
            guard let buffer = numbers.baseAddress else { return }
            for term in 0..<terms {
                var (left, base) = (frequency(term), UInt32(0))
                while left > 0 {
                    let count = min(left, PostingBlock.capacity)
                    guard let impacts = read(block, count: count, base: base, into: buffer) else {
                        throw PassageIndexError.corrupted("block \(block) is out of range")
                    }
                    let maximum = UnsafeBufferPointer(start: impacts, count: count).max() ?? 0
                    guard maximum == blockMaximum(block), numbers[count - 1] == blockLast(block), numbers[0] >= base,
                        numbers[count - 1] < passages,
                        zip(numbers[0..<count - 1], numbers[1..<count]).allSatisfy({ $0 < $1 })
                    else { throw PassageIndexError.corrupted("block \(block) is damaged") }
                    (left, base, block) = (left - count, numbers[count - 1] + 1, block + 1)
                }
            }
        }
    }
}
