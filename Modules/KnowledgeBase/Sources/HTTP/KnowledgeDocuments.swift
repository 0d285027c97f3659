import Kernel
import KnowledgeBaseInterface

/// The JSON of the knowledge routes. What may be null is written as null, not left out.
enum KnowledgeDocuments {
    struct Item: Codable {
        let id: EntryID
        let title: String
        let language: Language?
        /// `text` typed by hand, `file` for what was uploaded or imported.
        let kind: String
        let source: String?
        let version: Int
        let passages: Int
        let size: Int
        let updatedAt: Instant

        init(_ entry: KnowledgeEntry) {
            (id, title, language, source) = (entry.id, entry.title, entry.language, entry.source)
            kind = entry.source == nil ? "text" : "file"
            (version, passages, size, updatedAt) = (entry.version, entry.passages, entry.size, entry.updatedAt)
        }

        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(id, forKey: .id)
            try fields.encode(title, forKey: .title)
            try fields.encode(language, forKey: .language)
            try fields.encode(kind, forKey: .kind)
            try fields.encode(source, forKey: .source)
            try fields.encode(version, forKey: .version)
            try fields.encode(passages, forKey: .passages)
            try fields.encode(size, forKey: .size)
            try fields.encode(updatedAt, forKey: .updatedAt)
        }
    }

    /// An item and its text, in one object.
    struct Entry: Codable {
        let item: Item
        let text: String

        enum CodingKeys: String, CodingKey { case text }

        init(_ entry: KnowledgeEntry) { (item, text) = (Item(entry), entry.text) }

        init(from decoder: any Decoder) throws {
            item = try Item(from: decoder)
            text = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .text)
        }

        func encode(to encoder: any Encoder) throws {
            try item.encode(to: encoder)
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(text, forKey: .text)
        }
    }

    struct Draft: Codable {
        let title: String
        let text: String
        let language: Language?

        var draft: KnowledgeDraft { KnowledgeDraft(title: title, text: text, language: language, source: nil) }
    }

    struct Version: Codable {
        let version: Int
        let title: String
        let createdAt: Instant
        /// `user/0197…`, `api_key/0197…`, `system`.
        let createdBy: String

        init(_ version: EntryVersion) {
            (self.version, title) = (version.version, version.title)
            (createdAt, createdBy) = (version.createdAt, version.createdBy)
        }
    }

    struct Found: Codable {
        let entryId: EntryID
        let version: Int
        let title: String
        let quote: String
        let start: Int
        let end: Int
        let score: Double

        init(_ hit: KnowledgeHit) {
            (entryId, version, title) = (hit.citation.entryID, hit.citation.version, hit.citation.title)
            (quote, start, end) = (hit.citation.quote, hit.citation.start, hit.citation.end)
            score = hit.score
        }
    }

    struct Results: Codable { let items: [Found] }
}
