/// A plugin's request with the secrets in their places: ready for Egress, never for a log.
package struct RenderedRequest: Hashable, Sendable {
    package enum Body: Hashable, Sendable {
        case none
        case bytes([UInt8], contentType: String)
        case form([RenderedPart])
    }
    package let method: String
    package let url: String
    /// The URL with `…` for each secret.
    package let redactedURL: String
    /// Lower-case, without port.
    package let host: String
    package let headers: [NameValue]
    /// Lower-case names of the headers that hold secrets.
    package let secretHeaders: Set<String>
    package let body: Body
    package let timeout: Duration
    package let carriesSecrets: Bool
}

package struct RenderedPart: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case text(String)
        case file(reference: String, name: String, mimeType: String)
    }
    package let name: String
    package let content: Content
}

/// Why a request is not performed.
package enum RenderingFault: Error, Hashable, Sendable {
    case badURL
    /// The secret of this name is not set.
    case missingSecret(String)
    /// The secret cannot be written here: it holds control characters.
    case unusableSecret(String)
    /// The plugin wants to send secrets to a host that is not the channel's.
    case foreignHost(String)
}

extension PluginRequest {
    /// Inserts `secrets`, which may go to `hosts` only.
    ///
    /// The scheme, host and port must be literal text, so no secret can redirect a request; credentials in a URL are refused.
    package func rendered(secrets: [String: String], hosts: Set<String>) throws -> RenderedRequest {
        let host = try url.literalHost()
        var renderer = SecretRenderer(secrets: secrets)
        let address = try renderer.render(url)
        let fields = try headers.map { NameValue($0.name, try renderer.render($0.value)) }
        let content: RenderedRequest.Body =
            switch body {
            case .none: .none
            case .text(let template, let contentType):
                .bytes(Array(try renderer.render(template).utf8), contentType: contentType)
            case .form(let parts): .form(try parts.map { try renderer.render($0) })
            }
        guard !renderer.hasRendered || hosts.contains(host) else { throw RenderingFault.foreignHost(host) }
        return RenderedRequest(
            method: method, url: address, redactedURL: url.redacted, host: host, headers: fields,
            secretHeaders: Set(headers.filter(\.value.holdsSecret).map { $0.name.lowercased() }), body: content,
            timeout: timeout, carriesSecrets: renderer.hasRendered)
    }
}

extension ChannelDescription {
    /// Where requests of a channel with these settings may carry its secrets.
    package func secretHosts(settings values: [String: String]) -> Set<String> {
        var result = Set(hosts.map { $0.lowercased() })
        for field in settings where field.kind == .baseURL {
            guard let url = values[field.name] ?? field.defaultValue else { continue }
            if let host = try? RequestTemplate([.text(url)]).literalHost() { result.insert(host) }
        }
        return result
    }
}

extension RequestTemplate {
    /// The template with `…` for each secret.
    package var redacted: String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .secret: "…"
            }
        }.joined()
    }

    var holdsSecret: Bool { parts.contains { if case .secret = $0 { true } else { false } } }

    /// The host of a URL template whose authority is literal.
    func literalHost() throws -> String {
        guard case .text(let start)? = parts.first else { throw RenderingFault.badURL }
        let prefix = ["https://", "http://"].first { start.hasPrefix($0) }
        guard let prefix else { throw RenderingFault.badURL }
        let rest = start.utf8.dropFirst(prefix.utf8.count)
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        // Without a delimiter a following secret would still be part of the authority.
        guard end != nil || parts.count == 1 else { throw RenderingFault.badURL }
        let authority = rest[..<(end ?? rest.endIndex)]
        guard authority.allSatisfy(Self.isAuthorityByte) else { throw RenderingFault.badURL }
        for case .text(let text) in parts where !text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C }) {
            throw RenderingFault.badURL
        }
        let isBracketed = authority.first == UInt8(ascii: "[")
        let hostEnd =
            isBracketed
            ? authority.firstIndex(of: UInt8(ascii: "]")).map { authority.index(after: $0) }
            : authority.firstIndex(of: UInt8(ascii: ":"))
        let host = String(decoding: authority[..<(hostEnd ?? authority.endIndex)], as: UTF8.self).lowercased()
        guard !host.isEmpty else { throw RenderingFault.badURL }
        return host
    }

    private static func isAuthorityByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: ".-:[]".utf8.contains(byte)
        }
    }
}

private struct SecretRenderer {
    let secrets: [String: String]
    private(set) var hasRendered = false

    init(secrets: [String: String]) { self.secrets = secrets }

    mutating func render(_ template: RequestTemplate) throws -> String {
        var result = ""
        for part in template.parts {
            switch part {
            case .text(let text): result += text
            case .secret(let name, let encoding):
                guard let value = secrets[name], !value.isEmpty else { throw RenderingFault.missingSecret(name) }
                hasRendered = true
                result += try encoding.encode(value, name: name)
            }
        }
        return result
    }

    mutating func render(_ part: FormPart) throws -> RenderedPart {
        switch part.content {
        case .text(let template): RenderedPart(name: part.name, content: .text(try render(template)))
        case .file(let reference, let name, let mimeType):
            RenderedPart(name: part.name, content: .file(reference: reference, name: name, mimeType: mimeType))
        }
    }
}
