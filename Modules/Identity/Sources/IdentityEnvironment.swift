import AuditInterface
import IdentityInterface
import Kernel
import Persistence
import Vault

/// What every part of the module stands on.
struct IdentityEnvironment: Sendable {
    let database: any Database
    let vault: Vault
    let audit: any AuditTrail
    let time: any TimeSource

    /// Writes an audit line within `transaction`.
    func record(
        _ action: String, _ object: String, by actor: Actor, detail: String = "", in transaction: any Transaction
    ) throws {
        try audit.append(
            AuditEntry(occurredAt: time.now(), actor: actor, action: action, object: object, detail: detail), in: transaction)
    }

    /// The blind index of a normalised e-mail address: one for the whole installation, so that an address leads to its account.
    func emailIndex(_ normalised: String) async throws -> [UInt8] {
        try await vault.blindIndex(normalised, purpose: "identity_user.email", in: .system)
    }
}

/// How long things of this module live.
enum Lifetime {
    static let sessionIdle = Duration.seconds(12 * 3_600)
    static let session = Duration.seconds(30 * 86_400)
    static let invitation = Duration.seconds(72 * 3_600)
    static let link = Duration.seconds(30 * 60)
    /// "Last seen" and "last used" are written no oftener.
    static let touch = Duration.seconds(60)
    /// Used and expired links are kept so long for whoever asks what happened.
    static let spentLink = Duration.seconds(90 * 86_400)
    /// An invitation nobody took up; its e-mail address belongs to a stranger.
    static let unusedInvitation = Duration.seconds(7 * 86_400)
}
