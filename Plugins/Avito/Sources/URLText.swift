/// Foreign identifiers as parts of a URL or form.
enum URLText {
    /// Everything but RFC 3986's unreserved characters as `%XX`.
    static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), hexDigit(byte >> 4), hexDigit(byte & 0x0F)]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One segment of a path; nil for what would be none or climb out of it.
    static func segment(_ text: String) -> String? {
        text.isEmpty || text == "." || text == ".." ? nil : encoded(text)
    }

    /// Whether a foreign address can be fetched as it is.
    static func isFetchable(_ url: String) -> Bool {
        url.hasPrefix("https://") && url.utf8.count > 8 && url.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x5C }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
