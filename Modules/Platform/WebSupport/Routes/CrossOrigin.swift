import HTTPTypes

/// Routes that the pages of others may call: those of the web chat, which runs on its owner's site.
///
/// There are no cookies on them; what the caller may see hangs on a token that it sends itself.
package enum CrossOrigin {
    /// `reply`, readable by any page.
    package static func open(_ reply: Reply) -> Reply {
        var reply = reply
        reply.headers[.accessControlAllowOrigin] = "*"
        reply.headers[.accessControlAllowMethods] = "GET, POST, OPTIONS"
        reply.headers[.accessControlAllowHeaders] = "Authorization, Content-Type, Last-Event-ID"
        reply.headers[.accessControlMaxAge] = "600"
        return reply
    }

    /// The answer to a browser that asks first.
    package static func question(_ path: String) -> Route {
        Route(
            .options, path, "Which origins and headers are allowed",
            access: .open(reason: "a browser asks before it may send anything"), scope: .none, rate: .page
        ) { _ in open(.noContent) }
    }
}
