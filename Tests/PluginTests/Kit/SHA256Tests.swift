import ChannelKit
import Testing

/// The vectors of FIPS 180-4 (by NIST's examples) and of RFC 4231.
struct SHA256Tests {
    static let digests: [(message: String, digest: String)] = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        (String(repeating: "a", count: 100_000), "6d1cf22d7cc09b085dfc25ee1a1f3ae0265804c607bc2074ad253bcc82fd81ee"),
    ]

    @Test(arguments: digests.indices)
    func `a digest is the standard's`(index: Int) {
        let row = Self.digests[index]
        #expect(Hexadecimal.lower(SHA256.digest(Array(row.message.utf8))) == row.digest)
    }

    /// Lengths around those at which another block begins; made by coreutils' sha256sum.
    @Test(arguments: [
        (55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
        (56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
        (63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
        (64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
        (1_000, "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
        (65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"),
    ])
    func `a message of any length is padded right`(count: Int, digest: String) {
        #expect(Hexadecimal.lower(SHA256.digest([UInt8](repeating: UInt8(ascii: "a"), count: count))) == digest)
    }

    static let codes: [(key: [UInt8], message: [UInt8], code: String)] = [
        (
            Array(repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            Array(repeating: 0xAA, count: 20), Array(repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(1...25), Array(repeating: 0xCD, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            Array(repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            Array(repeating: 0xAA, count: 131),
            Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    @Test(arguments: codes.indices)
    func `an authentication code is RFC 4231's`(index: Int) {
        let row = Self.codes[index]
        #expect(Hexadecimal.lower(SHA256.authenticationCode(of: row.message, key: row.key)) == row.code)
    }

    static let code = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    static let message = Array("what do ya want for nothing?".utf8)

    @Test func `a signature is its exact digits behind its prefix`() {
        #expect(isSignature(Self.code, of: Self.message, key: "Jefe"))
        #expect(isSignature("sha256=" + Self.code, of: Self.message, key: "Jefe", prefix: "sha256="))
        let forged = [
            nil, "", Self.code.uppercased(), String(Self.code.dropLast()), Self.code + "0", "sha256=" + Self.code,
            " " + Self.code,
        ]
        for given in forged { #expect(!isSignature(given, of: Self.message, key: "Jefe"), "\(given ?? "none")") }
        #expect(!isSignature(Self.code, of: Self.message, key: "Jefe", prefix: "sha256="))
        #expect(!isSignature(Self.code, of: Self.message + [0], key: "Jefe"))
    }

    @Test func `a missing or empty key signs nothing`() {
        let code = Hexadecimal.lower(SHA256.authenticationCode(of: Self.message, key: []))
        #expect(!isSignature(code, of: Self.message, key: ""))
        #expect(!isSignature(code, of: Self.message, key: nil))
    }

    @Test func `a secret is itself alone`() {
        #expect(isSameSecret("secret", "secret"))
        let others = [nil, "", "s", "secre", "secrets", "Secret", "secretsecret", "secret\u{0}"]
        for other in others { #expect(!isSameSecret(other, "secret")) }
        #expect(!isSameSecret("", "") && !isSameSecret(nil, nil) && !isSameSecret("a", nil))
    }

    @Test func `a token fits into a header`() {
        #expect(isToken("a") && isToken(String(repeating: "~", count: 4_096)))
        for text in ["", "a b", "a\n", "ключ", String(repeating: "a", count: 4_097)] { #expect(!isToken(text)) }
    }
}
