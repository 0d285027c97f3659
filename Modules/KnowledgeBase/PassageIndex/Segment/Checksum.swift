/// A 64-bit checksum of bytes, eight at a time. Every step is a bijection of its state, so one damaged word always
/// shows.
enum Checksum {
    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var lanes: SIMD4<UInt64> = [
            0x9E37_79B9_7F4A_7C15, 0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB, 0x2545_F491_4F6C_DD1D,
        ]
        let prime: UInt64 = 0x9FB2_1C65_1E98_DF25
        var at = 0
        while at + 32 <= bytes.count {
            for lane in 0..<4 {
                let word = bytes.loadUnaligned(fromByteOffset: at + lane * 8, as: UInt64.self)
                let mixed = (lanes[lane] ^ UInt64(littleEndian: word)) &* prime
                lanes[lane] = mixed ^ mixed >> 29
            }
            at += 32
        }
        var sum = UInt64(bytes.count) &* prime
        for lane in 0..<4 { sum = step(sum, lanes[lane], prime) }
        while at < bytes.count {
            sum = step(sum, UInt64(bytes[at]), prime)
            at += 1
        }
        return sum
    }

    private static func step(_ sum: UInt64, _ word: UInt64, _ prime: UInt64) -> UInt64 {
        let mixed = (sum ^ word) &* prime
        return mixed ^ mixed >> 32
    }
}
