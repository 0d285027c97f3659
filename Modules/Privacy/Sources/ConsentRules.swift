import Kernel
import PrivacyInterface

/// What a consent must say to be proof of anything.
enum ConsentRules {
    static let purposes: Set = ["processing", "marketing", "cross-border", "third-party", "publication"]
    static let sourceLimit = 100
    static let versionLimit = 50

    /// Throws `Problem.invalid`, naming the field.
    static func check(_ consent: ConsentRecord) throws {
        guard purposes.contains(consent.purpose) else {
            throw Problem.invalid(field: "purpose", "expected one of \(purposes.sorted().joined(separator: ", "))")
        }
        try check(consent.source, "source", limit: sourceLimit)
        try check(consent.textVersion, "text_version", limit: versionLimit)
        let isHex = consent.textHash.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        guard isHex, consent.textHash.utf8.count == 64 else {
            throw Problem.invalid(field: "text_hash", "expected a SHA-256 as 64 lower-case hexadecimal digits")
        }
    }

    private static func check(_ text: String, _ field: String, limit: Int) throws {
        guard !text.isEmpty, text.unicodeScalars.count <= limit else {
            throw Problem.invalid(field: field, "must have 1 to \(limit) characters")
        }
    }
}
