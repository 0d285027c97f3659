import CLibXML2

/// libxml2's tolerant HTML parser, as a stream of tags and text. No tree is built, so no depth can overflow a stack.
enum HTMLParser {
    /// Once, before the first use: the library's own start is not safe from several threads.
    private static let isReady: Bool = {
        xmlInitParser()
        return true
    }()

    /// Parses what `MarkupFilter` made of a page. No network, no entities but HTML's own names.
    static func parse(_ page: [UInt8], into writer: MarkdownWriter) throws {
        guard isReady, let context = htmlNewParserCtxt() else { throw DocumentError.tooLarge(limit: DocumentText.largestFile) }
        defer { htmlFreeParserCtxt(context) }
        // The library fills a SAX table that builds a tree; this one replaces all of it.
        context.pointee.sax.pointee = handler
        let options =
            HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue
            | HTML_PARSE_NONET.rawValue | HTML_PARSE_IGNORE_ENC.rawValue | HTML_PARSE_NODEFDTD.rawValue
        withExtendedLifetime(writer) {
            context.pointee.userData = Unmanaged.passUnretained(writer).toOpaque()
            page.withUnsafeBytes { bytes in
                let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                let tree = htmlCtxtReadMemory(
                    context, start, Int32(clamping: bytes.count), nil, "UTF-8", Int32(bitPattern: UInt32(options)))
                if let tree { xmlFreeDoc(tree) }
            }
        }
    }

    private static var handler: xmlSAXHandler {
        var handler = xmlSAXHandler()
        handler.startElement = { data, name, attributes in
            guard let name, let writer = MarkdownWriter.behind(data) else { return }
            var isHidden = false
            // Pairs of name and value, nil at the end. The filter left `hidden` alone.
            if let first = attributes?.pointee { isHidden = String(cString: first) == "hidden" }
            writer.start(String(cString: name), isHidden: isHidden)
        }
        handler.endElement = { data, name in
            guard let name, let writer = MarkdownWriter.behind(data) else { return }
            writer.end(String(cString: name))
        }
        handler.characters = { data, text, count in
            MarkdownWriter.behind(data)?.text(UnsafeBufferPointer(start: text, count: Int(count)))
        }
        handler.ignorableWhitespace = handler.characters
        handler.cdataBlock = handler.characters
        return handler
    }
}

extension MarkdownWriter {
    fileprivate static func behind(_ data: UnsafeMutableRawPointer?) -> MarkdownWriter? {
        data.map { Unmanaged<MarkdownWriter>.fromOpaque($0).takeUnretainedValue() }
    }
}
