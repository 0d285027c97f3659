/// A file turned into plain text: Markdown where the file has headings, lists and tables.
package struct DocumentText: Hashable, Sendable {
    package let text: String
    /// The file's own title or its first heading; nil when it has neither.
    package let title: String?

    /// Bytes that a file may have.
    package static let largestFile = 25 << 20
    /// Bytes of UTF-8 that may come out of one.
    package static let largestText = 16 << 20

    /// Reads plain text, Markdown or HTML.
    ///
    /// What the bytes are decides first, then the name's extension, then `contentType`; so a PDF called `price.txt` is
    /// refused, and a web page called `price.txt` is read as one. Nothing outside `bytes` is looked at.
    ///
    /// - Parameters:
    ///   - name: the file's name; only its extension is used.
    ///   - contentType: of the upload, `text/html; charset=windows-1251`; its charset gives way to a byte order mark only.
    /// - Throws: `DocumentError`, whose description a person can act on.
    package static func extract(_ bytes: [UInt8], name: String, contentType: String? = nil) throws -> DocumentText {
        guard bytes.count <= largestFile else { throw DocumentError.tooLarge(limit: largestFile) }
        if let kind = BinarySignature.kind(of: bytes) { throw DocumentError.unsupported(kind) }
        let type = contentType.map { ContentType($0) }
        guard let kind = DocumentKind(name: name, contentType: type?.essence) else {
            throw DocumentError.unsupported(DocumentKind.whatIsCalled(name, type?.essence))
        }
        let decoded = try TextDecoder(declared: type?.charset).decode(bytes, isHTML: kind == .html)
        if BinarySignature.isBinary(decoded) { throw DocumentError.unsupported(BinarySignature.unknown) }
        let document = try kind == .html || DocumentKind.looksLikeHTML(decoded) ? html(decoded) : plain(decoded, kind)
        guard document.text.contains(where: { !$0.isWhitespace }) else { throw DocumentError.empty }
        guard document.text.utf8.count <= largestText else { throw DocumentError.tooLarge(limit: largestText) }
        return document
    }

    private static func plain(_ text: String, _ kind: DocumentKind) -> DocumentText {
        DocumentText(text: text, title: kind == .markdown ? firstHeading(of: text) : nil)
    }

    private static func html(_ text: String) throws -> DocumentText {
        let writer = MarkdownWriter(limit: largestText)
        try HTMLParser.parse(try MarkupFilter.filtered(Array(text.utf8)), into: writer)
        let markdown = try writer.finish()
        return DocumentText(text: markdown, title: writer.title ?? firstHeading(of: markdown))
    }

    /// The first `# heading` among the first lines.
    private static func firstHeading(of text: String) -> String? {
        for line in text.prefix(10_000).split(whereSeparator: \.isNewline).prefix(50) where line.hasPrefix("#") {
            let name = line.drop { $0 == "#" }
            guard name.first == " " else { continue }
            let heading = name.split(separator: " ").joined(separator: " ")
            if !heading.isEmpty { return heading }
        }
        return nil
    }
}
