import Kernel

/// What somebody said of themselves: in the form before the chat, or by the site that signed them in. Sealed with the visitor.
struct VisitorAnswers: Codable, Hashable, Sendable {
    var email: String?
    var phone: String?

    /// Nil for what is no address: one `@` with something around it, nothing invisible.
    static func email(_ text: String?) -> String? {
        guard let text = trimmed(text), (3...254).contains(text.utf8.count) else { return nil }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = text.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 && !$0.properties.isWhitespace }
        guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."), !parts[1].hasPrefix("."), !parts[1].hasSuffix("."),
            isPlain
        else { return nil }
        return text
    }

    /// As `+` and digits; `8 7xx` is how a number of Kazakhstan or Russia is written at home. Nil for what is no number.
    static func phone(_ text: String?) -> String? {
        guard let text = trimmed(text), text.unicodeScalars.count <= 40 else { return nil }
        guard text.unicodeScalars.allSatisfy({ ("0"..."9").contains($0) || "+-() .\u{A0}".unicodeScalars.contains($0) }) else {
            return nil
        }
        var digits = text.filter(\.isNumber)
        if !text.hasPrefix("+"), digits.count == 11, digits.hasPrefix("8") { digits = "7" + digits.dropFirst() }
        return (7...15).contains(digits.count) ? "+" + digits : nil
    }

    static func name(_ text: String?) -> String? {
        guard let scalars = trimmed(text)?.unicodeScalars.filter({ $0.value >= 32 && $0.value != 127 }) else { return nil }
        return scalars.isEmpty ? nil : String(String.UnicodeScalarView(scalars.prefix(100)))
    }

    private static func trimmed(_ text: String?) -> String? {
        guard let text else { return nil }
        let scalars = text.unicodeScalars.drop { $0.properties.isWhitespace }
        guard let last = scalars.lastIndex(where: { !$0.properties.isWhitespace }) else { return nil }
        return String(scalars[...last])
    }
}
