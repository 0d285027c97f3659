/// An object's name: 1 to 200 of `A-Z a-z 0-9 . _ - /`, where `/` stands between parts and no part is empty, `.` or holds `..`.
///
/// It is safe as a path, as a URL and in a log. Many objects should not share everything up to their last `/`: in a folder they lie
/// side by side.
package struct ObjectKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    package static let longest = 200
    package let text: String

    /// Nil when `text` is no key.
    package init?(_ text: some StringProtocol) {
        guard (1...Self.longest).contains(text.utf8.count), text.utf8.allSatisfy({ Self.isAllowed($0) }) else { return nil }
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let dot = UInt8(ascii: ".")
        let isSafe = parts.allSatisfy { part in
            !part.isEmpty && !part.elementsEqual([dot]) && !zip(part, part.dropFirst()).contains { $0 == dot && $1 == dot }
        }
        guard isSafe else { return nil }
        self.text = String(text)
    }

    /// The text is ASCII, so that this is the order of its bytes.
    package static func < (a: Self, b: Self) -> Bool { a.text < b.text }

    package var description: String { text }

    /// Whether `byte` may stand in a key, and so in the prefix of one.
    static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
