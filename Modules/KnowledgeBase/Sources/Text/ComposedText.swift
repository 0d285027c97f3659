import Foundation

/// Text built scalar by scalar in NFC, in time proportional to its length.
///
/// Foundation's normalisation of a whole text takes quadratic time over long runs of combining marks; here it only ever sees one
/// letter with its marks, and no letter keeps more of them than Unicode's stream-safe format allows.
struct ComposedText {
    private var done = String.UnicodeScalarView()
    /// A letter and the marks after it so far.
    private var pending = String.UnicodeScalarView()
    private var pendingCount = 0

    private static let mostMarks = 30

    mutating func append(_ scalar: Unicode.Scalar) {
        if Self.startsAnew(scalar) { settle() }
        guard pendingCount <= Self.mostMarks else { return }
        pending.append(scalar)
        pendingCount += 1
    }

    mutating func finish() -> String {
        settle()
        return String(done)
    }

    private mutating func settle() {
        if pendingCount > 1 || pending.first.map({ !Self.isComposed($0) }) ?? false {
            done.append(contentsOf: String(pending).precomposedStringWithCanonicalMapping.unicodeScalars)
        } else {
            done.append(contentsOf: pending)
        }
        pending.removeAll(keepingCapacity: true)
        pendingCount = 0
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
