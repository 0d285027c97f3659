/// Which passages of a segment have not been removed.
struct LivePassages: Sendable, Equatable {
    /// One bit a passage, set while it lives; nil while all do.
    private(set) var words: [UInt64]?
    /// How many live.
    private(set) var count: Int

    init(all passages: Int) { count = passages }

    /// - Returns: nil when `words` are not for this many passages.
    init?(words: [UInt64], passages: Int) {
        guard words.count == (passages + 63) / 64 else { return nil }
        let last = passages % 64
        if last > 0, let word = words.last, word >> UInt64(last) != 0 { return nil }
        self.words = words
        count = words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    @inline(__always) func contains(_ number: Int) -> Bool {
        guard let words else { return true }
        return number >> 6 < words.count && words[number >> 6] >> UInt64(number & 63) & 1 == 1
    }

    /// Marks a passage as removed; false when it was already. `passages` is the size of the segment.
    mutating func remove(_ number: Int, of passages: Int) -> Bool {
        guard number >= 0, number < passages, contains(number) else { return false }
        var words = words ?? Self.full(passages)
        self.words = nil
        words[number >> 6] &= ~(1 << UInt64(number & 63))
        self.words = words
        count -= 1
        return true
    }

    private static func full(_ passages: Int) -> [UInt64] {
        var words = [UInt64](repeating: .max, count: (passages + 63) / 64)
        if passages % 64 > 0, let last = words.indices.last { words[last] = (1 << UInt64(passages % 64)) - 1 }
        return words
    }
}
