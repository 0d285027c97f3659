package import Kernel

/// The disclosure register, as the guard asks it: which hosts have been declared for which purpose.
package protocol EgressRegister: Sendable {
    /// Whether bytes may go to `host` (lower-case ASCII, no port) for `purpose`. Asked for the first address and again
    /// for every redirect; not asked for purposes that allow any host. Throws when it cannot be asked just now: nothing is sent then,
    /// and the request may be tried again.
    func declares(host: String, for purpose: EgressPurpose, account: AccountID?) async throws -> Bool
}

/// A register that is decided by a closure: the composition root's table, or a test's.
package struct EgressRegisterCheck: EgressRegister {
    private let check: @Sendable (String, EgressPurpose, AccountID?) async -> Bool

    package init(_ check: @escaping @Sendable (_ host: String, EgressPurpose, AccountID?) async -> Bool) {
        self.check = check
    }

    package func declares(host: String, for purpose: EgressPurpose, account: AccountID?) async -> Bool {
        await check(host, purpose, account)
    }
}
