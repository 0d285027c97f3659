/// An element of an answer's XML.
///
/// Not libxml2, which belongs to Documents: what stores write has elements, text and character references, and a reader of just that,
/// without document types, entities or recursion, is smaller than a safe wrapping of the library.
struct S3Element {
    /// Without its namespace's prefix.
    let name: String
    private(set) var text = ""
    private(set) var children: [S3Element] = []

    private static let deepest = 16

    /// The text of the first child called `name`, without white space around it.
    subscript(name: String) -> String? { children.first { $0.name == name }?.text.trimmed }

    func all(_ name: String) -> [S3Element] { children.filter { $0.name == name } }

    private init(name: String) { self.name = name }

    /// The root; nil unless `bytes` are one well-nested element.
    init?(_ bytes: [UInt8]) {
        var open: [S3Element] = []
        var root: S3Element?
        var rest = bytes[...]
        while let next = rest.first {
            guard next == UInt8(ascii: "<") else {
                let run = rest.prefix { $0 != UInt8(ascii: "<") }
                rest = rest.dropFirst(run.count)
                if open.isEmpty { continue }
                open[open.count - 1].text += Self.unescaped(run)
                continue
            }
            if let after = Self.skipped(rest, from: "<?", to: "?>") ?? Self.skipped(rest, from: "<!--", to: "-->") {
                rest = after
                continue
            }
            if let after = Self.skipped(rest, from: "<![CDATA[", to: "]]>") {
                guard !open.isEmpty else { return nil }
                open[open.count - 1].text += String(decoding: rest[..<after.startIndex].dropFirst(9).dropLast(3), as: UTF8.self)
                rest = after
                continue
            }
            // A document type could bring entities; no store sends one.
            guard let tag = Self.tag(&rest), root == nil else { return nil }
            switch tag.kind {
            case .start:
                guard open.count < Self.deepest else { return nil }
                open.append(S3Element(name: tag.name))
                continue
            case .end: guard open.last?.name == tag.name else { return nil }
            case .empty: open.append(S3Element(name: tag.name))
            }
            guard let done = open.popLast() else { return nil }
            if open.isEmpty { root = done } else { open[open.count - 1].children.append(done) }
        }
        guard let root, open.isEmpty else { return nil }
        self = root
    }

    private enum Kind { case start, end, empty }

    /// Reads one tag from the start of `rest`. Attributes are passed over.
    private static func tag(_ rest: inout ArraySlice<UInt8>) -> (kind: Kind, name: String)? {
        var quote: UInt8?
        let end = rest.firstIndex { byte in
            if let open = quote {
                if byte == open { quote = nil }
                return false
            }
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { quote = byte }
            return byte == UInt8(ascii: ">")
        }
        guard let end else { return nil }
        var inside = rest[..<end].dropFirst()
        rest = rest[end...].dropFirst()
        var kind = Kind.start
        if inside.first == UInt8(ascii: "/") {
            (kind, inside) = (.end, inside.dropFirst())
        } else if inside.last == UInt8(ascii: "/") {
            (kind, inside) = (.empty, inside.dropLast())
        }
        let name = inside.prefix { $0 > 32 }
        let local = name.split(separator: UInt8(ascii: ":")).last ?? []
        guard !local.isEmpty, name.first != UInt8(ascii: "!") else { return nil }
        return (kind, String(decoding: local, as: UTF8.self))
    }

    private static func skipped(_ rest: ArraySlice<UInt8>, from start: String, to end: String) -> ArraySlice<UInt8>? {
        guard rest.starts(with: start.utf8) else { return nil }
        var left = rest.dropFirst(start.utf8.count)
        while !left.isEmpty {
            if left.starts(with: end.utf8) { return left.dropFirst(end.utf8.count) }
            left = left.dropFirst()
        }
        return nil
    }

    private static let entities: [String: String] = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]

    /// What is no reference stays as it is.
    private static func unescaped(_ run: ArraySlice<UInt8>) -> String {
        let text = String(decoding: run, as: UTF8.self)
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var pieces = text.split(separator: "&", omittingEmptySubsequences: false)[...]
        var result = pieces.popFirst().map(String.init) ?? ""
        for piece in pieces {
            if let end = piece.firstIndex(of: ";"), let character = character(piece[..<end]) {
                result += character + piece[piece.index(after: end)...]
            } else {
                result += "&" + piece
            }
        }
        return result
    }

    private static func character(_ reference: Substring) -> String? {
        guard reference.first == "#" else { return entities[String(reference)] }
        let digits = reference.dropFirst()
        let code = digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return code.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
    }
}

extension String {
    fileprivate var trimmed: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\n" || $0 == "\r\n" || $0 == "\r" || $0 == "\t" }
        var rest = drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return String(rest)
    }
}
