package import Kernel

package enum PassageSubject {}

/// A piece of the knowledge base that can be found and quoted: one answer, a few paragraphs, some rows of a table.
package struct Passage: Sendable {
    package let id: Identifier<PassageSubject>
    /// The article, file or question it was cut from; the unit of removal.
    package let entry: Identifier<EntrySubject>
    /// The heading path above it; counts more than the text.
    package let title: String
    package let text: String
    /// Decides how Cyrillic words are stemmed. Latin words are always stemmed as English.
    package let language: Language

    package init(
        id: Identifier<PassageSubject>, entry: Identifier<EntrySubject>, title: String, text: String, language: Language
    ) {
        (self.id, self.entry, self.title, self.text, self.language) = (id, entry, title, text, language)
    }
}

/// A passage that answers a query, with its BM25 score (larger is better; comparable within one query only).
package struct Hit: Hashable, Sendable {
    package let passage: Identifier<PassageSubject>
    package let entry: Identifier<EntrySubject>
    package let score: Double

    package init(passage: Identifier<PassageSubject>, entry: Identifier<EntrySubject>, score: Double) {
        (self.passage, self.entry, self.score) = (passage, entry, score)
    }
}
