import Testing

@testable import Vault

struct EncodingTests {
    @Test(arguments: 0..<70)
    func `what was encoded decodes to itself`(count: Int) throws {
        let bytes = try LibCrypto.randomBytes(count)
        #expect([UInt8](hex: bytes.hex) == bytes)
        #expect([UInt8](base64URL: bytes.base64URL) == bytes)
        #expect(Base64.decode(Base64.encode(bytes, .standard), .standard) == bytes)
    }

    @Test(arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE")])
    func `base64 is that of RFC 4648 without padding`(text: String, encoded: String) {
        #expect(Base64.encode(text.utf8, .standard) == encoded)
    }

    @Test func `the alphabets differ in their last two characters`() {
        #expect(Base64.encode([0xfb, 0xff], .standard) == "+/8")
        #expect(Base64.encode([0xfb, 0xff], .url) == "-_8")
        #expect([UInt8](base64URL: "+/8") == nil)
    }

    @Test(arguments: ["Z", "Zg==", "Zh", "Zm9", "Zm 8", "Zm8\n", "Zmé8", "*"])
    func `base64 of any other spelling is refused`(text: String) {
        #expect([UInt8](base64URL: text) == nil)
    }

    @Test(arguments: ["0", "0g", "0x00", " 00", "é0"])
    func `hexadecimal of any other spelling is refused`(text: String) {
        #expect([UInt8](hex: text) == nil)
    }

    @Test func `equality in constant time is equality`() {
        let bytes: [UInt8] = [1, 2, 3]
        #expect(Digest.constantTimeEqual(bytes, [1, 2, 3]))
        #expect(!Digest.constantTimeEqual(bytes, [1, 2, 4]))
        #expect(!Digest.constantTimeEqual(bytes, [1, 2]))
        #expect(Digest.constantTimeEqual([], [UInt8]()))
    }

    @Test func `associated data tells every split of the same text apart`() {
        func data(_ parts: String...) -> [UInt8] {
            var data = AssociatedData()
            for part in parts { data.append(part.utf8) }
            return data.bytes
        }
        let splits = [data("ab", "c"), data("a", "bc"), data("abc"), data("abc", ""), data("", "abc")]
        #expect(Set(splits).count == splits.count)
    }
}
