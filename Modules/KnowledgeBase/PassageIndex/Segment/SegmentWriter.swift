import Kernel

/// Assembles a segment from its passages and, term by term in ascending order, its postings.
struct SegmentWriter {
    private var identifiers: [(Identifier<PassageSubject>, Identifier<EntrySubject>)] = []
    private var termStarts: [UInt32] = [0]
    private var terms: [UInt8] = []
    private var firstBlocks: [UInt32] = [0]
    private var frequencies: [UInt32] = []
    private var blockLasts: [UInt32] = []
    private var blockStarts: [UInt32] = [0]
    private var blockMaxima: [UInt8] = []
    private var postings: [UInt8] = []
    var tags: UInt32 = 0

    mutating func add(_ passage: Identifier<PassageSubject>, of entry: Identifier<EntrySubject>) {
        identifiers.append((passage, entry))
    }

    /// Adds a term larger than all before, with the ascending numbers of its passages.
    mutating func add(_ term: UnsafeRawBufferPointer, _ numbers: [UInt32], _ impacts: [UInt8]) {
        guard !numbers.isEmpty, numbers.count == impacts.count else { return }
        terms.append(contentsOf: term)
        termStarts.append(UInt32(truncatingIfNeeded: terms.count))
        frequencies.append(UInt32(truncatingIfNeeded: numbers.count))
        var base: UInt32 = 0
        for start in stride(from: 0, to: numbers.count, by: PostingBlock.capacity) {
            let end = min(start + PostingBlock.capacity, numbers.count)
            PostingBlock.append(numbers[start..<end], impacts[start..<end], base: base, to: &postings)
            blockLasts.append(numbers[end - 1])
            blockStarts.append(UInt32(truncatingIfNeeded: postings.count))
            blockMaxima.append(impacts[start..<end].max() ?? 0)
            base = numbers[end - 1] &+ 1
        }
        firstBlocks.append(UInt32(truncatingIfNeeded: blockLasts.count))
    }

    /// The finished segment's bytes.
    func bytes() -> [UInt8] {
        let order = identifiers.indices.sorted { identifiers[$0].0 < identifiers[$1].0 }
        let entries = identifiers.indices.sorted { (identifiers[$0].1, $0) < (identifiers[$1].1, $1) }
        var ids: [UInt64] = []
        ids.reserveCapacity(identifiers.count * 4)
        for (passage, entry) in identifiers { ids += [passage.high, passage.low, entry.high, entry.low] }
        return SegmentHeader.assemble(
            passages: identifiers.count, terms: frequencies.count, blocks: blockLasts.count, tags: tags,
            sections: [
                Self.packed(ids), Self.packed(order.map { UInt32(truncatingIfNeeded: $0) }),
                Self.packed(entries.map { UInt32(truncatingIfNeeded: $0) }), Self.packed(termStarts), terms,
                Self.packed(firstBlocks), Self.packed(frequencies), Self.packed(blockLasts), Self.packed(blockStarts),
                blockMaxima, postings,
            ])
    }

    private static func packed<T: FixedWidthInteger>(_ numbers: [T]) -> [UInt8] {
        numbers.map(\.littleEndian).withUnsafeBytes { Array($0) }
    }
}
