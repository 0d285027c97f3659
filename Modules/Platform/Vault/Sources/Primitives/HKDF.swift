/// HKDF with HMAC-SHA256 (RFC 5869).
enum HKDF {
    /// `count` bytes (at most 8,160) of key for the use that `info` names.
    static func derive(from key: some Collection<UInt8>, salt: [UInt8] = [], info: [UInt8], count: Int) -> [UInt8] {
        precondition((1...8_160).contains(count), "HKDF-SHA256 yields 1 to 8,160 bytes")
        var extracted = Digest.hmacSHA256(key, key: salt)
        defer { extracted.wipe() }
        var output: [UInt8] = []
        var block: [UInt8] = []
        var counter: UInt8 = 0
        while output.count < count {
            counter &+= 1
            block = Digest.hmacSHA256(block + info + [counter], key: extracted)
            output += block
        }
        return Array(output.prefix(count))
    }
}
