import Testing
import WireJSON

struct ParsingTests {
    static let values: [(String, JSON)] = [
        ("null", .null), ("true", true), (" false ", false), ("0", 0), ("-0", 0), ("42", 42),
        ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
        ("9223372036854775808", .double(9_223_372_036_854_775_808)),
        ("-9223372036854775809", .double(-9.223372036854776e18)),
        ("123456789012345678901234567890", .double(1.2345678901234568e29)), ("1.5", 1.5), ("-0.25", -0.25),
        ("1e2", 100.0),
        ("1E+2", 100.0), ("1e-2", 0.01), ("43.238949", 43.238949), ("5e-324", .double(.leastNonzeroMagnitude)),
        ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)), ("0.1e-400", 0.0), ("\"\"", ""), ("\"a\"", "a"),
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u041f\u0440""#, "Пр"), (#""\uD83D\uDE00""#, "😀"),
        ("\"Привет, 👩‍👩‍👧!\"", "Привет, 👩‍👩‍👧!"), ("\"\u{7F}\"", "\u{7F}"), ("[]", []), ("[1, [2,\t3]\n]", [1, [2, 3]]),
        ("{}", [:]),
        (#"{"b":1,"a":{"c":[true,null]}}"#, ["b": 1, "a": ["c": [true, .null]]]), (#"{"":0}"#, ["": 0]),
        (#"{"sixteen-bytes-key-and-more":1}"#, ["sixteen-bytes-key-and-more": 1]),
    ]

    @Test(arguments: values)
    func `a document has its value`(row: (String, JSON)) throws {
        #expect(try JSON.parse(row.0) == row.1)
    }

    @Test(arguments: values)
    func `what was parsed serializes to bytes that parse the same`(row: (String, JSON)) throws {
        let bytes = row.1.serialized()
        #expect(try JSON.parse(bytes) == row.1)
        #expect(try JSON.parse(bytes).serialized() == bytes)
    }

    static let refused: [(String, JSONError.Reason)] = [
        ("", .empty), ("  ", .empty), ("\u{FEFF}1", .byteOrderMark), ("nul", .unexpectedEnd), ("nulL", .unexpectedByte),
        ("True", .unexpectedByte), ("01", .badNumber), ("-", .badNumber), ("+1", .unexpectedByte), ("1.", .badNumber),
        (".5", .unexpectedByte), ("1e", .badNumber), ("1e+", .badNumber), ("1e400", .badNumber),
        ("-1e999999999", .badNumber),
        ("NaN", .unexpectedByte), ("Infinity", .unexpectedByte), ("0x10", .trailingBytes), ("1 2", .trailingBytes),
        ("[1,]", .unexpectedByte), ("[,1]", .unexpectedByte), ("[1", .unexpectedEnd), ("[1 2]", .unexpectedByte),
        (#"{"a":1,}"#, .unexpectedByte), (#"{"a" 1}"#, .unexpectedByte), (#"{"a"}"#, .unexpectedByte),
        ("{a:1}", .unexpectedByte),
        (#"{'a':1}"#, .unexpectedByte), (#"{"a":1"#, .unexpectedEnd), (#"{"a":1,"a":1}"#, .duplicateKey),
        (#"{"a":1,"\u0061":1}"#, .duplicateKey), (#"{"":1,"":2}"#, .duplicateKey), ("\"a", .unexpectedEnd),
        ("\"a\nb\"", .controlCharacter), ("\"\u{0}\"", .controlCharacter), (#""\u0000""#, .nulCharacter),
        (#""\ud800""#, .loneSurrogate), (#""\udc00""#, .loneSurrogate), (#""\ud800\ud800""#, .loneSurrogate),
        (#""\ud800x""#, .loneSurrogate), (#""\x""#, .badEscape), (#""\u12g4""#, .badEscape),
        (#""\u12""#, .unexpectedEnd),
        ("\"\\", .unexpectedEnd), ("/* a */1", .unexpectedByte), ("\u{A0}1", .unexpectedByte),
    ]

    @Test(arguments: refused)
    func `a document that is not strict JSON is refused`(row: (String, JSONError.Reason)) {
        #expect(throws: JSONError.self) { try JSON.parse(row.0) }
        do { _ = try JSON.parse(row.0) } catch { #expect(error.reason == row.1) }
    }

    static let badUTF8: [[UInt8]] = [
        [0x80], [0xC3], [0xC3, 0x28], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82],
    ]

    @Test(arguments: badUTF8)
    func `bytes that are not UTF-8 are refused in values and keys`(bytes: [UInt8]) {
        let quote: [UInt8] = [0x22]
        for padding in [[], Array("long enough for whole words".utf8), Array(#"esc\n"#.utf8)] {
            let string = quote + padding + bytes + quote
            #expect(throws: JSONError.self) { try JSON.parse(string) }
            #expect(throws: JSONError.self) { try JSON.parse([0x7B] + string + Array(":1}".utf8)) }
        }
    }

    @Test func `a NUL is let through only on demand`() throws {
        let limits = JSONLimits(allowsNUL: true)
        #expect(try JSON.parse(#""a\u0000b""#, limits: limits) == "a\u{0}b")
    }

    @Test func `keys that merely look alike are different`() throws {
        let value = try JSON.parse("{\"e\u{301}\":1,\"\u{E9}\":2}")
        #expect(value.object?.members.count == 2)
    }

    @Test(arguments: [2, 31, 32, 33, 34, 500])
    func `a duplicate is found among any number of keys`(count: Int) throws {
        let keys = (0..<count).map { "\"key-number-\($0)\":\($0)" }
        #expect(try JSON.parse("{\(keys.joined(separator: ","))}").object?.members.count == count)
        for duplicate in [0, count / 2, count - 1] {
            let text = (keys + ["\"key-number-\(duplicate)\":0"]).joined(separator: ",")
            #expect(throws: JSONError.self) { try JSON.parse("{\(text)}") }
        }
    }

    @Test func `members keep their order and absent ones are nil`() throws {
        let value = try JSON.parse(#"{"z":1,"a":[10,20],"m":null}"#)
        #expect(value.object?.members.map(\.key) == ["z", "a", "m"])
        #expect(value["a"]?[1] == 20)
        #expect(value["a"]?[2] == nil && value["a"]?[-1] == nil && value["x"] == nil && value["z"]?["y"] == nil)
        #expect(value["m"]?.isNull == true)
        #expect(value["z"]?.string == nil && value["z"]?.double == 1)
    }
}
