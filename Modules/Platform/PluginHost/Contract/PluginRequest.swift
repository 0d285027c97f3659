/// An HTTP request as a plugin describes it: secrets are names, files are references.
package struct PluginRequest: Hashable, Sendable {
    package var method: String
    package var url: RequestTemplate
    package var headers: [HeaderTemplate]
    package var body: Body
    /// For the whole exchange.
    package var timeout: Duration

    package enum Body: Hashable, Sendable {
        case none
        case text(RequestTemplate, contentType: String)
        case form([FormPart])
    }

    package init(
        method: String, url: RequestTemplate, headers: [HeaderTemplate] = [], body: Body = .none,
        timeout: Duration = .seconds(30)
    ) {
        (self.method, self.url, self.headers) = (method, url, headers)
        (self.body, self.timeout) = (body, timeout)
    }
}

package struct HeaderTemplate: Hashable, Sendable {
    package var name: String
    package var value: RequestTemplate

    package init(name: String, value: RequestTemplate) { (self.name, self.value) = (name, value) }
}

/// One part of a multipart/form-data body.
package struct FormPart: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case text(RequestTemplate)
        /// `reference` is `OutboundMedia.file`.
        case file(reference: String, name: String, mimeType: String)
    }
    package var name: String
    package var content: Content

    package init(name: String, content: Content) { (self.name, self.content) = (name, content) }
}

/// Text with holes for secrets.
package struct RequestTemplate: Hashable, Sendable {
    package enum Part: Hashable, Sendable {
        case text(String)
        case secret(String, SecretEncoding)
    }
    package var parts: [Part]

    package init(_ parts: [Part]) { self.parts = parts }
}
