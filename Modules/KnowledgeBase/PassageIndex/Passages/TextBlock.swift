/// A part of a text that is not cut if it can be helped: a paragraph, a list item, a row, a question.
struct TextBlock {
    var range: Range<Int>
    /// The headings above it, and the column names of its table.
    let title: String
    /// Counts headings and tables, so that equal titles of different sections stay apart.
    let section: Int
    /// Starts a pair of a question and its answer.
    let isQuestion: Bool
}

/// Reads the blocks of a text line by line.
struct TextBlocks {
    private let text: UnsafeBufferPointer<UInt8>
    private let lines: [TextLine]
    private let root: String
    private var headings: [(level: Int, text: String)] = []
    /// The heading lines that no block has followed yet.
    private var pending: Range<Int>?
    private var section = 0
    private var columns = ""
    /// The next line continues the last block.
    private var isOpen = false
    private var blocks: [TextBlock] = []

    static func read(_ text: UnsafeBufferPointer<UInt8>, title: String) -> [TextBlock] {
        var reader = TextBlocks(text: text, lines: TextLine.all(of: text), root: title)
        reader.run()
        return reader.blocks
    }

    private init(text: UnsafeBufferPointer<UInt8>, lines: [TextLine], root: String) {
        (self.text, self.lines, self.root) = (text, lines, root)
    }

    private mutating func run() {
        var (index, isCode) = (0, false)
        while index < lines.count {
            let line = lines[index]
            let following = index + 1 < lines.count ? lines[index + 1] : nil
            if line.kind == .fence { isCode.toggle() }
            if isCode || line.kind == .fence {
                if line.kind != .blank { extend(line) }
            } else if case .heading(let level) = line.kind {
                heading(line, level)
            } else if line.kind == .text, !isOpen, case .underline(let level) = following?.kind {
                heading(line, level)
                index += 1
            } else if line.kind == .blank {
                isOpen = false
                columns = ""
            } else if line.kind == .row || line.kind == .ruler {
                row(line, following)
            } else {
                columns = ""
                paragraph(line)
            }
            index += 1
        }
        closeSection()
    }

    // MARK: Kinds of lines

    private mutating func heading(_ line: TextLine, _ level: Int) {
        if headings.last.map({ $0.level >= level }) ?? true { closeSection() }
        let hashes = text[line.content].prefix { $0 == 0x23 }.count
        let name = String(decoding: text[line.content].dropFirst(hashes), as: UTF8.self)
            .split(separator: "#", omittingEmptySubsequences: true).joined(separator: "#")
        while let last = headings.last, last.level >= level { headings.removeLast() }
        headings.append((level, String(name.drop { $0 == " " }.prefix(200))))
        pending = (pending?.lowerBound ?? line.content.lowerBound)..<line.content.upperBound
        (isOpen, columns) = (false, "")
        section += 1
    }

    /// A heading without text below it is a passage of its own.
    private mutating func closeSection() {
        if let pending {
            blocks.append(TextBlock(range: pending, title: path, section: section, isQuestion: false))
        }
        pending = nil
    }

    private mutating func row(_ line: TextLine, _ following: TextLine?) {
        if columns.isEmpty, following?.kind == .ruler || following?.kind == .row {
            section += 1
            let cells = String(decoding: text[line.content], as: UTF8.self).split { $0 == "|" || $0 == "\t" }
            columns = cells.map { $0.split(separator: " ").joined(separator: " ") }.filter { !$0.isEmpty }
                .joined(separator: ", ")
            columns = String(columns.prefix(300))
            start(line, isQuestion: false)
        } else if line.kind == .ruler {
            extend(line)
        } else {
            start(line, isQuestion: false)
        }
        isOpen = false
    }

    private mutating func paragraph(_ line: TextLine) {
        let question = isQuestion(line)
        let isAnswer = Self.answers.contains { starts(line, with: $0) }
        if question == .marked || !isOpen && question == .plain {
            start(line, isQuestion: true)
        } else if isOpen && line.kind != .item || isAnswer && blocks.last?.isQuestion == true && pending == nil {
            extend(line)
        } else if line.kind != .item && line.isIndented && !blocks.isEmpty && pending == nil && isOpen {
            extend(line)
        } else {
            start(line, isQuestion: false)
        }
        isOpen = true
    }

    private mutating func start(_ line: TextLine, isQuestion: Bool) {
        blocks.append(TextBlock(range: line.content, title: path, section: section, isQuestion: isQuestion))
        pending = nil
    }

    private mutating func extend(_ line: TextLine) {
        guard !line.content.isEmpty else { return }
        guard pending == nil, let last = blocks.indices.last, blocks[last].section == section else {
            start(line, isQuestion: false)
            return
        }
        blocks[last].range = blocks[last].range.lowerBound..<line.content.upperBound
    }

    private var path: String {
        let headings = ([root] + headings.map(\.text)).filter { !$0.isEmpty }.joined(separator: " › ")
        return columns.isEmpty ? headings : headings.isEmpty ? columns : "\(headings) — \(columns)"
    }

    // MARK: Questions

    private enum Question { case marked, plain, no }
    private static let questions = ["Вопрос:", "В:", "Q:", "Question:", "Сұрақ:", "С:", "**Вопрос", "**Q"].map {
        Array($0.utf8)
    }
    private static let answers = ["Ответ:", "О:", "A:", "Answer:", "Жауап:", "Ж:", "**Ответ", "**A"].map {
        Array($0.utf8)
    }

    private func isQuestion(_ line: TextLine) -> Question {
        if Self.questions.contains(where: { starts(line, with: $0) }) { return .marked }
        let end = text[line.content].reversed().drop { $0 == 0x2A || $0 == 0x5F }.first
        return end == 0x3F && line.content.count < 300 ? .plain : .no
    }

    private func starts(_ line: TextLine, with prefix: [UInt8]) -> Bool {
        let marker = TextLine.marker(text, line.content)
        return text[line.content].dropFirst(marker).starts(with: prefix)
    }
}
