import Foundation

/// Text built scalar by scalar in NFC, in time proportional to its length.
///
/// Foundation's normalisation of a whole text takes quadratic time over long runs of combining marks; here it only ever sees one
/// letter with its marks, and no letter keeps more of them than Unicode's stream-safe format allows.
struct ComposedText {
    /// UTF-8: appending to a string's scalar view copies the whole string.
    private var done: [UInt8] = []
    /// A letter, and the marks after it so far.
    private var letter: Unicode.Scalar?
    private var marks: [Unicode.Scalar] = []

    private static let mostMarks = 30

    mutating func append(_ scalar: Unicode.Scalar) {
        if letter == nil || Self.startsAnew(scalar) {
            settle()
            letter = scalar
        } else if marks.count < Self.mostMarks {
            marks.append(scalar)
        }
    }

    mutating func finish() -> String {
        settle()
        return String(decoding: done, as: UTF8.self)
    }

    private mutating func settle() {
        guard let letter else { return }
        if marks.isEmpty, Self.isComposed(letter) {
            write(letter)
        } else {
            var text = String(letter)
            for mark in marks { text.unicodeScalars.append(mark) }
            done.append(contentsOf: text.precomposedStringWithCanonicalMapping.utf8)
            marks.removeAll(keepingCapacity: true)
        }
        self.letter = nil
    }

    private mutating func write(_ scalar: Unicode.Scalar) {
        if scalar.isASCII {
            done.append(UInt8(truncatingIfNeeded: scalar.value))
        } else if scalar.value < 0x800 {
            done.append(0xC0 | UInt8(truncatingIfNeeded: scalar.value >> 6))
            done.append(0x80 | UInt8(truncatingIfNeeded: scalar.value & 0x3F))
        } else {
            done.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    /// Its own canonical form: Latin-1, Latin Extended, Cyrillic letters and common punctuation.
    private static func isComposed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00..<0x0300, 0x0400..<0x0483, 0x048A..<0x0530, 0x2010..<0x2028, 0x20A0..<0x20C1, 0x4E00..<0xA000: true
        default: false
        }
    }

    /// Whether it never joins the scalar before it.
    private static func startsAnew(_ scalar: Unicode.Scalar) -> Bool {
        if isComposed(scalar) { return true }
        // The second and third parts of a Korean syllable.
        if (0x1160...0x11FF).contains(scalar.value) { return false }
        let properties = scalar.properties
        return properties.canonicalCombiningClass == .notReordered && properties.generalCategory != .spacingMark
            && properties.generalCategory != .nonspacingMark
    }
}
