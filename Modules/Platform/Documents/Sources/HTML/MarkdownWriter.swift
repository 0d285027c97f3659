/// Writes the readable text of a page as Markdown: headings, lists, tables; everything else as paragraphs.
final class MarkdownWriter {
    /// The page's `<title>`.
    private(set) var title: String?

    private let limit: Int
    private var written = 0
    /// The page, and above it the table cell being filled, the cell inside that.
    private var flows = [TextFlow()]
    private var tables: [Table] = []
    /// Bytes of `<title>` while it is open.
    private var titleBytes: [UInt8]?
    private var depth = 0
    /// The depth of the element that hides what is in it.
    private var hiddenAt: Int?
    private var headings = 0
    private var lists = 0
    private var verbatim = 0

    private struct Table {
        var rows = 0
        var cells: [[UInt8]] = []
        var isInCell = false
    }

    /// - Parameter limit: bytes of text after which the page is given up.
    init(limit: Int) { self.limit = limit }

    /// - Throws: `DocumentError.tooLarge`.
    func finish() throws -> String {
        guard written <= limit else { throw DocumentError.tooLarge(limit: limit) }
        while !tables.isEmpty { endTable() }
        return flows.first.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
    }

    func text(_ text: UnsafeBufferPointer<UInt8>) {
        guard hiddenAt == nil, written <= limit else { return }
        written += text.count
        if titleBytes != nil {
            titleBytes?.append(contentsOf: text)
        } else if let table = tables.last, !table.isInCell {
            // White space between rows; text there is misplaced but still text.
            if text.contains(where: { $0 > 0x20 }) { flow { $0.append(text) } }
        } else {
            flow { verbatim > 0 ? $0.appendVerbatim(text) : $0.append(text) }
        }
    }

    // MARK: Tags

    func start(_ name: String, isHidden: Bool) {
        depth += 1
        guard hiddenAt == nil else { return }
        if isHidden || Self.dropped.contains(name) {
            hiddenAt = depth
            return
        }
        switch name {
        case "title": titleBytes = title == nil ? [] : nil
        case "h1", "h2", "h3", "h4", "h5", "h6":
            headings += 1
            let level = name.utf8.last.map { Int($0) - 0x30 } ?? 1
            flow { $0.begin(String(repeating: "#", count: level) + " ", breaks: 2) }
        case "ul", "ol":
            flow { $0.breakLine(lists == 0 ? 2 : 1) }
            lists += 1
        case "li":
            let indent = String(repeating: "  ", count: min(max(0, lists - 1), 10))
            flow { $0.begin(indent + "- ", breaks: 1) }
        case "pre":
            verbatim += 1
            breakLine(2)
        case "br": breakLine(1)
        case "table": startTable()
        case "tr": endRow()
        case "td", "th": startCell()
        case let name where Self.paragraphs.contains(name): breakLine(2)
        case let name where Self.lines.contains(name): breakLine(1)
        default: break
        }
    }

    func end(_ name: String) {
        defer { depth -= 1 }
        if let hidden = hiddenAt {
            if depth <= hidden { hiddenAt = nil }
            return
        }
        switch name {
        case "title":
            let words = titleBytes.map { String(decoding: $0, as: UTF8.self).split(whereSeparator: \.isWhitespace) } ?? []
            if !words.isEmpty { title = words.joined(separator: " ") }
            titleBytes = nil
        case "h1", "h2", "h3", "h4", "h5", "h6":
            headings = max(0, headings - 1)
            flow { $0.dropPrefix() }
            breakLine(2)
        case "ul", "ol":
            lists = max(0, lists - 1)
            flow { $0.dropPrefix() }
            breakLine(lists == 0 ? 2 : 1)
        case "li":
            flow { $0.dropPrefix() }
            breakLine(1)
        case "pre":
            verbatim = max(0, verbatim - 1)
            breakLine(2)
        case "table": endTable()
        case "tr": endRow()
        case "td", "th": endCell()
        case let name where Self.paragraphs.contains(name): breakLine(2)
        case let name where Self.lines.contains(name): breakLine(1)
        default: break
        }
    }

    /// A heading stays on one line.
    private func breakLine(_ count: Int) {
        if headings > 0 { flow { $0.append([0x20]) } } else { flow { $0.breakLine(count) } }
    }

    private func flow(_ change: (inout TextFlow) -> Void) {
        guard let last = flows.indices.last else { return }
        change(&flows[last])
    }

    // MARK: Tables

    /// Tables inside more cells than this are read as paragraphs: real data is not nested that deep.
    private static let deepestTable = 3
    /// A cell longer than this holds a part of the page, not a value.
    private static let longestCell = 1_500
    /// Tables not kept, open inside the kept ones.
    private var flatTables = 0

    private func startTable() {
        breakLine(2)
        if tables.count < Self.deepestTable { tables.append(Table()) } else { flatTables += 1 }
    }

    private func endTable() {
        if flatTables > 0 {
            flatTables -= 1
            return
        }
        endRow()
        if !tables.isEmpty { tables.removeLast() }
        breakLine(2)
    }

    private func startCell() {
        guard flatTables == 0, let last = tables.indices.last else { return breakLine(1) }
        endCell()
        tables[last].isInCell = true
        flows.append(TextFlow())
    }

    private func endCell() {
        guard flatTables == 0, let last = tables.indices.last, tables[last].isInCell, flows.count > 1 else { return }
        tables[last].isInCell = false
        tables[last].cells.append(flows.removeLast().bytes)
    }

    private func endRow() {
        guard flatTables == 0, let last = tables.indices.last else { return breakLine(1) }
        endCell()
        let cells = tables[last].cells
        tables[last].cells = []
        guard cells.contains(where: { !$0.isEmpty }) else { return }
        // A table with one column, or with whole sections in its cells, only lays the page out.
        if cells.count == 1 || cells.contains(where: { $0.count > Self.longestCell }) {
            for cell in cells where !cell.isEmpty {
                breakLine(2)
                flow { $0.appendVerbatim(cell) }
                breakLine(2)
            }
            return
        }
        tables[last].rows += 1
        let texts = cells.map(Self.cell)
        // A table in a cell shares its line.
        if last > 0 { return line(texts.joined(separator: " / ")) }
        line("| \(texts.joined(separator: " | ")) |")
        if tables[last].rows == 1 { line("|\(String(repeating: " --- |", count: texts.count))") }
    }

    private func line(_ text: String) {
        flow {
            $0.breakLine(1)
            $0.append(text.utf8)
            $0.breakLine(1)
        }
    }

    /// On one line and without bars of its own.
    private static func cell(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.map { $0 == 0x7C ? 0x2F : $0 == 0x0A ? 0x20 : $0 }, as: UTF8.self)
    }

    // MARK: Elements

    private static let dropped: Set<String> = [
        "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "canvas", "audio", "video",
        "textarea",
    ]
    private static let paragraphs: Set<String> = [
        "p", "section", "article", "header", "footer", "main", "aside", "nav", "blockquote", "figure", "dl", "form", "fieldset",
        "address", "details", "hr", "caption", "dialog",
    ]
    private static let lines: Set<String> = [
        "div", "dt", "dd", "option", "summary", "figcaption", "legend", "optgroup", "center",
    ]
}
