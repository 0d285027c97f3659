/// One keyset page of a list, and where the next one starts.
package struct Page<Element: Sendable>: Sendable {
    package let elements: [Element]
    /// Opaque; hand it back to read on. Nil on the last page.
    package let next: String?

    package init(_ elements: [Element], next: String?) { (self.elements, self.next) = (elements, next) }

    /// Makes a page of at most `size` from `found`, of which the caller fetched one more than it wants to show.
    package init(_ found: [Element], size: Int, cursor: (Element) -> String) {
        elements = Array(found.prefix(size))
        next = found.count > size ? elements.last.map(cursor) : nil
    }

    package func map<Other: Sendable>(_ transform: (Element) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(try elements.map(transform), next: next)
    }
}

extension Page: Encodable where Element: Encodable {
    private enum Key: String, CodingKey { case items, next }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(elements, forKey: .items)
        try container.encode(next, forKey: .next)
    }
}
