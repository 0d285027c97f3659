import Foundation
import Kernel

/// An e-mail address as a person wrote it, and the form under which it is one person's.
struct EmailAddress: Sendable {
    private static let longest = 254
    private static let forbidden = Set("<>()[]\\,;:\"@".unicodeScalars)

    /// Trimmed and without compatibility characters (fullwidth letters and their like).
    let text: String
    let normalised: String

    /// Throws `Problem.invalid` for what cannot be an address. Whether it exists, only a message to it can tell.
    init(_ text: String) throws {
        let problem = Problem.invalid(field: "email", "expected an e-mail address such as name@example.com")
        guard text.utf8.count <= Self.longest * 4 else { throw problem }
        self.text = Self.compatible(text)
        normalised = Self.normalise(text)
        let parts = normalised.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, let local = parts.first, let domain = parts.last, normalised.utf8.count <= Self.longest,
            (1...64).contains(local.utf8.count), !domain.isEmpty, !domain.hasPrefix("."), !domain.hasSuffix("."),
            !domain.contains(".."), local.unicodeScalars.allSatisfy(Self.isVisible),
            domain.unicodeScalars.allSatisfy({ $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "." || $0 == "-" })
        else { throw problem }
    }

    /// The form that is compared: NFKC, lower case, trimmed. Any text has one, so that a sign-in with nonsense is an
    /// attempt like any other.
    static func normalise(_ text: String) -> String {
        String(compatible(String(text.prefix(longest * 2))).lowercased().precomposedStringWithCompatibilityMapping)
    }

    private static func compatible(_ text: String) -> String {
        text.precomposedStringWithCompatibilityMapping.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        guard !forbidden.contains(scalar), !scalar.properties.isWhitespace else { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }
}

/// Short texts that people give things and themselves.
enum Plain {
    /// `text`, trimmed: one line of 1 to `most` characters without control and direction-changing characters.
    static func line(_ text: String, field: String, most: Int = 100) throws -> String {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard (1...most).contains(trimmed.count), trimmed.utf8.count <= most * 4 else {
            throw Problem.invalid(field: field, "expected 1 to \(most) characters")
        }
        guard trimmed.unicodeScalars.allSatisfy(isHarmless) else {
            throw Problem.invalid(field: field, "has characters that cannot be shown")
        }
        return trimmed
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Embeddings, overrides and isolates make a name read as another.
        case 0x202A...0x202E, 0x2066...0x2069, 0x200B, 0x200E, 0x200F, 0xFEFF: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: return false
        default: return true
        }
    }
}
