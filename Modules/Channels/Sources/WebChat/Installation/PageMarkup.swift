/// What a page's HTML says to a browser about scripts: the script elements it would run or see, and the policies in its meta elements.
///
/// Reads any bytes, however broken, in one pass. Comments and the insides of elements whose content is no markup are passed over, as a
/// browser passes them over.
struct PageMarkup: Sendable {
    /// An element's attributes: names in lower case, values with their character references resolved. Of a name given twice the first counts.
    typealias Attributes = [String: String]

    private(set) var scripts: [Attributes] = []
    /// The contents of `<meta http-equiv="Content-Security-Policy">`.
    private(set) var policies: [String] = []

    /// Elements whose insides a browser with scripting does not read as markup, or does not run.
    private static let opaque: Set = [
        "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript", "template",
    ]
    private static let mostScripts = 1_000
    private static let mostPolicies = 50

    init(_ bytes: [UInt8]) {
        var reader = MarkupReader(bytes)
        while let tag = reader.nextTag() {
            if tag.name == "meta", tag.attributes["http-equiv"]?.lowercased() == "content-security-policy",
                let content = tag.attributes["content"], policies.count < Self.mostPolicies
            {
                policies.append(content)
            }
            if tag.name == "script", scripts.count < Self.mostScripts { scripts.append(tag.attributes) }
            if tag.name == "plaintext" { return }
            if Self.opaque.contains(tag.name) { reader.skip(pastEndOf: tag.name) }
        }
    }
}

/// Goes through bytes from start tag to start tag.
private struct MarkupReader {
    private let bytes: [UInt8]
    private var position = 0

    private static let mostAttributes = 100
    private static let longestValue = 8_192

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private func byte(_ index: Int) -> UInt8? { bytes.indices.contains(index) ? bytes[index] : nil }
    private var current: UInt8? { byte(position) }

    /// Nil at the end.
    mutating func nextTag() -> (name: String, attributes: PageMarkup.Attributes)? {
        while let start = bytes[min(position, bytes.count)...].firstIndex(of: UInt8(ascii: "<")) {
            position = start + 1
            guard let first = current else { return nil }
            if first == UInt8(ascii: "!") {
                skipComment()
            } else if first.isLetter {
                let name = word { $0.isSpace || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ">") }
                return (name, attributes())
            }
        }
        return nil
    }

    mutating func skip(pastEndOf name: String) {
        let end = Array("</\(name)".utf8)
        while position < bytes.count {
            guard let start = bytes[position...].firstIndex(of: UInt8(ascii: "<")) else { break }
            let isEnd = end.indices.allSatisfy { byte(start + $0)?.lowercase == end[$0] }
            let after = byte(start + end.count)
            position = start + 1
            if isEnd, after == nil || after?.isSpace == true || after == UInt8(ascii: ">") || after == UInt8(ascii: "/") {
                position = start + end.count
                return
            }
        }
        position = bytes.count
    }

    /// `<!-- … -->`; of anything else that begins with `<!` up to the next `>`.
    private mutating func skipComment() {
        let dash = UInt8(ascii: "-")
        guard byte(position + 1) == dash, byte(position + 2) == dash else { return skip(past: [UInt8(ascii: ">")]) }
        position += 3
        // `<!-->` and `<!--->` are whole comments.
        if current == UInt8(ascii: ">") { position += 1; return }
        if current == dash, byte(position + 1) == UInt8(ascii: ">") { position += 2; return }
        skip(past: Array("-->".utf8))
    }

    private mutating func skip(past end: [UInt8]) {
        while position < bytes.count {
            guard let start = bytes[position...].firstIndex(of: end[0]) else { break }
            position = start + 1
            if end.indices.allSatisfy({ byte(start + $0) == end[$0] }) {
                position = start + end.count
                return
            }
        }
        position = bytes.count
    }

    private mutating func attributes() -> PageMarkup.Attributes {
        var found: PageMarkup.Attributes = [:]
        while let next = current {
            if next == UInt8(ascii: ">") {
                position += 1
                break
            }
            if next.isSpace || next == UInt8(ascii: "/") {
                position += 1
                continue
            }
            // A name takes at least one byte, also where that is `=`.
            let from = position
            position += 1
            skipWhile { !($0.isSpace || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "=")) }
            let name = String(decoding: bytes[from..<position].prefix(100), as: UTF8.self).lowercased()
            skipWhile(\.isSpace)
            var value = ""
            if current == UInt8(ascii: "=") {
                position += 1
                value = attributeValue()
            }
            if found.count < Self.mostAttributes, found[name] == nil { found[name] = value }
        }
        return found
    }

    private mutating func attributeValue() -> String {
        skipWhile(\.isSpace)
        guard let quote = current, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            let from = position
            skipWhile { !$0.isSpace && $0 != UInt8(ascii: ">") }
            return text(from..<position)
        }
        position += 1
        let from = position
        skipWhile { $0 != quote }
        let value = text(from..<position)
        position = min(position + 1, bytes.count)
        return value
    }

    private mutating func word(until isEnd: (UInt8) -> Bool) -> String {
        let from = position
        skipWhile { !isEnd($0) }
        return String(decoding: bytes[from..<position].prefix(100), as: UTF8.self).lowercased()
    }

    private mutating func skipWhile(_ holds: (UInt8) -> Bool) {
        while let next = current, holds(next) { position += 1 }
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range].prefix(Self.longestValue), as: UTF8.self).resolvingCharacterReferences()
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == 32 || (9...13).contains(self) }
    fileprivate var isLetter: Bool { (97...122).contains(lowercase) }
    fileprivate var lowercase: UInt8 { (65...90).contains(self) ? self | 0x20 : self }
}

extension String {
    /// The references that addresses and policies are written with; others stay as they are.
    fileprivate func resolvingCharacterReferences() -> String {
        guard contains("&") else { return self }
        let named = ["amp": "&", "quot": "\"", "apos": "'", "lt": "<", "gt": ">", "colon": ":", "sol": "/", "period": "."]
        var (result, rest) = ("", self[...])
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            rest = rest[start...]
            guard let end = rest.prefix(12).firstIndex(of: ";") else {
                result.append(rest.removeFirst())
                continue
            }
            let name = rest[rest.index(after: start)..<end]
            if let known = named[String(name)] ?? Self.numbered(name) {
                result += known
                rest = rest[rest.index(after: end)...]
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result + rest
    }

    private static func numbered(_ name: Substring) -> String? {
        guard name.first == "#" else { return nil }
        let digits = name.dropFirst()
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        let code = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return code.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
    }
}
