/// A request for the host to perform, with names in the places of secrets and files.
public struct HTTPRequest: Sendable {
    public var method: String
    /// Scheme and host must be literal text.
    public var url: RequestTemplate
    public var headers: [(name: String, value: RequestTemplate)] = []
    public var body: Body = .none
    /// Milliseconds for the whole exchange, at most 120,000.
    public var timeout: Int64 = 30_000

    public enum Body: Sendable {
        case none
        case text(RequestTemplate, contentType: String)
        case form([FormPart])
    }

    public init(_ method: String, _ url: RequestTemplate) { (self.method, self.url) = (method, url) }

    /// A POST of JSON.
    public init(post value: JSON, to url: RequestTemplate) {
        self.init("POST", url)
        body = .text(RequestTemplate([.text(value.text)]), contentType: "application/json")
    }
}

/// One part of a multipart/form-data body.
public struct FormPart: Sendable {
    public enum Content: Sendable {
        case text(RequestTemplate)
        case file(OutboundMedia)
    }
    public var name: String
    public var content: Content

    public init(_ name: String, _ text: String) { (self.name, content) = (name, .text(RequestTemplate([.text(text)]))) }
    public init(_ name: String, file: OutboundMedia) { (self.name, content) = (name, .file(file)) }
}

/// Text with holes for secrets.
public struct RequestTemplate: Sendable, ExpressibleByStringLiteral {
    public enum Part: Sendable {
        case text(String)
        case secret(String, SecretEncoding)
    }
    public var parts: [Part]

    public init(_ parts: [Part]) { self.parts = parts }
    public init(stringLiteral value: String) { parts = [.text(value)] }
}

public enum SecretEncoding: String, Sendable {
    /// For header values.
    case raw
    /// For URLs and forms.
    case percent
    /// For the inside of a JSON string.
    case json
}
