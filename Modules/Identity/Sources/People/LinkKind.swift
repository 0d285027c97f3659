import Persistence

/// What a one-time link is for.
package enum LinkKind: String, Sendable, SQLBindable {
    case ownerSetup = "owner_setup"
    case signIn = "sign_in"
    case invitation
}
