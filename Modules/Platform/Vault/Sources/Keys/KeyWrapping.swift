/// Encrypting a key under the key above it.
struct KeyWrapping: Sendable {
    private let key: KeyMaterial

    init(root: KeyMaterial) throws { key = try root.derived(for: .wrapping) }

    func wrap(_ inner: KeyMaterial, as reference: KeyReference) throws -> [UInt8] {
        try inner.withUnsafeBytes { try Envelope.seal($0, key: key, associatedData: reference.associatedData) }
    }

    /// Throws `keyNotUnwrapped` for a key of another name, another master key or damaged bytes.
    func unwrap(_ wrapped: [UInt8], as reference: KeyReference) throws -> KeyMaterial {
        do {
            var bytes = try wrapped.withUnsafeBytes {
                try Envelope.open($0, key: key, associatedData: reference.associatedData)
            }
            defer { bytes.wipe() }
            guard bytes.count == KeyMaterial.size else { throw VaultError.notAuthentic }
            return try KeyMaterial(copying: bytes)
        } catch VaultError.notAuthentic {
            throw VaultError.keyNotUnwrapped(reference)
        }
    }
}
