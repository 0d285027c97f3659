extension HTTPRequest {
    /// Has a file fetched from a foreign address: without credentials, with time for its size.
    public init(fetching address: String) {
        self.init("GET", RequestTemplate([.text(address)]))
        timeout = 120_000
    }
}

extension HTTPRequest.Body {
    public static func json(_ value: JSON) -> HTTPRequest.Body { .json(RequestTemplate([.text(value.text)])) }
    public static func json(_ template: RequestTemplate) -> HTTPRequest.Body {
        .text(template, contentType: "application/json")
    }
    public static func formURLEncoded(_ template: RequestTemplate) -> HTTPRequest.Body {
        .text(template, contentType: "application/x-www-form-urlencoded")
    }
}

extension RequestTemplate {
    /// An object whose last member is a secret.
    public init(_ object: JSON.Object = JSON.Object(), member: String, secret: String) {
        let start = JSON.object(object).text.dropLast() + (object.members.isEmpty ? "" : ",")
        self.init([.text(start + JSON.string(member).text + ":\""), .secret(secret, .json), .text("\"}")])
    }
}

extension ChannelContext {
    /// An address to which paths are added, without slashes at its end.
    public func baseURL(_ name: String, default standard: String) -> String {
        var base = setting(name) ?? standard
        while base.hasSuffix("/") { base.removeLast() }
        return base
    }
}

extension MessageAttachment {
    /// Something without a form of its own, by the name that the provider gives it.
    public init(unsupported title: String) {
        self.init(.unsupported)
        self.title = title
    }
}
