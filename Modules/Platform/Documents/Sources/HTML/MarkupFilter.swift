/// Rewrites a page so that the C parser is handed nothing that could make it slow or surprise it: no comments, scripts or
/// styles, no doctype, no attribute but `hidden`, and tags at most `depth` deep. Takes time in proportion to the page.
///
/// An element that the page hides, by attribute or inline style, carries `hidden` afterwards.
struct MarkupFilter {
    static let depth = 1_000

    private let source: [UInt8]
    private var at = 0
    private var output: [UInt8] = []
    /// Start tags without their end tag yet, of elements that need one. Never less than what the parser has open.
    private var open: [[UInt8]: Int] = [:]
    private var openCount = 0

    /// - Throws: `DocumentError.tooDeep`.
    static func filtered(_ page: [UInt8]) throws -> [UInt8] {
        var filter = MarkupFilter(source: page)
        try filter.run()
        return filter.output
    }

    private init(source: [UInt8]) {
        self.source = source
        output.reserveCapacity(source.count)
    }

    private mutating func run() throws {
        while let byte = peek() {
            if byte == UInt8(ascii: "<") { try markup() } else { copy(byte) }
        }
    }

    private func peek(_ offset: Int = 0) -> UInt8? { at + offset < source.count ? source[at + offset] : nil }

    private mutating func copy(_ byte: UInt8) {
        output.append(byte)
        at += 1
    }

    private mutating func markup() throws {
        switch peek(1) {
        case UInt8(ascii: "!"):
            skip(past: starts(with: "<!--") ? "-->" : ">")
        case UInt8(ascii: "?"): skip(past: ">")
        case UInt8(ascii: "/") where peek(2).map(Self.isLetter) == true:
            at += 2
            let name = name()
            skip(past: ">")
            end(name)
        case let next? where Self.isLetter(next):
            at += 1
            try start(name())
        default:
            output += Array("&lt;".utf8)
            at += 1
        }
    }

    private mutating func start(_ name: [UInt8]) throws {
        let tag = attributes()
        if !tag.isClosed, Self.raw.contains(name) {
            skip(to: Array("</".utf8) + name)
            return
        }
        output.append(UInt8(ascii: "<"))
        output += name
        if tag.isHidden { output += Array(" hidden".utf8) }
        output.append(UInt8(ascii: ">"))
        if name == Self.title { escapeTitle() }
        guard !Self.void.contains(name) else { return }
        open[name, default: 0] += 1
        guard !Self.optionalEnd.contains(name) else { return }
        openCount += 1
        if openCount > Self.depth { throw DocumentError.tooDeep(limit: Self.depth) }
    }

    private mutating func end(_ name: [UInt8]) {
        // An end tag without a start would make the parser look through all that is open.
        guard let count = open[name], count > 0 else { return }
        open[name] = count - 1
        if !Self.optionalEnd.contains(name) { openCount -= 1 }
        output += Array("</".utf8) + name
        output.append(UInt8(ascii: ">"))
    }

