/// A line of a text and what Markdown, or a plain list, makes of it.
struct TextLine {
    enum Kind: Equatable {
        case blank
        case heading(Int)
        case underline(Int)
        case item, row, ruler, fence, text
    }

    /// Without its line break.
    let bytes: Range<Int>
    /// Without white space around it.
    let content: Range<Int>
    let kind: Kind
    let isIndented: Bool

    /// The lines of a text; CR, LF and CRLF end one.
    static func all(of text: UnsafeBufferPointer<UInt8>) -> [TextLine] {
        var lines: [TextLine] = []
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, text[end] != 0x0A, text[end] != 0x0D { end += 1 }
            lines.append(TextLine(start..<end, in: text))
            start = end + 1
            if end < text.count, text[end] == 0x0D, start < text.count, text[start] == 0x0A { start += 1 }
        }
        return lines
    }

    init(_ bytes: Range<Int>, in text: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        var (low, high) = (bytes.lowerBound, bytes.upperBound)
        while low < high, Self.isSpace(text[low]) { low += 1 }
        while high > low, Self.isSpace(text[high - 1]) { high -= 1 }
        content = low..<high
        isIndented = low - bytes.lowerBound >= 2
        kind = Self.kind(text, content)
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0B || byte == 0x0C }

    private static func kind(_ text: UnsafeBufferPointer<UInt8>, _ content: Range<Int>) -> Kind {
        guard let first = content.first.map({ text[$0] }) else { return .blank }
        let line = text[content]
        let hashes = line.prefix { $0 == 0x23 }.count
        if (1...6).contains(hashes), hashes == line.count || isSpace(text[content.lowerBound + hashes]) {
            return .heading(hashes)
        }
        if line.starts(with: [0x60, 0x60, 0x60]) || line.starts(with: [0x7E, 0x7E, 0x7E]) { return .fence }
        if line.allSatisfy({ $0 == 0x3D }), line.count > 2 { return .underline(1) }
        if line.allSatisfy({ $0 == 0x2D }), line.count > 2 { return .underline(2) }
        if line.contains(0x2D), line.contains(0x7C), line.allSatisfy({ "|-: ".utf8.contains($0) }) { return .ruler }
        if first == 0x7C || line.count(where: { $0 == 0x7C }) > 1 || line.contains(0x09) { return .row }
        return marker(text, content) > 0 ? .item : .text
    }

    /// The length of the list marker that a line starts with: "- ", "* ", "• ", "12. ", "3) "; 0 for none.
    static func marker(_ text: UnsafeBufferPointer<UInt8>, _ content: Range<Int>) -> Int {
        let line = text[content]
        guard let first = line.first else { return 0 }
        let digits = line.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
        var length = 0
        if first == 0x2D || first == 0x2A || first == 0x2B {
            length = 1
        } else if line.starts(with: [0xE2, 0x80, 0xA2]) || line.starts(with: [0xE2, 0x80, 0x94]) {
            length = 3
        } else if digits > 0, digits < 4, digits < line.count, ".)".utf8.contains(text[content.lowerBound + digits]) {
            length = digits + 1
        }
        guard length > 0, length < line.count, isSpace(text[content.lowerBound + length]) else { return 0 }
        while length < line.count, isSpace(text[content.lowerBound + length]) { length += 1 }
        return length
    }
}
