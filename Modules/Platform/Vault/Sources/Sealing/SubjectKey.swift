/// The key of one person's data, or of an account's own. Sealing and opening need no store, no lock and no `await`.
package struct SubjectKey: Concealed, Sendable {
    private let key: KeyMaterial

    init(root: KeyMaterial) throws { key = try root.derived(for: .sealing) }

    /// Encrypts `plaintext` for one place, 29 bytes longer than it. Sealing twice gives different bytes.
    ///
    /// Throws `tooLarge` beyond 1 GiB.
    package func seal(_ plaintext: some Collection<UInt8>, as context: SealContext) throws -> Sealed {
        try plaintext.withBytes {
            Sealed(stored: try Envelope.seal($0, key: key, associatedData: context.associatedData))
        }
    }

    /// Encrypts the UTF-8 form of `text`.
    package func seal(_ text: String, as context: SealContext) throws -> Sealed {
        try seal(text.utf8, as: context)
    }

    /// What was sealed. Throws `notAuthentic` unless this key sealed it for this very place and not a bit has changed.
    package func open(_ sealed: Sealed, as context: SealContext) throws -> [UInt8] {
        try sealed.stored.withUnsafeBytes {
            try Envelope.open($0, key: key, associatedData: context.associatedData)
        }
    }

    /// The sealed text. Also throws `notText`, when something other than UTF-8 was sealed.
    package func openText(_ sealed: Sealed, as context: SealContext) throws -> String {
        guard let text = String(validating: try open(sealed, as: context), as: UTF8.self) else {
            throw VaultError.notText
        }
        return text
    }

    package var description: String { "subject key" }
}
