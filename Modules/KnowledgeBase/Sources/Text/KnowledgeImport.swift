import Documents
import Foundation
package import Kernel
package import KnowledgeBaseInterface

/// Reads files into drafts: for uploads and for `sevensales kb import`.
package enum KnowledgeImport {
    /// A text, Markdown or HTML file is one draft whose source is the file's name. A `.jsonl` file holds one draft a line:
    /// `{"id":"delivery","title":"Доставка","text":"…","language":"ru"}`; `id` becomes the source, `language` may be missing,
    /// other keys are ignored and blank lines skipped.
    ///
    /// - Throws: `Problem.invalid`; of a `.jsonl` file its field is the line: `line 17`.
    package static func drafts(
        fromFile name: String, _ bytes: [UInt8], contentType: String? = nil, language: Language? = nil
    ) throws -> [KnowledgeDraft] {
        if name.lowercased().hasSuffix(".jsonl") { return try lines(bytes, language: language) }
        return [try document(name, bytes, contentType: contentType, language: language)]
    }

    /// One file, one draft.
    static func document(_ name: String, _ bytes: [UInt8], contentType: String?, language: Language?) throws -> KnowledgeDraft {
        // Browsers and command lines may name a whole path.
        let name = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? name
        do {
            let document = try DocumentText.extract(bytes, name: name, contentType: contentType)
            return KnowledgeDraft(title: title(of: document, in: name), text: document.text, language: language, source: name)
        } catch let error as DocumentError {
            throw Problem.invalid(field: "file", error.description)
        }
    }

    /// The document's own, else the file's name without its ending; cut to what a title may have.
    private static func title(of document: DocumentText, in name: String) -> String {
        let own = TextCleaning.line(document.title ?? "")
        let stem = TextCleaning.line(name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name)
        return prefix(own.isEmpty ? (stem.isEmpty ? TextCleaning.line(name) : stem) : own)
    }

    private static func prefix(_ title: String) -> String {
        String(String.UnicodeScalarView(title.unicodeScalars.prefix(KnowledgeLimits.title)))
    }

    private struct Line: Decodable {
        let id: Name
        let title: String?
        let text: String
        let language: String?
    }

    /// Exporters write ids as text or as whole numbers.
    private struct Name: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Int64.self) { text = String(number) } else { text = try value.decode(String.self) }
        }
    }

    private static func lines(_ bytes: [UInt8], language: Language?) throws -> [KnowledgeDraft] {
        var drafts: [KnowledgeDraft] = []
        let decoder = JSONDecoder()
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        for (index, line) in content.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            do {
                drafts.append(try draft(try decoder.decode(Line.self, from: Data(line)), language))
            } catch {
                throw Problem.invalid(field: "line \(index + 1)", reason(error))
            }
        }
        return drafts
    }

    private static func draft(_ line: Line, _ language: Language?) throws -> KnowledgeDraft {
        let named = try line.language.map { name in
            guard let known = Language(rawValue: name) else {
                throw Problem.invalid(field: "language", "\"\(name.prefix(20))\" is none of en, ru, kk")
            }
            return known
        }
        let name = line.id.text
        let draft = KnowledgeDraft(
            title: line.title ?? prefix(TextCleaning.line(name)), text: line.text, language: named ?? language, source: name)
        // Found out here, where the line is known, rather than in the middle of the import.
        try PreparedEntry.check(draft)
        return draft
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case Problem.invalid(let field, let reason): "\(field): \(reason)"
        case DecodingError.keyNotFound(let key, _): "\"\(key.stringValue)\" is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "\"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" is not what is expected"
        default: "is not a JSON object"
        }
    }
}
