import Kernel

/// The list of an index's segment files, as 64-bit little-endian words that end in a checksum.
struct Manifest {
    private static let magic: UInt64 = 0x31_494E_414D_4153_37  // "7SAMANI1"
    private static let version: UInt64 = 1

    struct Entry: Equatable {
        var file: Identifier<Manifest>
        var passages: Int
        /// The live passages' bits; nil when none has been removed.
        var removed: [UInt64]?
    }

    var segments: [Entry]
    var mark: Int64?

    init(segments: [Entry], mark: Int64?) { (self.segments, self.mark) = (segments, mark) }

    func bytes() -> [UInt8] {
        var words: [UInt64] = [Self.magic, Self.version, mark == nil ? 0 : 1, UInt64(bitPattern: mark ?? 0)]
        words.append(UInt64(segments.count))
        for entry in segments {
            words += [entry.file.high, entry.file.low, UInt64(entry.passages), UInt64(entry.removed?.count ?? 0)]
            words += entry.removed ?? []
        }
        let sum = words.map(\.littleEndian).withUnsafeBytes { Checksum.of($0) }
        return (words + [sum]).map(\.littleEndian).withUnsafeBytes { Array($0) }
    }

    /// - Throws: `PassageIndexError.corrupted` for bytes that `bytes()` did not make.
    init(_ raw: UnsafeRawBufferPointer) throws {
        let damaged = PassageIndexError.corrupted("manifest is damaged")
        guard raw.count >= 48, raw.count % 8 == 0 else { throw damaged }
        var words = stride(from: 0, to: raw.count, by: 8).map {
            UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
        }[...]
        guard words.popLast() == Checksum.of(UnsafeRawBufferPointer(rebasing: raw[0..<raw.count - 8])) else {
            throw damaged
        }
        func next() throws -> UInt64 {
            guard let word = words.popFirst() else { throw damaged }
            return word
        }
        guard try next() == Self.magic, try next() == Self.version else {
            throw PassageIndexError.corrupted("manifest of another version")
        }
        let (hasMark, value) = (try next(), try next())
        mark = hasMark == 0 ? nil : Int64(bitPattern: value)
        segments = []
        let count = try next()
        for _ in 0..<min(count, UInt64(words.count)) {
            let file = Identifier<Manifest>(high: try next(), low: try next())
            let (passages, removed) = (try next(), try next())
            guard passages <= UInt64(UInt32.max), removed <= UInt64(words.count) else { throw damaged }
            let live = Array(words.prefix(Int(removed)))
            words = words.dropFirst(Int(removed))
            segments.append(Entry(file: file, passages: Int(passages), removed: removed == 0 ? nil : live))
        }
        guard words.isEmpty, UInt64(segments.count) == count else { throw damaged }
    }
}
