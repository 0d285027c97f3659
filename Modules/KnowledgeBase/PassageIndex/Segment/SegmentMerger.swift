/// Joins segments into one, leaving removed passages out.
enum SegmentMerger {
    /// The merged segment's bytes, and for every source the new number of each of its passages (nil for one left out).
    static func merge(_ sources: [SegmentState]) -> (bytes: [UInt8], numbers: [[UInt32?]]) {
        defer { withExtendedLifetime(sources) {} }
        var writer = SegmentWriter()
        var numbers: [[UInt32?]] = []
        var count: UInt32 = 0
        for source in sources {
            writer.tags |= source.segment.tags
            numbers.append(
                (0..<source.segment.passages).map { number in
                    guard source.live.contains(number) else { return nil }
                    writer.add(source.segment.passage(number), of: source.segment.entry(number))
                    defer { count += 1 }
                    return count
                })
        }
        var next = [Int](repeating: 0, count: sources.count)
        var (found, impacts): ([UInt32], [UInt8]) = ([], [])
        while let term = smallest(sources, next) {
            found.removeAll(keepingCapacity: true)
            impacts.removeAll(keepingCapacity: true)
            for (index, source) in sources.enumerated() where next[index] < source.segment.terms {
                guard compareBytes(source.segment.term(next[index]), term) == 0 else { continue }
                source.segment.postings(next[index]).visit { number, impact in
                    guard let moved = numbers[index][Int(number)] else { return }
                    found.append(moved)
                    impacts.append(impact)
                }
                next[index] += 1
            }
            writer.add(term, found, impacts)
        }
        return (writer.bytes(), numbers)
    }

    private static func smallest(_ sources: [SegmentState], _ next: [Int]) -> UnsafeRawBufferPointer? {
        var smallest: UnsafeRawBufferPointer?
        for (index, source) in sources.enumerated() where next[index] < source.segment.terms {
            let term = source.segment.term(next[index])
            if let known = smallest, compareBytes(known, term) <= 0 { continue }
            smallest = term
        }
        return smallest
    }
}
