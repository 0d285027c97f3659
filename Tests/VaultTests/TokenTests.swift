import Testing
import Vault

struct TokenTests {
    @Test func `a token is its prefix and 43 URL-safe characters`() throws {
        let token = try Token(prefix: "ssk_")
        #expect(token.text.hasPrefix("ssk_"))
        #expect([UInt8](base64URL: token.text.dropFirst(4))?.count == 32)
    }

    @Test func `a thousand tokens differ`() throws {
        #expect(try Set((0..<1_000).map { _ in try Token().text }).count == 1_000)
    }

    @Test func `the digest is found again from the text alone, prefix included`() throws {
        let token = try Token(prefix: "ssk_")
        #expect(token.digest == Token.digest(of: token.text))
        #expect(token.digest != Token.digest(of: String(token.text.dropFirst(4))))
        #expect(token.digest == Digest.sha256(token.text))
    }
}
