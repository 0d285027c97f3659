/// The Cyrillic code page in which Windows programs here save their texts and price lists.
enum Windows1251 {
    static func decode(_ bytes: [UInt8]) -> String {
        var text: [UInt16] = []
        text.reserveCapacity(bytes.count)
        for byte in bytes { text.append(unit(byte)) }
        return String(decoding: text, as: UTF16.self)
    }

    private static func unit(_ byte: UInt8) -> UInt16 {
        if byte < 0x80 { return UInt16(byte) }
        if byte >= 0xC0 { return 0x0410 + UInt16(byte - 0xC0) }
        let index = Int(byte - 0x80)
        return upper.indices.contains(index) ? upper[index] : 0xFFFD
    }

    /// 0x80 to 0xBF (WHATWG index-windows-1251; 0x98 is unassigned).
    private static let upper: [UInt16] = [
        0x0402, 0x0403, 0x201A, 0x0453, 0x201E, 0x2026, 0x2020, 0x2021, 0x20AC, 0x2030, 0x0409, 0x2039, 0x040A, 0x040C, 0x040B,
        0x040F,
        0x0452, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0xFFFD, 0x2122, 0x0459, 0x203A, 0x045A, 0x045C, 0x045B,
        0x045F,
        0x00A0, 0x040E, 0x045E, 0x0408, 0x00A4, 0x0490, 0x00A6, 0x00A7, 0x0401, 0x00A9, 0x0404, 0x00AB, 0x00AC, 0x00AD, 0x00AE,
        0x0407,
        0x00B0, 0x00B1, 0x0406, 0x0456, 0x0491, 0x00B5, 0x00B6, 0x00B7, 0x0451, 0x2116, 0x0454, 0x00BB, 0x0458, 0x0405, 0x0455,
        0x0457,
    ]

    /// Whether most bytes above 0x7F are Cyrillic letters, and the frequent ones are frequent here rather than in KOI8-R.
    static func isLikely(_ bytes: [UInt8]) -> Bool {
        var counts = [Int](repeating: 0, count: 256)
        for byte in bytes.prefix(1 << 20) { counts[Int(byte)] += 1 }
        func sum(_ codes: some Sequence<UInt8>) -> Int { codes.reduce(0) { $0 + counts[Int($1)] } }
        let (high, letters) = (sum(0x80...0xFF), sum(0xC0...0xFF))
        // о е а и н т in either case.
        let here = sum([0xEE, 0xE5, 0xE0, 0xE8, 0xED, 0xF2, 0xCE, 0xC5, 0xC0, 0xC8, 0xCD, 0xD2])
        let koi8 = sum([0xCF, 0xC5, 0xC1, 0xC9, 0xCE, 0xD4, 0xEF, 0xE5, 0xE1, 0xE9, 0xEE, 0xF4])
        return high > 0 && letters * 10 >= high * 7 && here >= koi8 && here * 5 >= letters
    }
}
