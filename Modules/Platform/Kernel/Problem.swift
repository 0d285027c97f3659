/// What a caller did wrong or may try again, in the words of the public API. WebSupport turns it into a status, once.
package enum Problem: Error, Hashable, Sendable {
    /// There is no such thing in the caller's account; also said of another account's things.
    case notFound
    /// A value is not acceptable: which field, and what would be.
    case invalid(field: String, String)
    /// The request cannot be read at all.
    case malformed(String)
    /// It collides with what is there.
    case conflict(String)
    /// The conversation was taken over since the caller looked.
    case staleTurn
    /// A rule of the account does not let it happen before `until`; `code` names the rule.
    case held(until: Instant, code: String, String)
    case unauthenticated
    case badCredentials
    case forbidden
    /// The request does not prove that our own page sent it.
    case csrf
    case tooLarge(limit: Int)
    case rateLimited(retryAfter: Duration)
    /// Not now: a database or provider does not answer.
    case unavailable(String)
}
