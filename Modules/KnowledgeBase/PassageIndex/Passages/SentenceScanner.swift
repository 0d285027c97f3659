/// Finds where sentences end.
enum SentenceScanner {
    /// Those that a name follows. Others end a sentence when a capital follows.
    private static let abbreviations: Set<String> = [
        "т", "г", "ул", "им", "стр", "кв", "напр", "обл", "просп", "пр", "тел", "мкр", "mr", "mrs", "ms", "dr", "no",
        "st", "vs",
        "e", "i", "көш", "қ",
    ]

    /// The sentences of `range`, white space around them left out; a line break ends one too.
    static func sentences(_ text: UnsafeBufferPointer<UInt8>, in range: Range<Int>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var (start, at) = (range.lowerBound, range.lowerBound)
        while at < range.upperBound {
            let byte = text[at]
            var end = at + 1
            let isStop = byte == 0x2E || byte == 0x21 || byte == 0x3F
            let isEllipsis = byte == 0xE2 && end + 1 < range.upperBound && text[end] == 0x80 && text[end + 1] == 0xA6
            if isEllipsis { end += 2 }
            if byte == 0x0A || byte == 0x0D {
                append(start..<at, to: &found, text)
                start = at + 1
            } else if isStop || isEllipsis {
                end = closing(text, end, range.upperBound)
                if isEnd(text, mark: at, end: end, from: start, upTo: range.upperBound) {
                    append(start..<end, to: &found, text)
                    start = end
                }
            }
            at = end
        }
        append(start..<range.upperBound, to: &found, text)
        return found
    }

    private static func append(_ range: Range<Int>, to found: inout [Range<Int>], _ text: UnsafeBufferPointer<UInt8>) {
        let content = TextLine(range, in: text).content
        if !content.isEmpty { found.append(content) }
    }

    /// The end of more stops and of closing quotes and brackets.
    private static func closing(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ limit: Int) -> Int {
        var end = start
        while end < limit {
            if ".!?)]\"'".utf8.contains(text[end]) {
                end += 1
            } else if end + 1 < limit, text[end] == 0xC2, text[end + 1] == 0xBB {
                end += 2
            } else if end + 2 < limit, text[end] == 0xE2, text[end + 1] == 0x80,
                [0x9D, 0x9C, 0xA6].contains(text[end + 2])
            {
                end += 3
            } else {
                break
            }
        }
        return end
    }

    /// Whether white space and no lower-case letter follows, and the stop does not end an abbreviation or a number.
    private static func isEnd(
        _ text: UnsafeBufferPointer<UInt8>, mark: Int, end: Int, from start: Int, upTo limit: Int
    ) -> Bool {
        guard end < limit else { return true }
        guard TextLine.isSpace(text[end]) || text[end] == 0x0A || text[end] == 0x0D || text[end] == 0xC2 else {
            return false
        }
        var next = end
        while next < limit, TextLine.isSpace(text[next]) { next += 1 }
        let following = String(decoding: text[next..<min(next + 4, limit)], as: UTF8.self).unicodeScalars.first
        if let following, following.properties.isLowercase { return false }
        guard text[mark] == 0x2E, end == mark + 1 else { return true }
        var word = mark
        while word > start, mark - word < 24,
            text[word - 1] > 0x7F || UInt8(ascii: "A")...UInt8(ascii: "z") ~= text[word - 1]
        {
            word -= 1
        }
        if word == mark {
            return !(word > start && text[word - 1] >= 0x30 && text[word - 1] <= 0x39 && mark - start < 4)
        }
        if let following, following.properties.numericType != nil, mark - word <= 6 { return false }
        return !abbreviations.contains(String(decoding: text[word..<mark], as: UTF8.self).lowercased())
    }
}
