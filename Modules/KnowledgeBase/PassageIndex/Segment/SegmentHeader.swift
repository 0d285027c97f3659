/// The first bytes of a segment: what it is, how much it holds and where its sections lie.
///
/// All numbers are little-endian. Sections start at multiples of 8; eight zero bytes follow the last, so that a
/// 64-bit load that starts inside it stays inside the file.
struct SegmentHeader {
    static let magic: UInt64 = 0x31_5844_4953_4150_37  // "7PASIDX1"
    static let version: UInt32 = 1
    static let padding = 8

    enum Section: Int, CaseIterable {
        /// 32 bytes a passage: its id, its entry's id, each as two words.
        case identifiers
        /// Passage numbers in order of passage id.
        case byPassage
        /// Passage numbers in order of entry id, then number.
        case byEntry
        /// Where term n starts in `terms`; one more marks the end.
        case termStarts
        /// The bytes of the terms, in ascending order.
        case terms
        /// The first block of term n; one more marks the end.
        case firstBlocks
        /// How many passages hold term n.
        case frequencies
        /// The last passage of each block.
        case blockLasts
        /// Where each block starts in `postings`; one more marks the end.
        case blockStarts
        /// The largest impact in each block.
        case blockMaxima
        case postings
    }

    static let size = 40 + (Section.allCases.count + 1) * 8 + 16

    var passages = 0
    var terms = 0
    var blocks = 0
    /// Bit n is set when a passage's Cyrillic words carry tag n.
    var tags: UInt32 = 0
    /// Where each section starts; the last is the end of the last section.
    var starts = [Int](repeating: 0, count: Section.allCases.count + 1)

    init() {}

    /// Reads and checks the header and the checksums; the sections' insides are `Segment`'s to check.
    init(_ bytes: UnsafeRawBufferPointer) throws {
        func word(_ at: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        }
        func half(_ at: Int) -> UInt32 {
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
        }
        guard bytes.count >= Self.size + Self.padding else { throw PassageIndexError.corrupted("segment is too short") }
        guard word(0) == Self.magic else { throw PassageIndexError.corrupted("not a segment") }
        guard half(8) == Self.version, half(12) == Impact.scheme else {
            throw PassageIndexError.corrupted("segment of another version")
        }
        guard word(16) == UInt64(bytes.count) else { throw PassageIndexError.corrupted("segment has the wrong length") }
        guard word(Self.size - 8) == Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[0..<Self.size - 8])),
            word(Self.size - 16) == Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[Self.size...]))
        else { throw PassageIndexError.corrupted("segment fails its checksum") }
        (passages, terms, blocks) = (Int(half(24)), Int(half(28)), Int(half(32)))
        tags = half(36)
        var previous = Self.size
        for index in starts.indices {
            let start = word(40 + index * 8)
            guard start <= UInt64(bytes.count - Self.padding), Int(start) >= previous else {
                throw PassageIndexError.corrupted("segment's sections overlap")
            }
            starts[index] = Int(start)
            previous = Int(start)
        }
        try checkSizes()
    }

    /// Whether every section has room for what the counts promise.
    private func checkSizes() throws {
        let needed: [Section: Int] = [
            .identifiers: passages * 32, .byPassage: passages * 4, .byEntry: passages * 4, .termStarts: (terms + 1) * 4,
            .firstBlocks: (terms + 1) * 4, .frequencies: terms * 4, .blockLasts: blocks * 4,
            .blockStarts: (blocks + 1) * 4, .blockMaxima: blocks,
        ]
        for (section, size) in needed {
            guard starts[section.rawValue + 1] - starts[section.rawValue] >= size else {
                throw PassageIndexError.corrupted("segment's \(section) are cut short")
            }
        }
    }

    /// Header, sections, padding and checksums as one run of bytes.
    static func assemble(
        passages: Int, terms: Int, blocks: Int, tags: UInt32, sections: [[UInt8]]
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.size)
        bytes.reserveCapacity(sections.reduce(Self.size + Self.padding) { $0 + $1.count + 8 })
        var starts: [Int] = []
        for section in sections {
            bytes.append(contentsOf: [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8))
            starts.append(bytes.count)
            bytes.append(contentsOf: section)
        }
        starts.append(bytes.count)
        bytes.append(contentsOf: [UInt8](repeating: 0, count: Self.padding))
        let count = bytes.count
        bytes.withUnsafeMutableBytes { raw in
            func put<T: FixedWidthInteger>(_ value: T, _ at: Int) {
                raw.storeBytes(of: value.littleEndian, toByteOffset: at, as: T.self)
            }
            put(Self.magic, 0)
            put(Self.version, 8)
            put(Impact.scheme, 12)
            put(UInt64(count), 16)
            put(UInt32(truncatingIfNeeded: passages), 24)
            put(UInt32(truncatingIfNeeded: terms), 28)
            put(UInt32(truncatingIfNeeded: blocks), 32)
            put(tags, 36)
            for (index, start) in starts.enumerated() { put(UInt64(start), 40 + index * 8) }
            put(Checksum.of(UnsafeRawBufferPointer(rebasing: raw[Self.size...])), Self.size - 16)
            put(Checksum.of(UnsafeRawBufferPointer(rebasing: raw[0..<Self.size - 8])), Self.size - 8)
        }
        return bytes
    }
}
