import Testing

@testable import Vault

/// Vectors from the standards, so that data stays readable whatever library computes them.
struct KnownAnswerTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `SHA-256 of FIPS 180`(text: String, hash: String) {
        #expect(Digest.sha256(text).hex == hash)
    }

    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"), ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    ])
    func `MD5 of RFC 1321, where it is allowed`(text: String, hash: String) {
        #expect([hash, nil].contains(Digest.md5(text.utf8)?.hex))
    }

    @Test(arguments: [
        (
            [UInt8](repeating: 0x0b, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        ([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ])
    func `HMAC of RFC 4231, and of nothing`(key: [UInt8], text: String, code: String) {
        #expect(Digest.hmacSHA256(text.utf8, key: key).hex == code)
    }

    @Test func `HKDF of RFC 5869`() throws {
        let key = [UInt8](repeating: 0x0b, count: 22)
        let salted = HKDF.derive(from: key, salt: Array(0...0x0c), info: Array(0xf0...0xf9), count: 42)
        #expect(
            salted.hex == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
        let bare = HKDF.derive(from: key, info: [], count: 42)
        #expect(bare.hex == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")
    }

    @Test(arguments: [
        (
            "", "", 4, 1, 1,
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
        ),
        (
            "password", "NaCl", 10, 8, 16,
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
        ),
    ])
    func `scrypt of RFC 7914`(password: String, salt: String, logN: Int, r: Int, p: Int, hash: String) throws {
        let cost = try #require(Scrypt.Cost(checkedLogN: logN, r: r, p: p))
        #expect(try Scrypt.hash(Array(password.utf8), salt: Array(salt.utf8), cost: cost, count: 64).hex == hash)
    }

    /// Test cases 14 and 16 of the GCM specification that NIST SP 800-38D refers to.
    @Test(arguments: [
        (
            String(repeating: "0", count: 64), String(repeating: "0", count: 24), String(repeating: "0", count: 32), "",
            "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919"
        ),
        (
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" + "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ])
    func `AES-256-GCM of NIST`(key: String, nonce: String, text: String, data: String, output: String) throws {
        let key = try KeyMaterial(copying: try #require([UInt8](hex: key)))
        let nonce = try #require([UInt8](hex: nonce))
        let text = try #require([UInt8](hex: text))
        let data = try #require([UInt8](hex: data))
        var sealed = [UInt8](repeating: 0, count: text.count + AESGCM.tagSize)
        try nonce.withUnsafeBytes { nonce in
            try text.withUnsafeBytes { text in
                try sealed.withUnsafeMutableBytes {
                    try AESGCM.encrypt(text, into: $0, key: key, nonce: nonce, associatedData: data)
                }
            }
            #expect(sealed.hex == output)
            let opened = try sealed.withUnsafeBytes {
                try AESGCM.decrypt($0, key: key, nonce: nonce, associatedData: data)
            }
            #expect(opened == text)
        }
    }
}
