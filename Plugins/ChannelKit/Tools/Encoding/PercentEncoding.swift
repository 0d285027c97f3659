/// Foreign text as part of an address or form: RFC 3986, section 2.
public enum PercentEncoding {
    /// Letters and digits of ASCII.
    public static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// What never needs encoding.
    public static func isUnreserved(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "-._~".utf8.contains(byte) }

    /// `text` with everything but unreserved characters and those in `kept` as `%XX`.
    public static func encoded(_ text: String, keeping kept: String = "") -> String {
        encoded(text) { isUnreserved($0) || kept.utf8.contains($0) }
    }

    static func encoded(_ text: String, where isKept: (UInt8) -> Bool) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isKept(byte) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes += Hexadecimal.upper(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One segment of a path; nil for what would be none or climb out of it.
    public static func segment(_ text: String) -> String? {
        text.isEmpty || text == "." || text == ".." ? nil : encoded(text)
    }

    /// A relative path; nil for one with empty segments or steps upwards.
    public static func path(_ text: String) -> String? {
        let segments = text.split(separator: "/", omittingEmptySubsequences: false).map { segment(String($0)) }
        return segments.contains(nil) ? nil : segments.compactMap(\.self).joined(separator: "/")
    }

    /// Nil when it does not decode to text.
    public static func decoded(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Hexadecimal.value), let low = rest.popFirst().flatMap(Hexadecimal.value)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
