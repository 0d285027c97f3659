import COpenSSL

/// Hashes and comparisons, for values that are not passwords.
package enum Digest {
    /// SHA-256 of `bytes`: 32 bytes.
    package static func sha256(_ bytes: some Collection<UInt8>) -> [UInt8] {
        bytes.withBytes { input in
            output { digest in
                EVP_Digest(input.baseAddress, input.count, digest, nil, LibCrypto.sha256, nil) == 1
            }
        }
    }

    /// SHA-256 of the UTF-8 form of `text`.
    package static func sha256(_ text: String) -> [UInt8] { sha256(text.utf8) }

    /// HMAC-SHA256 (RFC 2104) of `bytes` under `key`: 32 bytes.
    package static func hmacSHA256(_ bytes: some Collection<UInt8>, key: some Collection<UInt8>) -> [UInt8] {
        key.withBytes { key in bytes.withBytes { hmacSHA256($0, key: key) } }
    }

    static func hmacSHA256(_ input: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer) -> [UInt8] {
        // HMAC() takes a null key to mean "the key of last time", so an empty one needs an address.
        let noKey: [UInt8] = [0]
        return noKey.withUnsafeBytes { noKey in
            output { digest in
                HMAC(
                    LibCrypto.sha256, key.baseAddress ?? noKey.baseAddress, Int32(clamping: key.count),
                    input.baseAddress?.assumingMemoryBound(to: UInt8.self), input.count, digest, nil) != nil
            }
        }
    }

    /// MD5 of `bytes`: 16 bytes, for protocols that name contents by it; it proves nothing against somebody who means harm. Nil where
    /// the installation's libcrypto forbids it.
    package static func md5(_ bytes: some Collection<UInt8>) -> [UInt8]? {
        bytes.withBytes { input in
            var digest = [UInt8](repeating: 0, count: 16)
            return EVP_Digest(input.baseAddress, input.count, &digest, nil, EVP_md5(), nil) == 1 ? digest : nil
        }
    }

    /// Whether two byte strings are equal, in a time that tells their lengths and nothing else.
    package static func constantTimeEqual(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
        a.withBytes { a in
            b.withBytes { b in
                guard a.count == b.count else { return false }
                guard let left = a.baseAddress, let right = b.baseAddress else { return true }
                return CRYPTO_memcmp(left, right, a.count) == 0
            }
        }
    }

    /// The 32 bytes that `compute` writes. No input makes it fail; going on without a hash would be worse than
    /// stopping.
    private static func output(_ compute: (UnsafeMutablePointer<UInt8>?) -> Bool) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, initialized in
            precondition(
                compute(buffer.baseAddress), "libcrypto cannot compute SHA-256: no memory or a broken installation")
            initialized = 32
        }
    }
}
