/// Bytes as digits.
public enum Hexadecimal {
    /// Two digits for each byte, `a` to `f` in lower case.
    public static func lower(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.flatMap { [digit($0 >> 4, ten: 0x61), digit($0 & 0x0F, ten: 0x61)] }, as: UTF8.self)
    }

    /// The two digits of one byte, in upper case as RFC 3986 wants them.
    static func upper(_ byte: UInt8) -> [UInt8] { [digit(byte >> 4, ten: 0x41), digit(byte & 0x0F, ten: 0x41)] }

    /// Nil for what is no digit.
    static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func digit(_ value: UInt8, ten: UInt8) -> UInt8 { value < 10 ? 0x30 + value : ten + (value - 10) }
}
