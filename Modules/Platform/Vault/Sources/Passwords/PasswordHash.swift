/// A password hash with everything needed to check it, as `$scrypt$ln=15,r=8,p=3$salt$hash`: the PHC string format,
/// with unpadded standard base64.
struct PasswordHash {
    let cost: Scrypt.Cost
    let salt: [UInt8]
    let hash: [UInt8]

    init(cost: Scrypt.Cost, salt: [UInt8], hash: [UInt8]) { (self.cost, self.salt, self.hash) = (cost, salt, hash) }

    /// Throws `malformedPasswordHash` for any text that `description` could not have given, and for a cost out of
    /// bounds.
    init(_ text: String) throws {
        func malformed(_ reason: String) -> VaultError { .malformedPasswordHash(reason) }
        guard text.utf8.count <= 256 else { throw malformed("too long") }
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { throw malformed("not $scrypt$…$…$…") }
        let numbers = parts[2].split(separator: ",", omittingEmptySubsequences: false)
        guard numbers.count == 3, let logN = Self.number("ln=", numbers[0]), let r = Self.number("r=", numbers[1]),
            let p = Self.number("p=", numbers[2])
        else { throw malformed("parameters are not ln=,r=,p=") }
        guard let cost = Scrypt.Cost(checkedLogN: logN, r: r, p: p) else { throw malformed("parameters out of bounds") }
        guard let salt = Base64.decode(parts[3], .standard), (8...64).contains(salt.count) else {
            throw malformed("salt is not 8 to 64 bytes of base64")
        }
        guard let hash = Base64.decode(parts[4], .standard), (16...64).contains(hash.count) else {
            throw malformed("hash is not 16 to 64 bytes of base64")
        }
        self.init(cost: cost, salt: salt, hash: hash)
    }

    /// A decimal of one or two digits, without a leading zero, behind `name`.
    private static func number(_ name: String, _ text: Substring) -> Int? {
        guard text.hasPrefix(name) else { return nil }
        let digits = text.dropFirst(name.count).utf8
        guard (1...2).contains(digits.count), digits.first != UInt8(ascii: "0") else { return nil }
        return digits.reduce(Int?(0)) { sum, digit in
            guard let sum, (48...57).contains(digit) else { return nil }
            return sum * 10 + Int(digit - 48)
        }
    }
}

extension PasswordHash: CustomStringConvertible {
    var description: String {
        "$scrypt$ln=\(cost.logN),r=\(cost.r),p=\(cost.p)"
            + "$\(Base64.encode(salt, .standard))$\(Base64.encode(hash, .standard))"
    }
}
