import HTTPTypes
import Kernel
import WebSupport

/// The secret for signed identities, in the settings of a web chat.
struct IdentitySecretRoutes: Sendable {
    let secrets: IdentitySecrets

    struct View: Codable {
        /// Null as long as none was made.
        @Nullable var secret: String?
        /// Until when the secret before this one counts.
        @Nullable var previousUntil: Instant?

        init(_ secret: IdentitySecret?) {
            self.secret = secret?.current
            previousUntil = secret?.previousUntil
        }
    }
    struct Rotation: Codable { let keepPrevious: Bool }

    var routes: [Route] {
        let path = "/api/v1/channels/{id}/identity-secret"
        return [
            Route(
                .get, path, "The secret under which the site signs its visitors' identities", access: .permission(.writeChannels),
                audit: .read("channel.identity-secret-viewed"), showsSecret: true, response: .of(View.self)
            ) { call in try .json(View(try await secrets.secret(of: try call.id(), account: try call.account))) },
            Route(
                .post, path, "Make a new secret; the previous one counts for another day, or ends now",
                access: .permission(.writeChannels), bodyLimit: 1 << 10, audit: .inTransaction, showsSecret: true,
                request: .of(Rotation.self), response: .of(View.self)
            ) { call in
                let (wish, caller): (Rotation, Principal) = (try call.decode(), try call.principal)
                let made = try await secrets.rotate(
                    try call.id(), keepsPrevious: wish.keepPrevious, by: caller.actor, account: caller.account)
                return try .json(View(made), status: .created)
            },
        ]
    }
}
