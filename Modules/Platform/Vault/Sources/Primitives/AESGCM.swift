import COpenSSL

/// AES-256-GCM (NIST SP 800-38D) with 12-byte nonces and 16-byte tags.
///
/// A context per call: with one per thread key schedules would stay in memory, and there is little to gain, because opening
/// an empty value takes 0.5 µs all in all [measured].
enum AESGCM {
    static let nonceSize = 12
    static let tagSize = 16
    /// The most one call takes: libcrypto counts in 32-bit integers.
    static let limit = 1 << 30

    /// Writes the ciphertext of `plaintext`, then the tag, to `output`, which must be exactly `tagSize` bytes longer.
    static func encrypt(
        _ plaintext: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, key: KeyMaterial,
        nonce: UnsafeRawBufferPointer, associatedData: [UInt8]
    ) throws {
        guard plaintext.count <= limit, associatedData.count <= limit else { throw VaultError.tooLarge(limit: limit) }
        precondition(output.count == plaintext.count + tagSize && nonce.count == nonceSize)
        guard let context = EVP_CIPHER_CTX_new() else { throw LibCrypto.failure(in: "new cipher context") }
        defer { EVP_CIPHER_CTX_free(context) }
        let (text, tag) = (output.baseAddress, output.baseAddress?.advanced(by: plaintext.count))
        var written: Int32 = 0
        try LibCrypto.check(
            EVP_EncryptInit_ex2(context, LibCrypto.aes256GCM, key.pointer, nonce.octets, nil), "start sealing")
        try LibCrypto.check(
            EVP_EncryptUpdate(context, nil, &written, associatedData, Int32(associatedData.count)), "associated data")
        if !plaintext.isEmpty {
            let octets = text?.assumingMemoryBound(to: UInt8.self)
            try LibCrypto.check(
                EVP_EncryptUpdate(context, octets, &written, plaintext.octets, Int32(plaintext.count)), "seal")
        }
        try LibCrypto.check(
            EVP_EncryptFinal_ex(context, tag?.assumingMemoryBound(to: UInt8.self), &written), "finish sealing")
        try LibCrypto.check(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagSize), tag), "read the tag")
    }

    /// The plaintext of `input`, which is a ciphertext followed by its tag. Throws `notAuthentic` when anything differs
    /// from what was encrypted, and then no plaintext byte leaves this function.
    static func decrypt(
        _ input: UnsafeRawBufferPointer, key: KeyMaterial, nonce: UnsafeRawBufferPointer, associatedData: [UInt8]
    ) throws -> [UInt8] {
        let count = input.count - tagSize
        guard count >= 0, nonce.count == nonceSize else { throw VaultError.notAuthentic }
        guard count <= limit, associatedData.count <= limit else { throw VaultError.tooLarge(limit: limit) }
        guard let context = EVP_CIPHER_CTX_new() else { throw LibCrypto.failure(in: "new cipher context") }
        defer { EVP_CIPHER_CTX_free(context) }
        var written: Int32 = 0
        try LibCrypto.check(
            EVP_DecryptInit_ex2(context, LibCrypto.aes256GCM, key.pointer, nonce.octets, nil), "start opening")
        try LibCrypto.check(
            EVP_DecryptUpdate(context, nil, &written, associatedData, Int32(associatedData.count)), "associated data")
        // libcrypto only reads the tag; its signature is older than const.
        let tag = UnsafeMutableRawPointer(mutating: input.baseAddress?.advanced(by: count))
        try LibCrypto.check(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagSize), tag), "set the tag")
        return try [UInt8](unsafeUninitializedCapacity: count) { plaintext, initialized in
            if count > 0 {
                try LibCrypto.check(
                    EVP_DecryptUpdate(context, plaintext.baseAddress, &written, input.octets, Int32(count)), "open")
            }
            var nothing: UInt8 = 0
            guard EVP_DecryptFinal_ex(context, &nothing, &written) == 1 else {
                OPENSSL_cleanse(plaintext.baseAddress, count)
                ERR_clear_error()
                throw VaultError.notAuthentic
            }
            initialized = count
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate var octets: UnsafePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }
}
