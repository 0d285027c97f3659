/// A piece of a text, exactly as it stands there.
package struct TextSlice: Hashable, Sendable {
    package let text: String
    /// The headings above it, and the column names of its table; not part of `text`.
    package let title: String
    /// Where it stands in the original, in UTF-8 bytes.
    package let utf8: Range<Int>
    /// Where it stands in the original, in UTF-16 code units.
    package let utf16: Range<Int>
}

/// Turns ascending UTF-8 offsets of a text into UTF-16 ones in one pass.
struct OffsetConverter {
    private var position = 0
    private var units = 0

    mutating func utf16(_ offset: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
        while position < min(offset, text.count) {
            let byte = text[position]
            if byte & 0xC0 != 0x80 { units += byte >= 0xF0 ? 2 : 1 }
            position += 1
        }
        return units
    }
}
