import Testing

@testable import Documents

struct DocumentTextTests {
    private func read(_ text: String, _ name: String = "a.txt", _ type: String? = nil) throws -> DocumentText {
        try DocumentText.extract(Array(text.utf8), name: name, contentType: type)
    }

    @Test func `plain text and Markdown stay as they are`() throws {
        let text = "# Прайс\r\n\r\n| a | b |\r\n* один\n\n\n  два  "
        #expect(try read(text, "a.txt") == DocumentText(text: text, title: nil))
        #expect(try read(text, "price.MD") == DocumentText(text: text, title: "Прайс"))
    }

    @Test(arguments: [
        ("a.txt", nil), ("a.md", "application/octet-stream"), ("a.csv", "text/plain"),
        ("noextension", "text/markdown; charset=UTF-8"),
        ("архив.v2", "TEXT/PLAIN"),
    ])
    func `the extension or the content type says how to read it`(name: String, type: String?) throws {
        #expect(try read("Диван", name, type).text == "Диван")
    }

    @Test(arguments: [
        ("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a .docx file"),
        ("a", nil, "a file of unknown type"),
        ("a", "application/json", "a file of type application/json"), ("", nil, "a file of unknown type"),
        ("a.\u{202E}txt", nil, "a file of unknown type"),
        (String(repeating: "я", count: 4_096), nil, "a file of unknown type"),
    ])
    func `another kind of file is refused by name and told what is read`(name: String, type: String?, what: String) {
        let error = #expect(throws: DocumentError.self) { try read("Диван", name, type) }
        #expect(error == .unsupported(what))
        #expect(error?.description == "this is \(what); supported are plain text (.txt), Markdown (.md) and web pages (.html)")
    }

    @Test(arguments: [
        ("%PDF-1.7\n1 0 obj", "a PDF"), ("PK\u{3}\u{4}....", "a ZIP archive or an Office document"),
        ("{\\rtf1 ...", "an RTF document"),
        ("GIF89a....", "a picture"), ("a\u{1}b\u{2}c\u{3}", "not text but binary data"),
        ("текст\u{0}", "not text but binary data"),
    ])
    func `binary data is refused whatever its name says`(content: String, what: String) {
        for (name, type) in [("price.txt", "text/plain"), ("page.html", "text/html"), ("read.md", nil)] {
            #expect(throws: DocumentError.unsupported(what)) { try read(content, name, type) }
        }
    }

    @Test(arguments: ["", " \n\t\r\n", "<html><script>1</script><p> </p></html>"])
    func `a file without text says so`(content: String) {
        #expect(throws: DocumentError.empty) { try read(content, "a.txt") }
    }

    @Test func `a file is as large as the limit and no larger`() throws {
        let largest = [UInt8](repeating: 0x61, count: DocumentText.largestText)
        #expect(try DocumentText.extract(largest, name: "a.txt").text.utf8.count == DocumentText.largestText)
        #expect(throws: DocumentError.tooLarge(limit: DocumentText.largestText)) {
            try DocumentText.extract(largest + [0x61], name: "a.txt")
        }
        let huge = [UInt8](repeating: 0x61, count: DocumentText.largestFile + 1)
        #expect(throws: DocumentError.tooLarge(limit: DocumentText.largestFile)) {
            try DocumentText.extract(huge, name: "a.html")
        }
    }
}
