import Kernel

/// What a contact is called. Channels deliver anything; people who type are told the limit.
struct ContactName: Sendable {
    /// In Unicode scalars: a single "character" may hide thousands of combining marks.
    static let limit = 200

    let text: String

    /// A provider's name, cut to the limit.
    init(clipping text: String) {
        self.text = String(String.UnicodeScalarView(Self.printable(text).prefix(Self.limit)))
    }

    /// A person's entry. Throws `Problem.invalid` when it is blank or too long.
    init(checking text: String, field: String = "name") throws {
        let scalars = Self.printable(text)
        guard !scalars.allSatisfy(\.properties.isWhitespace) else { throw Problem.invalid(field: field, "must not be blank") }
        guard scalars.count <= Self.limit else {
            throw Problem.invalid(field: field, "may have at most \(Self.limit) characters")
        }
        self.text = String(String.UnicodeScalarView(scalars))
    }

    /// Without control characters and outer white space.
    private static func printable(_ text: String) -> ArraySlice<Unicode.Scalar> {
        let kept = text.unicodeScalars.filter { $0.properties.generalCategory != .control }
        let tail = Array(kept.drop { $0.properties.isWhitespace })
        guard let last = tail.lastIndex(where: { !$0.properties.isWhitespace }) else { return [] }
        return tail[...last]
    }
}
