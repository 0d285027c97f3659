/// Hashes and checks passwords with scrypt, at most two at once in the process that holds this value.
///
/// Passwords are hashed as the UTF-8 bytes given: length rules and Unicode normalisation belong to the caller. Every
/// method throws `passwordTooLong` beyond 1,024 bytes and `busy` when 32 others wait already.
package final class PasswordHasher: Sendable {
    package static let longestPassword = 1_024

    private let cost: Scrypt.Cost
    private let lanes: HashingLanes

    package convenience init() { self.init(cost: .standard) }

    /// Other costs and bounds are for tests.
    init(cost: Scrypt.Cost, atOnce width: Int = 2, waiting limit: Int = 32) {
        self.cost = cost
        lanes = HashingLanes(width: width, limit: limit)
    }

    /// A PHC string for `password` with a fresh salt.
    package func hash(_ password: String) async throws -> String {
        let password = try Self.bytes(of: password)
        let salt = try LibCrypto.randomBytes(16)
        return try await lanes.run { [cost] in
            let hash = try Scrypt.hash(password, salt: salt, cost: cost, count: 32)
            return PasswordHash(cost: cost, salt: salt, hash: hash).description
        }
    }

    /// Whether `password` is the one that `stored` was made from. Throws `malformedPasswordHash` for a text that is no
    /// hash of ours.
    package func verify(_ password: String, against stored: String) async throws -> Bool {
        let password = try Self.bytes(of: password)
        let expected = try PasswordHash(stored)
        return try await lanes.run {
            let hash = try Scrypt.hash(password, salt: expected.salt, cost: expected.cost, count: expected.hash.count)
            return Digest.constantTimeEqual(hash, expected.hash)
        }
    }

    /// Takes as long as `verify` and fails as it does. Call it when there is no such user, so that neither the time nor
    /// an error tells which addresses have an account.
    package func verifyDummy(_ password: String) async throws {
        let nobody = PasswordHash(
            cost: cost, salt: [UInt8](repeating: 0, count: 16), hash: [UInt8](repeating: 0, count: 32))
        _ = try await verify(password, against: nobody.description)
    }

    /// Whether to hash the password again, now that it was typed correctly: `stored` is weaker than today's hashes.
    package func needsRehash(_ stored: String) -> Bool {
        guard let hash = try? PasswordHash(stored) else { return true }
        return hash.cost.work < cost.work || hash.cost.memory < cost.memory || hash.salt.count < 16
            || hash.hash.count < 32
    }

    private static func bytes(of password: String) throws -> [UInt8] {
        let bytes = Array(password.utf8)
        guard bytes.count <= longestPassword else { throw VaultError.passwordTooLong(limit: longestPassword) }
        return bytes
    }
}
