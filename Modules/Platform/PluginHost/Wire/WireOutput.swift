import Kernel
import WireJSON

/// What comes back from a plugin.
enum WireOutput {
    static func verification(_ object: JSON.Object) throws(WireError) -> Verification {
        // Only a literal `true` accepts: a missing or misspelt member must not open the door.
        guard let accept = object.member("accept")?.bool else { throw WireError("accept") }
        if accept { return .accepted }
        return .rejected(try answer(object) ?? WebhookAnswer(status: 403))
    }

    static func parsed(_ object: JSON.Object) throws(WireError) -> ParsedWebhook {
        ParsedWebhook(
            events: try events(object), answer: try answer(object) ?? WebhookAnswer(status: 200),
            remember: try remembered(object))
    }

    static func step(_ object: JSON.Object) throws(WireError) -> ChannelStep {
        let remember = try remembered(object)
        if let request = try object.optionalObject("request") {
            let state = PluginState(try object.text("state", max: WireLimit.state))
            return .request(try PluginRequest(request), state: state, remember: remember)
        }
        return .result(try OperationResult(object.object("result")), remember: remember)
    }

    static func events(_ object: JSON.Object) throws(WireError) -> [InboundEvent] {
        try object.objects("events", max: WireLimit.events) { value throws(WireError) in try InboundEvent(value) }
    }

    private static func answer(_ object: JSON.Object) throws(WireError) -> WebhookAnswer? {
        guard let answer = try object.optionalObject("answer") else { return nil }
        let contentType = try answer.optionalText("contentType") ?? "text/plain; charset=utf-8"
        guard isHeaderValue(contentType) else { throw WireError("contentType") }
        return WebhookAnswer(
            status: Int(try answer.int("status", in: 200...599)), contentType: contentType,
            body: try answer.optionalText("body", max: WireLimit.text) ?? "")
    }

    private static func remembered(_ object: JSON.Object) throws(WireError) -> [Remembered] {
        try object.objects("remember", max: 100) { value throws(WireError) in
            Remembered(
                name: try value.identifier("name"), value: try value.optionalText("value", max: WireLimit.url),
                isSecret: try value.flag("secret"), expiresAt: try value.optionalInstant("expiresAt"))
        }
    }

    /// Printable ASCII and spaces: nothing that ends a header line.
    static func isHeaderValue(_ text: String) -> Bool { text.utf8.allSatisfy { (0x20...0x7E).contains($0) } }
}

extension OperationResult {
    init(_ object: JSON.Object) throws(WireError) {
        switch try object.text("kind") {
        case "sent": self = .sent(messages: try object.texts("messages"))
        case "polled":
            self = .polled(try WireOutput.events(object), pause: try object.optionalDuration("pause") ?? .zero)
        case "connected": self = .connected(try ChannelAccount(object.object("account")))
        case "disconnected": self = .disconnected
        case "health": self = .health(try ChannelHealth(object))
        case "file":
            self = .file(
                FileLocation(
                    request: try PluginRequest(object.object("request")), name: try object.optionalText("name"),
                    mimeType: try object.optionalText("mimeType"), size: try object.optionalInt("size")))
        case "profile":
            self = .profile(
                try ContactIdentity(object.object("contact")),
                referral: try object.optionalObject("referral").map { value throws(WireError) in try Referral(value) })
        case "not-found": self = .notFound
        case "sign-in":
            self = .signIn(
                try SignInProgress(object), state: PluginState(try object.text("state", max: WireLimit.state)))
        case "failed": self = .failed(try OperationFailure(object))
        default: throw WireError("kind")
        }
    }
}

extension SignInProgress {
    init(_ object: JSON.Object) throws(WireError) {
        switch try object.text("progress") {
        case "picture":
            self = .picture(base64: try object.text("picture", max: WireLimit.bodyText), until: try Self.until(object))
        case "code": self = .code(try object.identifier("code"), until: try Self.until(object))
        case "asks":
            let reason = try object.optionalObject("reason").map { value throws(WireError) in try PluginReason(value) }
            self = .asks(try object.choice("question"), reason)
        case "waiting": self = .waiting
        case "signed-in": self = .signedIn
        default: throw WireError("progress")
        }
    }

    private static func until(_ object: JSON.Object) throws(WireError) -> Instant {
        guard let until = try object.optionalInstant("until") else { throw WireError("until") }
        return until
    }
}

extension OperationFailure {
    init(_ object: JSON.Object) throws(WireError) {
        let kind: Kind =
            switch try object.text("failure") {
            case "retry": .retry(after: try object.optionalDuration("after"), scope: try object.choice("scope"))
            case "permanent": .permanent
            case "blocked": .blocked
            case "reconnect-needed": .reconnectNeeded
            case "uncertain": .uncertain
            default: throw WireError("failure")
            }
        self.init(
            kind: kind, reason: try PluginReason(object.object("reason")), sent: try object.texts("sent"),
            resume: try object.optionalText("resume", max: WireLimit.state).map(PluginState.init))
    }
}

extension ChannelAccount {
    init(_ object: JSON.Object) throws(WireError) {
        self.init(
            id: try object.identifier("id"), name: try object.text("name"),
            username: try object.optionalText("username"), url: try object.optionalText("url", max: WireLimit.url))
    }
}

extension ChannelHealth {
    init(_ object: JSON.Object) throws(WireError) {
        self.init(
            state: try object.choice("state"),
            account: try object.optionalObject("account").map { value throws(WireError) in try ChannelAccount(value) },
            pending: try object.optionalInt("pending"),
            reason: try object.optionalObject("reason").map { value throws(WireError) in try PluginReason(value) },
            detail: try object.optionalText("detail", max: 4_096))
    }
}
