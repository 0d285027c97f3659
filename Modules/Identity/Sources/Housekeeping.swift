import Kernel
import Persistence
import Vault

/// Removes what has run out.
struct Housekeeping: Sendable {
    let environment: IdentityEnvironment

    func run() async throws {
        let now = environment.time.now()
        let never = try await environment.database.writeSystem(.retention) { transaction in
            try SessionStore(transaction: transaction).deleteDead(at: now)
            try ThrottleStore(transaction: transaction)
                .deleteUntouched(since: now.advanced(by: .zero - SignInThrottle.window - SignInThrottle.window))
            return try LinkStore(transaction: transaction).deleteOld(at: now)
        }
        // Backups still hold the sealed addresses of people who never came.
        for person in never { try await environment.vault.destroyKey(for: KeyID(sameAs: person.user), in: person.account) }
    }
}
