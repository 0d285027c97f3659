package import HTTPTypes
package import Kernel

/// One route of the public API, fully declared: a route without an answer to each of these questions cannot be written.
package struct Route: Sendable {
    /// Who may call it.
    package enum Access: Hashable, Sendable {
        /// Anybody; the reason says why that is right.
        case open(reason: String)
        /// Any signed-in member or key of an account.
        case member
        /// Whoever's role or key has the permission.
        case permission(Permission)
        /// Authenticated by the handler itself: a webhook's secret, a web-chat visitor's token.
        case ownCredential(reason: String)
    }

    /// What the route touches.
    package enum Scope: Hashable, Sendable {
        /// Things of the caller's account only.
        case account
        /// The account that the path's unguessable key leads to.
        case keyedAccount
        /// No account's data.
        case none
    }

    /// How often it may be called.
    package enum RateClass: String, Sendable, CaseIterable {
        /// Reading and ordinary work by a person or key.
        case standard
        /// Guessing would pay here: sign-in, links.
        case credentials
        /// Providers' deliveries.
        case webhook
        /// Anonymous visitors of a web chat.
        case visitor
        /// Their files.
        case visitorFile = "visitor-file"
        /// Pages, assets and health.
        case page
    }

    /// What the audit trail keeps of a call.
    package enum AuditClass: Hashable, Sendable {
        /// Nothing: the route shows no personal data and changes nothing.
        case none
        /// A line for each successful call: personal data was read.
        case read(String)
        /// The handler writes its own line in the transaction of the change.
        case inTransaction
    }

    package let method: HTTPRequest.Method
    /// `/api/v1/conversations/{id}`.
    package let path: String
    package let summary: String
    package let access: Access
    package let scope: Scope
    package let rate: RateClass
    /// In bytes; a longer body is refused with 413 before it is read.
    package let bodyLimit: Int
    /// Where the limit depends on whom the path leads to: given the path's parameters, at most `bodyLimit`. Nil where it does not.
    package let bodyLimitAt: (@Sendable ([String: String]) async throws -> Int)?
    package let audit: AuditClass
    /// The answer holds something that is shown once, such as a new key, and must not be kept anywhere.
    package let showsSecret: Bool
    package let requestSchema: Schema?
    package let responseSchema: Schema?
    package let handler: @Sendable (Call) async throws -> Reply

    package init(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, access: Access, scope: Scope = .account,
        rate: RateClass = .standard, bodyLimit: Int = 0, bodyLimitAt: (@Sendable ([String: String]) async throws -> Int)? = nil,
        audit: AuditClass = .none, showsSecret: Bool = false,
        request: Schema? = nil, response: Schema? = nil, handler: @escaping @Sendable (Call) async throws -> Reply
    ) {
        (self.method, self.path, self.summary) = (method, path, summary)
        (self.access, self.scope, self.rate, self.bodyLimit) = (access, scope, rate, bodyLimit)
        self.bodyLimitAt = bodyLimitAt
        (self.audit, self.requestSchema, self.responseSchema) = (audit, request, response)
        (self.showsSecret, self.handler) = (showsSecret, handler)
    }
}
