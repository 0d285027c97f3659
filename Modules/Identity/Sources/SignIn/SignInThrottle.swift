import Kernel
import Persistence
import Vault
import WebSupport

/// Counts attempts to sign in, in the database and before any password is looked at: of any number of parallel tries, in
/// any number of processes, exactly as many get through as the limit says.
///
/// A window slides: what counts is the last 15 minutes before each attempt. An attempt that turns out right is taken back, so
/// that neither a busy office nor a person with many devices is locked out by it.
struct SignInThrottle: Sendable {
    static let window = Duration.seconds(15 * 60)
    static let perAddress = 10
    static let perNetwork = 50

    let environment: IdentityEnvironment

    /// What was counted for one attempt.
    struct Ticket: Sendable {
        fileprivate let keys: [Key]
        fileprivate let at: Instant
    }

    fileprivate struct Key: Sendable {
        let index: [UInt8]
        let limit: Int
    }

    /// Counts one attempt. Throws `Problem.rateLimited`, counting nothing, when either limit is reached.
    func admit(email normalised: String, from client: ClientAddress) async throws -> Ticket {
        let indexer = try await environment.vault.blindIndexer(in: .system)
        let keys = [
            Key(index: indexer.index(normalised, purpose: "identity_throttle.email"), limit: Self.perAddress),
            Key(index: indexer.index(client.network, purpose: "identity_throttle.network"), limit: Self.perNetwork),
        ]
        // In one order everywhere, so that two attempts never wait for each other.
        let sorted = keys.sorted { $0.index.lexicographicallyPrecedes($1.index) }
        let now = environment.time.now()
        try await environment.database.writeSystem(.authentication) { transaction in
            let store = ThrottleStore(transaction: transaction)
            for key in sorted {
                let recent = Self.recent(try store.lock(key.index, at: now), at: now)
                if recent.count >= key.limit, let oldest = recent.dropLast(key.limit - 1).last {
                    throw Problem.rateLimited(retryAfter: Self.window - now.duration(since: oldest))
                }
                try store.save(recent + [now], of: key.index)
            }
        }
        return Ticket(keys: sorted, at: now)
    }

    /// Takes the attempt back.
    func forgive(_ ticket: Ticket) async throws {
        try await environment.database.writeSystem(.authentication) { transaction in
            let store = ThrottleStore(transaction: transaction)
            for key in ticket.keys {
                var attempts = try store.lock(key.index, at: ticket.at)
                guard let index = attempts.firstIndex(of: ticket.at) else { continue }
                attempts.remove(at: index)
                try store.save(attempts, of: key.index)
            }
        }
    }

    /// A moment far in the future is from before the clock was set back; it must not lock anybody out until then.
    private static func recent(_ attempts: [Instant], at now: Instant) -> [Instant] {
        attempts.filter { now.duration(since: $0) < window && $0.duration(since: now) < window }
    }
}