    /// Lower-case; a name that no element has becomes `span`.
    private mutating func name() -> [UInt8] {
        var name: [UInt8] = []
        while let byte = peek(), !Self.isSpace(byte), byte != UInt8(ascii: ">"), byte != UInt8(ascii: "/") {
            if name.count < 33 { name.append((0x41...0x5A).contains(byte) ? byte + 32 : byte) }
            at += 1
        }
        let isName = name.count <= 32 && name.allSatisfy { Self.isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        return isName ? name : Array("span".utf8)
    }

    // MARK: Attributes

    /// Reads up to and including the tag's end.
    private mutating func attributes() -> (isHidden: Bool, isClosed: Bool) {
        var (isHidden, isClosed) = (false, false)
        while let byte = peek() {
            if byte == UInt8(ascii: ">") {
                at += 1
                break
            }
            if Self.isSpace(byte) || byte == UInt8(ascii: "/") {
                isClosed = byte == UInt8(ascii: "/")
                at += 1
                continue
            }
            isClosed = false
            let (name, value) = attribute()
            isHidden = isHidden || Self.hides(name, value)
        }
        return (isHidden, isClosed)
    }

    private mutating func attribute() -> (name: String, value: String) {
        let start = at
        while let byte = peek(), !Self.isSpace(byte), !"=>/".utf8.contains(byte) || at == start { at += 1 }
        let name = source[start..<at]
        while let byte = peek(), Self.isSpace(byte) { at += 1 }
        guard peek() == UInt8(ascii: "=") else { return (Self.text(name), "") }
        at += 1
        while let byte = peek(), Self.isSpace(byte) { at += 1 }
        let value: ArraySlice<UInt8>
        if let quote = peek(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            at += 1
            let first = at
            while let byte = peek(), byte != quote { at += 1 }
            value = source[first..<at]
            if at < source.count { at += 1 }
        } else {
            let first = at
            while let byte = peek(), !Self.isSpace(byte), byte != UInt8(ascii: ">") { at += 1 }
            value = source[first..<at]
        }
        return (Self.text(name), Self.text(value))
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix(2_000), as: UTF8.self).lowercased()
    }

    private static func hides(_ name: String, _ value: String) -> Bool {
        switch name {
        case "hidden": return true
        case "aria-hidden": return value == "true"
        case "style":
            return value.split(separator: ";").contains { rule in
                let rule = rule.filter { !$0.isWhitespace }.replacing("!important", with: "")
                if ["display:none", "visibility:hidden", "visibility:collapse"].contains(rule) { return true }
                guard rule.hasPrefix("opacity:") || rule.hasPrefix("font-size:") else { return false }
                let amount = rule.split(separator: ":").last?.prefix { $0.isNumber || $0 == "." } ?? ""
                return Double(amount) == 0
            }
        default: return false
        }
    }

    // MARK: Skipping

    private func starts(with text: String) -> Bool { source[at...].starts(with: text.utf8) }

    /// To behind the next `text`, or to the end.
    private mutating func skip(past text: String) {
        let wanted = Array(text.utf8)
        while at < source.count, !source[at...].starts(with: wanted) { at += 1 }
        at = min(source.count, at + wanted.count)
    }

    /// To the next end tag that starts with `wanted`, in either case, and past it.
    private mutating func skip(to wanted: [UInt8]) {
        while at < source.count, !isAt(wanted) { at += 1 }
        while let byte = peek(), byte != UInt8(ascii: ">") { at += 1 }
        if at < source.count { at += 1 }
    }

    private func isAt(_ wanted: [UInt8]) -> Bool {
        guard source[at] == wanted.first, at + wanted.count <= source.count else { return false }
        return zip(source[at..<(at + wanted.count)], wanted).allSatisfy {
            $0 == $1 || (0x41...0x5A).contains($0) && $0 + 32 == $1
        }
    }

    /// A title holds text alone: what looks like a tag in it is none.
    private mutating func escapeTitle() {
        let end = Array("</title".utf8)
        while let byte = peek(), !isAt(end) {
            if byte == UInt8(ascii: "<") {
                output += Array("&lt;".utf8)
                at += 1
            } else {
                copy(byte)
            }
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func names(_ text: String) -> Set<[UInt8]> { Set(text.split(separator: " ").map { Array($0.utf8) }) }
    private static let title = Array("title".utf8)
    /// What stands in them is no markup; none of it is text to read either.
    private static let raw = names("script style iframe noembed noframes textarea xmp plaintext")
    private static let void = names("area base br col embed hr img input link meta param source track wbr")
    /// Their end tag is implied by the next of their kind, so that thousands without one are no depth.
    private static let optionalEnd = names("p li dt dd tr td th thead tbody tfoot option optgroup colgroup rt rp")
}
