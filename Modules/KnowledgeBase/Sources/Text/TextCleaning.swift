import Foundation

/// Removes what a reader does not see and a model or an index would: nothing hidden is stored, found or quoted.
enum TextCleaning {
    /// NFC, without tag characters, zero-width characters (a joiner inside an emoji stays), variation selectors (but for an
    /// emoji's), bidirectional controls and control characters; every line break is a line feed.
    static func clean(_ text: String) -> String {
        var kept = ComposedText()
        var before: Unicode.Scalar?
        var scalars = text.unicodeScalars.makeIterator()
        var following = scalars.next()
        while let scalar = following {
            following = scalars.next()
            if scalar == "\r" {
                if following != "\n" { kept.append("\n") }
            } else if scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}" {
                kept.append("\n")
            } else if isVisible(scalar, after: before, before: following) {
                kept.append(scalar)
            } else {
                continue
            }
            before = scalar
        }
        return kept.finish()
    }

    /// Cleaned and without white space around it.
    static func text(_ text: String) -> String { clean(text).trimmingCharacters(in: .whitespacesAndNewlines) }

    /// Cleaned and on one line.
    static func line(_ text: String) -> String { clean(text).split(whereSeparator: \.isWhitespace).joined(separator: " ") }

    private static func isVisible(_ scalar: Unicode.Scalar, after before: Unicode.Scalar?, before following: Unicode.Scalar?)
        -> Bool
    {
        switch scalar.value {
        case 0x09, 0x0A, 0x20...0x7E: true
        case 0x00...0x1F, 0x7F...0x9F: false
        case 0xAD, 0x061C, 0x180E, 0x200B, 0x200C, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB:
            false
        case 0x200D: isEmoji(before) && isEmoji(following)
        case 0xFE0F: before.map { $0.properties.isEmoji } ?? false
        case 0xFE00...0xFE0E, 0xE_0100...0xE_01EF, 0xE_0000...0xE_007F: false
        default: true
        }
    }

    /// What may stand beside a joiner: a picture, its skin tone or its selector; never a digit.
    private static func isEmoji(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        return scalar.value == 0xFE0F || scalar.value > 0xFF && (scalar.properties.isEmoji || scalar.properties.isEmojiModifier)
    }
}
