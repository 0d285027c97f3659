/// Cuts a text, plain or Markdown, into passages for the index.
///
/// Passages follow the text's own parts: sections under headings, paragraphs, list items, rows of tables; a question
/// stays with its answer. Small parts of one section are joined, large ones cut between sentences. Every passage is a
/// slice of the text; what lies between passages is white space, and headings over text of their own, which become
/// titles.
package struct PassageSplitter: Sendable {
    /// Below this a passage takes in the next part of its section. Tokens are estimated at five bytes each.
    package var smallest = 200
    /// Above this a passage is cut, a question with its answer at three times this.
    package var largest = 500

    package init() {}

    /// The passages of `text` in order. An empty or blank text has none.
    ///
    /// - Parameter title: what the headings' path starts with, usually the entry's title.
    package func split(_ text: String, title: String = "") -> [TextSlice] {
        var text = text
        return text.withUTF8 { bytes in
            let blocks = TextBlocks.read(bytes, title: title)
            var offsets = OffsetConverter()
            return grouped(blocks).flatMap { group in
                pieces(bytes, group.range, largest: group.isAnswer ? largest * 3 : largest).map { range in
                    let start = offsets.utf16(range.lowerBound, in: bytes)
                    let end = offsets.utf16(range.upperBound, in: bytes)
                    return TextSlice(
                        text: String(decoding: bytes[range], as: UTF8.self), title: group.title, utf8: range,
                        utf16: start..<end)
                }
            }
        }
    }

    private struct Group {
        var range: Range<Int>
        var title: String
        var isAnswer: Bool
    }

    /// Joins neighbours of one section.
    private func grouped(_ blocks: [TextBlock]) -> [Group] {
        var groups: [Group] = []
        var last: TextBlock?
        for block in blocks {
            if let group = groups.last, let last, last.title == block.title, last.section == block.section,
                !block.isQuestion, fits(block, after: group, isFirstAnswer: last.isQuestion)
            {
                groups[groups.count - 1].range = group.range.lowerBound..<block.range.upperBound
            } else {
                groups.append(Group(range: block.range, title: block.title, isAnswer: block.isQuestion))
            }
            last = block
        }
        return groups
    }

    private func fits(_ block: TextBlock, after group: Group, isFirstAnswer: Bool) -> Bool {
        if isFirstAnswer { return true }
        let joined = (block.range.upperBound - group.range.lowerBound) / 5
        return joined <= largest && (group.isAnswer || group.range.count / 5 < smallest)
    }

    // MARK: Cutting

    /// Cuts a range that is too long between sentences, and a sentence that is too long between words.
    private func pieces(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, largest: Int) -> [Range<Int>] {
        let limit = max(largest, 8) * 5
        guard range.count > limit else { return [range] }
        let limitInside = max(self.largest, 8) * 5
        var pieces: [Range<Int>] = []
        for sentence in SentenceScanner.sentences(text, in: range).flatMap({ words(text, $0, limit: limitInside) }) {
            if let last = pieces.last, sentence.upperBound - last.lowerBound <= limitInside {
                pieces[pieces.count - 1] = last.lowerBound..<sentence.upperBound
            } else {
                pieces.append(sentence)
            }
        }
        return pieces
    }

    private func words(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, limit: Int) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = range.lowerBound
        while range.upperBound - start > limit {
            let end = boundary(text, start + limit, after: start)
            pieces.append(start..<end)
            start = end
            while start < range.upperBound, TextLine.isSpace(text[start]) { start += 1 }
        }
        if start < range.upperBound { pieces.append(start..<range.upperBound) }
        return pieces
    }

    /// The last white space in the second half before `wanted`, else a place near it that no character spans.
    private func boundary(_ text: UnsafeBufferPointer<UInt8>, _ wanted: Int, after start: Int) -> Int {
        let half = start + (wanted - start) / 2
        var end = wanted
        while end > half, !TextLine.isSpace(text[end]) { end -= 1 }
        if end > half {
            while end > half, TextLine.isSpace(text[end - 1]) { end -= 1 }
            if end > half { return end }
        }
        end = wanted
        while end > half, text[end] & 0xC0 == 0x80 || joins(text, end) { end -= 1 }
        if end > half { return end }
        end = wanted
        while end > start + 1, text[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }

    /// Whether the scalar at `at` belongs to the character before it.
    private func joins(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        guard text[at] > 0x7F else { return false }
        let scalar = String(decoding: text[at..<min(at + 4, text.count)], as: UTF8.self).unicodeScalars.first
        let before = at >= 3 && text[at - 3] == 0xE2 && text[at - 2] == 0x80 && text[at - 1] == 0x8D
        let isModifier = scalar.map {
            $0.properties.isGraphemeExtend || $0.properties.isEmojiModifier || $0.value == 0x200D
        }
        let isFlag = scalar.map { (0x1_F1E6...0x1_F1FF).contains($0.value) } ?? false
        return before || isModifier == true || isFlag
    }
}
