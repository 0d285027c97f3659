import HTTPTypes
import Kernel
import WebSupport

/// The secret for signed identities, in the settings of a web chat. It is told once, when it is made.
struct IdentitySecretRoutes: Sendable {
    let secrets: IdentitySecrets

    struct State: Codable {
        let exists: Bool
        /// When it was made; null when there is none, and for one from before this was kept.
        @Nullable var since: Instant?
        /// Until when the secret before this one counts; null when it does no more.
        @Nullable var previousUntil: Instant?

        init(_ secret: IdentitySecret?, at now: Instant) {
            exists = secret != nil
            since = secret?.madeAt
            previousUntil = secret?.previousCounts(at: now)
        }
    }
    struct Made: Codable {
        let secret: String
        @Nullable var since: Instant?
        @Nullable var previousUntil: Instant?

        init(_ made: IdentitySecret) {
            (secret, since, previousUntil) = (made.current, made.madeAt, made.previousUntil)
        }
    }
    struct Rotation: Codable { let keepPrevious: Bool }

    var routes: [Route] {
        let path = "/api/v1/channels/{id}/identity-secret"
        return [
            Route(
                .get, path, "Whether the site has a secret to sign its visitors' identities with, and since when",
                access: .permission(.readChannels), response: .of(State.self)
            ) { call in
                let secret = try await secrets.secret(of: try call.id(), account: try call.account)
                return try .json(State(secret, at: secrets.time.now()))
            },
            Route(
                .post, path, "Make a new secret, told this once; the previous one counts for another day, or ends now",
                access: .permission(.writeChannels), bodyLimit: 1 << 10, audit: .inTransaction, showsSecret: true,
                request: .of(Rotation.self), response: .of(Made.self)
            ) { call in
                let (wish, caller): (Rotation, Principal) = (try call.decode(), try call.principal)
                let made = try await secrets.rotate(
                    try call.id(), keepsPrevious: wish.keepPrevious, by: caller.actor, account: caller.account)
                return try .json(Made(made), status: .created)
            },
        ]
    }
}
