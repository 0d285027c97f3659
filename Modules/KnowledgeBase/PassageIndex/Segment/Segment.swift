import Kernel

/// An immutable part of the index: some passages' ids, and for every term the passages that hold it.
///
/// Passages are numbered from 0 in the order they were added. Everything is checked when a segment is opened, and every
/// access stays inside the bytes even so.
final class Segment: Sendable {
    let bytes: SegmentBytes
    let passages: Int
    let terms: Int
    let tags: UInt32
    private let blocks: Int
    private let starts: [Int]

    /// Opens a segment that was written by `SegmentWriter`.
    ///
    /// - Throws: `PassageIndexError.corrupted` for any other bytes.
    init(_ bytes: SegmentBytes) throws {
        let header = try withExtendedLifetime(bytes) { try SegmentHeader(bytes.raw) }
        self.bytes = bytes
        (passages, terms, blocks, tags) = (header.passages, header.terms, header.blocks, header.tags)
        starts = header.starts
        try check()
    }

    var size: Int { bytes.raw.count }

    func contains(tag: Analyzer.Tag) -> Bool { tags & (1 << UInt32(tag.rawValue)) != 0 }

    // MARK: Passages

    func passage(_ number: Int) -> Identifier<PassageSubject> {
        Identifier(high: identifierWord(number, 0), low: identifierWord(number, 1))
    }

    func entry(_ number: Int) -> Identifier<EntrySubject> {
        Identifier(high: identifierWord(number, 2), low: identifierWord(number, 3))
    }

    /// The numbers of the passages with this id (one, or none).
    func numbers(of passage: Identifier<PassageSubject>) -> [Int] {
        equalRange(.byPassage) { self.passage($0) < passage ? -1 : self.passage($0) == passage ? 0 : 1 }
    }

    /// The numbers of the passages of an entry, ascending.
    func numbers(of entry: Identifier<EntrySubject>) -> [Int] {
        equalRange(.byEntry) { self.entry($0) < entry ? -1 : self.entry($0) == entry ? 0 : 1 }
    }

    private func equalRange(_ section: SegmentHeader.Section, _ compare: (Int) -> Int) -> [Int] {
        var (low, high) = (0, passages)
        while low < high {
            let middle = (low + high) / 2
            if compare(Int(half(section, middle))) < 0 { low = middle + 1 } else { high = middle }
        }
        var found: [Int] = []
        while low < passages, compare(Int(half(section, low))) == 0 {
            found.append(Int(half(section, low)))
            low += 1
        }
        return found
    }

    // MARK: Terms

    /// The number of a term; nil when no passage holds it.
    func number(of term: [UInt8]) -> Int? {
        withExtendedLifetime(self) {
            var (low, high) = (0, terms)
            while low < high {
                let middle = (low + high) / 2
                let order = term.withUnsafeBytes { compareBytes(self.term(middle), $0) }
                if order == 0 { return middle }
                if order < 0 { low = middle + 1 } else { high = middle }
            }
            return nil
        }
    }

    /// The bytes of a term, which last as long as the segment.
    func term(_ number: Int) -> UnsafeRawBufferPointer {
        let base = starts[SegmentHeader.Section.terms.rawValue]
        let start = base + Int(half(.termStarts, number))
        let end = base + Int(half(.termStarts, number + 1))
        guard start >= 0, start <= end, end <= bytes.raw.count else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return UnsafeRawBufferPointer(rebasing: bytes.raw[start..<end])
    }

    /// How many passages hold a term, deleted ones included.
    func frequency(_ term: Int) -> Int { Int(half(.frequencies, term)) }

    func postings(_ term: Int) -> PostingList {
        let first = Int(half(.firstBlocks, term))
        return PostingList(
            segment: self, first: first, blocks: Int(half(.firstBlocks, term + 1)) - first, count: frequency(term))
    }

    // MARK: Blocks

    @inline(__always) func blockLast(_ block: Int) -> UInt32 { half(.blockLasts, block) }

    @inline(__always) func blockMaximum(_ block: Int) -> UInt8 {
        let at = starts[SegmentHeader.Section.blockMaxima.rawValue] &+ block
        return at >= 0 && at < bytes.raw.count ? bytes.raw[at] : 0
    }

    /// Reads a block; see `PostingBlock.read`. The impacts last as long as the segment.
    @inline(__always) func read(
        _ block: Int, count: Int, base: UInt32, into passages: UnsafeMutablePointer<UInt32>
    ) -> UnsafePointer<UInt8>? {
        let start = starts[SegmentHeader.Section.postings.rawValue] &+ Int(half(.blockStarts, block))
        return PostingBlock.read(bytes.raw, at: start, count: count, base: base, into: passages)
    }

    // MARK: Loads

    /// A number of a section; 0 where the bytes end.
    @inline(__always) func half(_ section: SegmentHeader.Section, _ index: Int) -> UInt32 {
        let at = starts[section.rawValue] &+ index &* 4
        guard at >= 0, at &+ 4 <= bytes.raw.count else { return 0 }
        return UInt32(littleEndian: bytes.raw.loadUnaligned(fromByteOffset: at, as: UInt32.self))
    }

    private func identifierWord(_ number: Int, _ word: Int) -> UInt64 {
        let at = starts[SegmentHeader.Section.identifiers.rawValue] &+ number &* 32 &+ word &* 8
        guard at >= 0, at &+ 8 <= bytes.raw.count else { return 0 }
        return UInt64(littleEndian: bytes.raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }
}

/// Negative, zero or positive as `a` sorts before, with or after `b`.
func compareBytes(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let common = min(a.count, b.count)
    var index = 0
    while index < common {
        if a[index] != b[index] { return Int(a[index]) - Int(b[index]) }
        index += 1
    }
    return a.count - b.count
}
