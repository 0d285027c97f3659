extension ChannelStep {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 3)
        switch self {
        case .request(let request, let state, let remember):
            object.add("request", request.wire)
            object.add("state", state.text)
            object.addRemembered(remember)
        case .result(let result, let remember):
            object.add("result", result.wire)
            object.addRemembered(remember)
        }
        return object
    }
}

extension JSON.Object {
    mutating func addRemembered(_ values: [Remembered]) {
        if !values.isEmpty { add("remember", .array(values.map { .object($0.wire) })) }
    }
}

extension OperationResult {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 6)
        switch self {
        case .sent(let messages):
            object.add("kind", "sent")
            object.addWords("messages", messages)
        case .polled(let events, let pause):
            object.add("kind", "polled")
            object.add("events", .array(events.map { .object($0.wire) }))
            object.add("pause", pause)
        case .connected(let account):
            object.add("kind", "connected")
            object.add("account", account.wire)
        case .disconnected: object.add("kind", "disconnected")
        case .health(let health):
            object.add("kind", "health")
            object.add("state", health.state.rawValue)
            object.add("account", health.account?.wire)
            object.addCount("pending", health.pending)
            object.add("reason", health.reason?.wire)
            object.addClipped("detail", health.detail, to: 4_096)
        case .file(let request, let name, let mimeType, let size):
            object.add("kind", "file")
            object.add("request", request.wire)
            object.addShort("name", name)
            object.addShort("mimeType", mimeType)
            object.addCount("size", size)
        case .profile(let contact, let referral):
            object.add("kind", "profile")
            object.add("contact", contact.wire)
            object.add("referral", referral?.wire)
        case .notFound: object.add("kind", "not-found")
        case .signIn(let progress, let state):
            object.add("kind", "sign-in")
            progress.write(to: &object)
            object.add("state", state.text)
        case .failed(let failure):
            object.add("kind", "failed")
            failure.write(to: &object)
        }
        return object
    }
}

extension SignInProgress {
    func write(to object: inout JSON.Object) {
        switch self {
        case .picture(let base64, let until):
            object.add("progress", "picture")
            object.add("picture", base64)
            object.add("until", until)
        case .code(let code, let until):
            object.add("progress", "code")
            object.add("code", code)
            object.add("until", until)
        case .asks(let question, let reason):
            object.add("progress", "asks")
            object.add("question", question.rawValue)
            object.add("reason", reason?.wire)
        case .waiting: object.add("progress", "waiting")
        case .signedIn: object.add("progress", "signed-in")
        }
    }
}

extension OperationFailure {
    func write(to object: inout JSON.Object) {
        switch kind {
        case .retry(let after, let scope):
            object.add("failure", "retry")
            object.add("after", after)
            object.add("scope", scope.rawValue)
        case .permanent: object.add("failure", "permanent")
        case .blocked: object.add("failure", "blocked")
        case .reconnectNeeded: object.add("failure", "reconnect-needed")
        case .uncertain: object.add("failure", "uncertain")
        }
        object.add("reason", reason.wire)
        if !sent.isEmpty { object.addWords("sent", sent) }
        object.add("resume", resume?.text)
    }
}

extension ChannelAccount {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 4)
        object.add("id", id)
        object.addShort("name", name)
        object.addShort("username", username)
        object.addAddress("url", url)
        return object
    }
}

extension HTTPRequest {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 5)
        object.add("method", method)
        object.add("url", url.wire)
        if !headers.isEmpty {
            object.add("headers", .array(headers.map { ["name": .string($0.name), "value": $0.value.wire] }))
        }
        switch body {
        case .none: break
        case .text(let template, let contentType):
            object.add("body", ["contentType": .string(contentType), "text": template.wire])
        case .form(let parts): object.add("body", ["form": .array(parts.map { .object($0.wire) })])
        }
        object.add("timeout", timeout)
        return object
    }
}

extension FormPart {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 2)
        object.add("name", name)
        switch content {
        case .text(let template): object.add("text", template.wire)
        case .file(let media):
            var file = JSON.Object(reserving: 3)
            file.add("reference", media.file)
            file.addShort("name", media.name)
            file.add("mimeType", media.headerType)
            object.add("file", file)
        }
        return object
    }
}

extension OutboundMedia {
    /// The type as a header may carry it: the host refuses a request whose part says anything else.
    fileprivate var headerType: String {
        mimeType.utf8.count <= 255 && mimeType.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            ? mimeType : "application/octet-stream"
    }
}

extension RequestTemplate {
    var wire: JSON {
        .array(
            parts.map { part in
                switch part {
                case .text(let text): .string(text)
                case .secret(let name, let encoding): ["secret": .string(name), "encoding": .string(encoding.rawValue)]
                }
            })
    }
}
