import COpenSSL

/// Signatures over files that travel: plugins and their manifests (RFC 8032).
package enum Ed25519 {
    package static let keyLength = 32
    package static let signatureLength = 64

    /// A fresh private key's 32 bytes.
    package static func newPrivateKey() throws -> [UInt8] { try LibCrypto.randomBytes(keyLength) }

    package static func publicKey(of privateKey: [UInt8]) throws -> [UInt8] {
        try withKey(privateKey, isPrivate: true) { key in
            var (bytes, count) = ([UInt8](repeating: 0, count: keyLength), keyLength)
            try LibCrypto.check(EVP_PKEY_get_raw_public_key(key, &bytes, &count), "reading a public key")
            return bytes
        }
    }

    package static func sign(_ message: [UInt8], with privateKey: [UInt8]) throws -> [UInt8] {
        try withKey(privateKey, isPrivate: true) { key in
            guard let context = EVP_MD_CTX_new() else { throw LibCrypto.failure(in: "signing") }
            defer { EVP_MD_CTX_free(context) }
            try LibCrypto.check(EVP_DigestSignInit(context, nil, nil, nil, key), "signing")
            var (signature, count) = ([UInt8](repeating: 0, count: signatureLength), signatureLength)
            try LibCrypto.check(EVP_DigestSign(context, &signature, &count, message, message.count), "signing")
            return signature
        }
    }

    /// Whether the holder of the key signed exactly `message`. Lengths that no key or signature has mean no.
    package static func isValid(_ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]) throws -> Bool {
        guard signature.count == signatureLength, publicKey.count == keyLength else { return false }
        return try withKey(publicKey, isPrivate: false) { key in
            guard let context = EVP_MD_CTX_new() else { throw LibCrypto.failure(in: "checking a signature") }
            defer { EVP_MD_CTX_free(context) }
            try LibCrypto.check(EVP_DigestVerifyInit(context, nil, nil, nil, key), "checking a signature")
            let result = EVP_DigestVerify(context, signature, signature.count, message, message.count)
            ERR_clear_error()
            return result == 1
        }
    }

    private static func withKey<Value>(
        _ bytes: [UInt8], isPrivate: Bool, _ body: (OpaquePointer) throws -> Value
    ) throws -> Value {
        guard bytes.count == keyLength else { throw VaultError.cryptography("an Ed25519 key has \(keyLength) bytes") }
        let made =
            isPrivate
            ? EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
            : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
        guard let key = made else { throw LibCrypto.failure(in: "reading a key") }
        defer { EVP_PKEY_free(key) }
        return try body(key)
    }
}
