import Foundation
import Kernel
package import Vault

/// The password hash as this module sees it: `PasswordHasher`, or a test that counts.
package protocol PasswordChecking: Sendable {
    func hash(_ password: String) async throws -> String
    func verify(_ password: String, against stored: String) async throws -> Bool
    func verifyDummy(_ password: String) async throws
    func needsRehash(_ stored: String) -> Bool
}

extension PasswordHasher: PasswordChecking {}

/// Passwords in this product: which are good enough, and checking them so that nobody learns who has an account.
struct Passwords: Sendable {
    let checker: any PasswordChecking

    /// Throws `Problem.invalid` for a password that is too short, too long or too easy to guess; `names` are the person's own.
    func hash(_ password: String, names: [String]) async throws -> String {
        let canonical = Self.canonical(password)
        try PasswordPolicy.check(canonical, names: names)
        return try await translatingBusy { try await checker.hash(canonical) }
    }

    /// Whether it is the right password. Without a `stored` hash it does the same work and says no.
    func verify(_ password: String, against stored: String?) async throws -> Bool {
        guard password.utf8.count <= PasswordHasher.longestPassword else { return false }
        let canonical = Self.canonical(password)
        guard canonical.utf8.count <= PasswordHasher.longestPassword else { return false }
        return try await translatingBusy {
            if let stored { return try await checker.verify(canonical, against: stored) }
            try await checker.verifyDummy(canonical)
            return false
        }
    }

    /// A stronger hash of a password that was just typed correctly; nil when `stored` is strong enough.
    func rehash(_ password: String, _ stored: String) async -> String? {
        guard checker.needsRehash(stored) else { return nil }
        return try? await checker.hash(Self.canonical(password))
    }

    /// The same bytes from every keyboard.
    private static func canonical(_ password: String) -> String { password.precomposedStringWithCompatibilityMapping }

    private func translatingBusy<Value>(_ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch VaultError.busy {
            throw Problem.unavailable("Too many people are signing in; try again in a few seconds.")
        }
    }
}

/// Which passwords are refused: short ones, and ones that are little more than a name or a common password.
enum PasswordPolicy {
    static let shortest = 10
    /// What must be left when names and common words are taken out.
    private static let ownPart = 6

    static func check(_ password: String, names: [String]) throws {
        guard password.utf8.count <= PasswordHasher.longestPassword else {
            throw Problem.invalid(field: "password", "at most \(PasswordHasher.longestPassword) bytes")
        }
        guard password.count >= shortest else {
            throw Problem.invalid(field: "password", "at least \(shortest) characters")
        }
        var rest = password.lowercased()
        for word in words(of: names) + common { rest = rest.replacing(word, with: "") }
        guard rest.count >= ownPart, Set(rest).count >= 4 else {
            throw Problem.invalid(field: "password", "too easy to guess: use several unrelated words")
        }
    }

    /// The names, and their parts of three letters and more, the longest first.
    private static func words(of names: [String]) -> [String] {
        let whole = names.map { $0.precomposedStringWithCompatibilityMapping.lowercased() }
        let parts = whole.flatMap { $0.split { !$0.isLetter && !$0.isNumber }.map(String.init) }
        return Set(whole + parts).filter { $0.count >= 3 }.sorted { ($1.count, $1) < ($0.count, $0) }
    }

    /// What the most used passwords of ten characters and more are made of, the longest first.
    private static let common = [
        "administrator", "qwertyuiop", "1234567890", "0987654321", "йцукенгшщз", "1q2w3e4r5t", "q1w2e3r4t5", "sevensales",
        "123456789", "987654321", "iloveyou", "password", "passw0rd", "p@ssw0rd", "p@ssword", "12345678", "1q2w3e4r", "q1w2e3r4",
        "asdfghjkl", "superman", "football", "baseball", "princess", "sunshine", "1qaz2wsx", "zaq12wsx", "zxcvbnm", "welcome",
        "letmein", "1234567", "йцукен", "qwerty", "asdfgh", "zxcvbn", "qazwsx", "monkey", "dragon", "master", "shadow", "123456",
        "654321", "123123", "111111", "000000", "666666", "abc123", "пароль", "құпия", "любовь", "привет", "parol", "admin",
        "login", "12345", "54321", "abcdef", "qweasd", "2023", "2024", "2025", "2026", "1234", "4321", "123", "321",
    ]
}
