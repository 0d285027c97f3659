/// Up to 128 postings: a width byte, an impact byte each, then the gaps between passage numbers, `width` bits each.
///
/// The first gap counts from the block's base, the number after the previous block's last; the others from the number
/// after their predecessor, so consecutive numbers take no room at all.
enum PostingBlock {
    static let capacity = 128

    /// Appends a block of ascending `passages`, all at least `base`.
    static func append(
        _ passages: ArraySlice<UInt32>, _ impacts: ArraySlice<UInt8>, base: UInt32, to bytes: inout [UInt8]
    ) {
        var next = base
        var widest: UInt32 = 0
        for passage in passages {
            widest |= passage &- next
            next = passage &+ 1
        }
        let width = 32 - widest.leadingZeroBitCount
        bytes.append(UInt8(width))
        bytes.append(contentsOf: impacts)
        var (pending, bits): (UInt64, Int) = (0, 0)
        next = base
        for passage in passages {
            pending |= UInt64(passage &- next) << UInt64(bits)
            bits += width
            next = passage &+ 1
            while bits >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: pending))
                pending >>= 8
                bits -= 8
            }
        }
        if bits > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
    }

    static func size(width: Int, count: Int) -> Int { 1 + count + (width * count + 7) / 8 }

    /// Writes the block's passage numbers to `passages`, which has room for `capacity`, and returns its impacts.
    ///
    /// Whatever the bytes say, nothing outside `bytes` is read: a block that does not fit yields nil.
    @inline(__always)
    static func read(
        _ bytes: UnsafeRawBufferPointer, at start: Int, count: Int, base: UInt32,
        into passages: UnsafeMutablePointer<UInt32>
    ) -> UnsafePointer<UInt8>? {
        guard let origin = bytes.baseAddress, count <= capacity, start >= 0, start < bytes.count else { return nil }
        let width = Int(bytes[start])
        guard width <= 32, start + size(width: width, count: count) + SegmentHeader.padding <= bytes.count else {
            return nil
        }
        let packed = origin + start + 1 + count
        let mask: UInt64 = (1 << UInt64(width)) &- 1
        var next = base
        var bit = 0
        for index in 0..<count {
            let word = (packed + (bit &>> 3)).loadUnaligned(as: UInt64.self)
            next = next &+ UInt32(truncatingIfNeeded: (UInt64(littleEndian: word) &>> UInt64(bit & 7)) & mask)
            passages[index] = next
            next = next &+ 1
            bit = bit &+ width
        }
        return (origin + start + 1).assumingMemoryBound(to: UInt8.self)
    }
}
