import COpenSSL

/// The algorithms, fetched once because every fetch is a search under a lock, and libcrypto's way of reporting errors.
enum LibCrypto {
    // Immutable and reference-counted by libcrypto: shared between threads by design (EVP_CIPHER_fetch(3)).
    nonisolated(unsafe) static let aes256GCM = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)
    nonisolated(unsafe) static let sha256 = EVP_MD_fetch(nil, "SHA2-256", nil)

    /// The calling thread's oldest error, as an error to throw; empties the thread's queue.
    static func failure(in step: String) -> VaultError {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0, let reason = ERR_reason_error_string(code) else { return .cryptography(step) }
        return .cryptography("\(step): \(String(cString: reason))")
    }

    /// Throws unless a libcrypto function returned 1, its word for success.
    static func check(_ result: Int32, _ step: @autoclosure () -> String) throws {
        guard result == 1 else { throw failure(in: step()) }
    }

    /// Fills `buffer` from libcrypto's per-thread generator, which is seeded by the operating system and safe over
    /// `fork`.
    ///
    /// Deliberately no injected generator here: a predictable nonce or key would break every guarantee of this module.
    static func fillRandomly(_ buffer: UnsafeMutableRawBufferPointer) throws {
        guard let count = Int32(exactly: buffer.count) else { throw VaultError.tooLarge(limit: Int(Int32.max)) }
        try check(RAND_bytes(buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), count), "random bytes")
    }

    static func randomBytes(_ count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            try fillRandomly(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count))
            initialized = count
        }
    }
}

extension Array where Element == UInt8 {
    /// Overwrites the bytes in a way the optimiser may not remove.
    mutating func wipe() {
        withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    }
}

extension Collection where Element == UInt8 {
    /// The bytes as one buffer, copied only when the collection does not keep them together.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        if let result = try withContiguousStorageIfAvailable({ try body(UnsafeRawBufferPointer($0)) }) { return result }
        return try Array(self).withUnsafeBytes(body)
    }
}
