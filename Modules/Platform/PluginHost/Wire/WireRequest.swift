import WireJSON

extension PluginRequest {
    init(_ object: JSON.Object) throws(WireError) {
        let method = try object.text("method", max: 10)
        guard ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(method) else { throw WireError("method") }
        self.init(
            method: method, url: try RequestTemplate(object, "url", max: WireLimit.url),
            headers: try object.objects("headers", max: 50) { value throws(WireError) in try HeaderTemplate(value) },
            body: try Body(object), timeout: try object.optionalDuration("timeout") ?? .seconds(30))
        guard timeout > .zero, timeout <= .seconds(120) else { throw WireError("timeout") }
    }
}

extension HeaderTemplate {
    init(_ object: JSON.Object) throws(WireError) {
        let name = try object.identifier("name")
        guard name.utf8.allSatisfy(Self.isTokenByte) else { throw WireError("headers") }
        let value = try RequestTemplate(object, "value", max: WireLimit.url)
        for case .text(let text) in value.parts where !WireOutput.isHeaderValue(text) { throw WireError("headers") }
        self.init(name: name, value: value)
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension PluginRequest.Body {
    init(_ object: JSON.Object) throws(WireError) {
        guard let body = try object.optionalObject("body") else {
            self = .none
            return
        }
        if body.member("form") != nil {
            self = .form(try body.objects("form", max: 50) { value throws(WireError) in try FormPart(value) })
            return
        }
        let contentType = try body.text("contentType")
        guard WireOutput.isHeaderValue(contentType) else { throw WireError("contentType") }
        self = .text(try RequestTemplate(body, "text", max: WireLimit.bodyText), contentType: contentType)
    }
}

extension FormPart {
    init(_ object: JSON.Object) throws(WireError) {
        let name = try object.identifier("name")
        guard WireOutput.isHeaderValue(name), !name.contains("\"") else { throw WireError("form") }
        guard let file = try object.optionalObject("file") else {
            self.init(name: name, content: .text(try RequestTemplate(object, "text", max: WireLimit.bodyText)))
            return
        }
        let mimeType = try file.text("mimeType")
        guard WireOutput.isHeaderValue(mimeType) else { throw WireError("mimeType") }
        self.init(
            name: name,
            content: .file(
                reference: try file.identifier("reference"), name: try file.text("name"), mimeType: mimeType))
    }
}

extension RequestTemplate {
    /// A plain string, or a list of strings and secrets.
    init(_ object: JSON.Object, _ key: String, max: Int) throws(WireError) {
        if let text = object[key]?.string {
            guard text.utf8.count <= max else { throw WireError(key) }
            self.init([.text(text)])
            return
        }
        guard object.member(key) != nil else { throw WireError(key) }
        var size = 0
        self.init(
            try object.list(key, max: 100) { value throws(WireError) in
                if let text = value.string {
                    size += text.utf8.count
                    guard size <= max else { throw WireError(key) }
                    return .text(text)
                }
                guard let secret = value.object else { throw WireError(key) }
                return .secret(try secret.identifier("secret"), try secret.choice("encoding"))
            })
    }
}
