/// The stored form of everything encrypted: version (1 byte), nonce (12), ciphertext, tag (16).
///
/// Nonces are random. With 96 bits that is safe for 2^32 values per key (NIST SP 800-38D, 8.3); a subject's key seals
/// one person's rows and stays far below. An account's own key would take 13 years at ten values a second: give
/// high-volume streams that belong to nobody a subject of their own.
enum Envelope {
    static let version: UInt8 = 1
    static let overhead = textStart + AESGCM.tagSize
    private static let textStart = 1 + AESGCM.nonceSize

    static func seal(_ plaintext: UnsafeRawBufferPointer, key: KeyMaterial, associatedData: [UInt8]) throws -> [UInt8] {
        guard plaintext.count <= AESGCM.limit else { throw VaultError.tooLarge(limit: AESGCM.limit) }
        let count = plaintext.count + overhead
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let all = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count)
            let nonce = UnsafeMutableRawBufferPointer(rebasing: all[1..<textStart])
            all.storeBytes(of: version, as: UInt8.self)
            try LibCrypto.fillRandomly(nonce)
            try AESGCM.encrypt(
                plaintext, into: UnsafeMutableRawBufferPointer(rebasing: all[textStart...]), key: key,
                nonce: UnsafeRawBufferPointer(nonce), associatedData: associatedData)
            initialized = count
        }
    }

    /// Throws `notAuthentic` for anything that `seal` did not make with the same key and associated data.
    static func open(_ sealed: UnsafeRawBufferPointer, key: KeyMaterial, associatedData: [UInt8]) throws -> [UInt8] {
        guard sealed.count >= overhead, sealed.first == version else { throw VaultError.notAuthentic }
        return try AESGCM.decrypt(
            UnsafeRawBufferPointer(rebasing: sealed[textStart...]), key: key,
            nonce: UnsafeRawBufferPointer(rebasing: sealed[1..<textStart]), associatedData: associatedData)
    }
}
