import Testing
import Vault

struct Ed25519Tests {
    /// RFC 8032, section 7.1, tests 1 to 3.
    @Test(arguments: [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ]) func `known answers`(privateKey: String, publicKey: String, message: String, signature: String) throws {
        let (key, text) = (try #require([UInt8](hex: privateKey)), try #require([UInt8](hex: message)))
        #expect(try Ed25519.publicKey(of: key).hex == publicKey)
        #expect(try Ed25519.sign(text, with: key).hex == signature)
        let (holder, signed) = (try #require([UInt8](hex: publicKey)), try #require([UInt8](hex: signature)))
        #expect(try Ed25519.isValid(signed, of: text, by: holder))
        #expect(try !Ed25519.isValid(signed, of: text + [0], by: holder))
        for index in signed.indices {
            var forged = signed
            forged[index] ^= 1
            #expect(try !Ed25519.isValid(forged, of: text, by: holder))
        }
    }

    @Test func `keys and signatures of other lengths are refused`() throws {
        let key = try Ed25519.newPrivateKey()
        #expect(throws: VaultError.self) { try Ed25519.sign([1], with: Array(key.dropLast())) }
        #expect(try !Ed25519.isValid([], of: [1], by: Ed25519.publicKey(of: key)))
        #expect(try !Ed25519.isValid(Ed25519.sign([1], with: key), of: [1], by: []))
        #expect(try Ed25519.newPrivateKey() != key)
    }
}
