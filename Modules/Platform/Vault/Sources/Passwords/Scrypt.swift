import COpenSSL

/// The scrypt password hash (RFC 7914).
enum Scrypt {
    /// How much work one hash takes.
    struct Cost: Hashable, Sendable {
        /// Logarithm of the number of rounds N.
        let logN: Int
        /// Block size.
        let r: Int
        /// Repetitions, one after the other.
        let p: Int

        /// What new hashes use: 32 MiB and a few tenths of a second.
        static let standard = Cost(logN: 15, r: 8, p: 3)

        /// Nil for what scrypt cannot do and for more than this program is willing to do: 128 MiB, or about five times
        /// the work of `standard`. A stored hash is input, and must not be able to ask for a gigabyte.
        init?(checkedLogN logN: Int, r: Int, p: Int) {
            guard (1...20).contains(logN), (1...32).contains(r), (1...16).contains(p), logN < 16 * r else { return nil }
            self.init(logN: logN, r: r, p: p)
            guard memory <= 128 << 20, work <= 1 << 22 else { return nil }
        }

        private init(logN: Int, r: Int, p: Int) { (self.logN, self.r, self.p) = (logN, r, p) }

        /// Bytes that one hash occupies while it is computed.
        var memory: Int { 128 * r * (1 << logN + p + 2) }
        /// In units that only compare with each other.
        var work: Int { r * p << logN }
    }

    /// Blocks the thread for the whole computation.
    static func hash(_ password: [UInt8], salt: [UInt8], cost: Cost, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
            let result = password.withUnsafeBytes { password in
                EVP_PBE_scrypt(
                    password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count,
                    1 << UInt64(cost.logN), UInt64(cost.r), UInt64(cost.p), UInt64(cost.memory + 1 << 20),
                    output.baseAddress, count)
            }
            try LibCrypto.check(result, "scrypt")
            initialized = count
        }
    }
}
