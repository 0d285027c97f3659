/// The kinds of file that are read.
enum DocumentKind: Hashable {
    case plain, markdown, html

    /// Decides by the extension; a name without a known one leaves it to the content type.
    init?(name: String, contentType: String?) {
        switch Self.fileExtension(of: name) {
        case "txt", "text", "log": self = .plain
        case "md", "markdown", "mdown", "mkd": self = .markdown
        case "html", "htm", "xhtml": self = .html
        default:
            switch contentType {
            case "text/plain": self = .plain
            case "text/markdown", "text/x-markdown": self = .markdown
            case "text/html", "application/xhtml+xml": self = .html
            default: return nil
            }
        }
    }

    /// A web page is read as one whatever it is called.
    static func looksLikeHTML(_ text: String) -> Bool {
        let start = text.utf8.drop { $0 <= 0x20 }.prefix(15).map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 }
        return ["<!doctype html", "<html>", "<html ", "<html\n", "<html\r"].contains { start.starts(with: $0.utf8) }
    }

    static func whatIsCalled(_ name: String, _ contentType: String?) -> String {
        if let ending = fileExtension(of: name) { return "a .\(ending) file" }
        return contentType.map { "a file of type \($0.prefix(60))" } ?? "a file of unknown type"
    }

    /// Lower-case and short; nil when there is none worth the name.
    private static func fileExtension(of name: String) -> String? {
        guard let dot = name.lastIndex(of: ".") else { return nil }
        let ending = name[name.index(after: dot)...].lowercased()
        let isOne =
            (1...10).contains(ending.utf8.count) && ending.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0.isDigit }
        return isOne ? ending : nil
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}

/// `text/html; charset="UTF-8"`, taken apart.
struct ContentType {
    let essence: String
    let charset: String?

    init(_ header: String) {
        let parts = header.split(separator: ";").map { $0.filter { !$0.isWhitespace && $0 != "\"" }.lowercased() }
        essence = parts.first ?? ""
        charset = parts.dropFirst().first { $0.hasPrefix("charset=") }.map { String($0.dropFirst(8)) }
    }
}

/// What files that are not text start with.
enum BinarySignature {
    /// What the bytes are, in words; nil when they may be text.
    static func kind(of bytes: [UInt8]) -> String? {
        for (start, name) in known where bytes.starts(with: start) { return name }
        // `ftyp` stands behind a length.
        return bytes.dropFirst(4).starts(with: "ftyp".utf8) ? "a video or picture" : nil
    }

    static let unknown = "not text but binary data"

    /// Whether what was decoded is no text after all: a share of control characters that nobody types.
    static func isBinary(_ text: String) -> Bool {
        let start = text.utf8.prefix(65_536)
        let controls = start.count { $0 < 0x20 && !(0x09...0x0D).contains($0) && $0 != 0x1B }
        return controls * 50 > start.count
    }

    private static let known: [([UInt8], String)] = [
        (Array("%PDF".utf8), "a PDF"),
        ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive or an Office document"), ([0x50, 0x4B, 0x05, 0x06], "a ZIP archive"),
        ([0xD0, 0xCF, 0x11, 0xE0], "an Office document of the old format"), (Array("{\\rtf".utf8), "an RTF document"),
        ([0x89, 0x50, 0x4E, 0x47], "a picture"), ([0xFF, 0xD8, 0xFF], "a picture"), (Array("GIF8".utf8), "a picture"),
        (Array("RIFF".utf8), "a sound, video or picture"), (Array("OggS".utf8), "a sound"), (Array("ID3".utf8), "a sound"),
        (Array("Rar!".utf8), "a RAR archive"), ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive"), ([0x1F, 0x8B], "a gzip archive"),
        (Array("BZh".utf8), "a bzip2 archive"), ([0xFD, 0x37, 0x7A, 0x58], "an xz archive"),
        ([0x28, 0xB5, 0x2F, 0xFD], "a zstd archive"),
        ([0x7F, 0x45, 0x4C, 0x46], "a program"), (Array("SQLite format 3".utf8), "a database"),
    ]
}
