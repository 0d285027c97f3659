import Testing

@testable import Vault

struct PasswordHasherTests {
    let cheap: Scrypt.Cost
    let hasher: PasswordHasher

    init() throws {
        cheap = try #require(Scrypt.Cost(checkedLogN: 4, r: 8, p: 1))
        hasher = PasswordHasher(cost: cheap)
    }

    @Test func `new hashes use N=2^15, r=8, p=3 and need no rehash`() async throws {
        let hasher = PasswordHasher()
        let stored = try await hasher.hash("correct horse")
        #expect(stored.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
        #expect(stored.utf8.count == 88)
        #expect(!hasher.needsRehash(stored))
        #expect(try await hasher.verify("correct horse", against: stored))
    }

    @Test(arguments: ["", "пароль", "correct horse", String(repeating: "a", count: 1_024)])
    func `only the same password verifies`(password: String) async throws {
        let stored = try await hasher.hash(password)
        #expect(try await hasher.verify(password, against: stored))
        #expect(try await !hasher.verify(password.dropLast() + "x", against: stored))
        #expect(try await hasher.hash(password) != stored, "salt")
    }

    @Test func `weaker and unreadable hashes need a rehash, stronger ones do not`() async throws {
        let stored = try await hasher.hash("p")
        #expect(!hasher.needsRehash(stored))
        #expect(PasswordHasher().needsRehash(stored))
        #expect(hasher.needsRehash("junk"))
        let stronger = PasswordHasher(cost: try #require(Scrypt.Cost(checkedLogN: 5, r: 8, p: 2)))
        #expect(try await !hasher.needsRehash(stronger.hash("p")))
    }

    @Test func `a password beyond 1,024 bytes is refused everywhere`() async throws {
        let long = String(repeating: "я", count: 513)
        let stored = try await hasher.hash("p")
        let refused = VaultError.passwordTooLong(limit: 1_024)
        await #expect(throws: refused) { try await hasher.hash(long) }
        await #expect(throws: refused) { try await hasher.verify(long, against: stored) }
        await #expect(throws: refused) { try await hasher.verifyDummy(long) }
    }

    static let salt = String(repeating: "A", count: 22)
    static let hash = String(repeating: "A", count: 43)

    @Test(arguments: [
        "", "$", "$$$$", "$scrypt$", "$scrypt$ln=4,r=8,p=1$\(salt)", "scrypt$ln=4,r=8,p=1$\(salt)$\(hash)",
        "$scrypt$ln=4,r=8,p=1$\(salt)$\(hash)$", "$argon2id$ln=4,r=8,p=1$\(salt)$\(hash)",
        "$scrypt$ln=4,r=8$\(salt)$\(hash)", "$scrypt$r=8,ln=4,p=1$\(salt)$\(hash)",
        "$scrypt$ln=4,r=8,p=1,x=1$\(salt)$\(hash)", "$scrypt$ln=04,r=8,p=1$\(salt)$\(hash)",
        "$scrypt$ln=+4,r=8,p=1$\(salt)$\(hash)", "$scrypt$ln=-4,r=8,p=1$\(salt)$\(hash)",
        "$scrypt$ln=,r=8,p=1$\(salt)$\(hash)", "$scrypt$ln=٤,r=8,p=1$\(salt)$\(hash)",
        "$scrypt$ln=0,r=8,p=1$\(salt)$\(hash)", "$scrypt$ln=4,r=0,p=1$\(salt)$\(hash)",
        "$scrypt$ln=4,r=8,p=0$\(salt)$\(hash)", "$scrypt$ln=99999999999999999999,r=8,p=1$\(salt)$\(hash)",
        "$scrypt$ln=4,r=8,p=1$\(salt)=$\(hash)", "$scrypt$ln=4,r=8,p=1$AA$\(hash)",
        "$scrypt$ln=4,r=8,p=1$\(salt)$AAAA", "$scrypt$ln=4,r=8,p=1$\(salt)$\(hash)*", "$scrypt$ln=4,r=8,p=1$$",
        "$scrypt$ln=4,r=8,p=1$\(salt)$" + String(repeating: "A", count: 1_000),
    ])
    func `a malformed hash is an error`(text: String) async throws {
        let error = await #expect(throws: VaultError.self) { try await hasher.verify("p", against: text) }
        guard case .malformedPasswordHash = error else { throw try #require(error) }
    }

    @Test(arguments: [
        "ln=63,r=8,p=1", "ln=31,r=8,p=1", "ln=20,r=8,p=1", "ln=17,r=32,p=1", "ln=17,r=8,p=16", "ln=16,r=1,p=1",
    ])
    func `a hash cannot ask for absurd work`(parameters: String) async throws {
        await #expect(throws: VaultError.malformedPasswordHash("parameters out of bounds")) {
            try await hasher.verify("p", against: "$scrypt$\(parameters)$\(Self.salt)$\(Self.hash)")
        }
    }

    @Test func `every text a hash can have survives reading and writing`() async throws {
        let stored = try await hasher.hash("p")
        #expect(try PasswordHash(stored).description == stored)
    }

    /// The full measure (500 tries, 5 ms) runs over HTTP; here, that the dummy does the same work.
    @Test func `an unknown user takes as long as a wrong password`() async throws {
        let hasher = PasswordHasher(cost: try #require(Scrypt.Cost(checkedLogN: 13, r: 8, p: 1)))
        let stored = try await hasher.hash("right")
        var (wrong, unknown): ([Duration], [Duration]) = ([], [])
        for _ in 0..<21 {
            wrong.append(try await ContinuousClock().measure { _ = try await hasher.verify("wrong", against: stored) })
            unknown.append(try await ContinuousClock().measure { try await hasher.verifyDummy("wrong") })
        }
        let ratio = unknown.sorted()[10] / wrong.sorted()[10]
        #expect((0.6...1.6).contains(ratio))
    }
}
