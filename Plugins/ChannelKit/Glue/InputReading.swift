/// The host's input is not what the header documents.
struct BadInput: Error {
    let field: String
    init(_ field: String) { self.field = field }
}

/// Reading the host's input.
extension JSON.Object {
    func text(_ key: String) throws(BadInput) -> String {
        guard let text = self[key]?.string else { throw BadInput(key) }
        return text
    }

    /// What comes back to the host as it is: neither empty nor over 1,024 bytes.
    func identifier(_ key: String) throws(BadInput) -> String {
        guard let identifier = self[key]?.words(upTo: 1_024) else { throw BadInput(key) }
        return identifier
    }

    func object(_ key: String) throws(BadInput) -> JSON.Object {
        guard let object = self[key]?.object else { throw BadInput(key) }
        return object
    }

    func texts(_ key: String) -> [String] { self[key]?.texts ?? [] }

    func pairs(_ key: String) -> [NameValue] {
        guard let values = self[key]?.array else { return [] }
        var result: [NameValue] = []
        result.reserveCapacity(values.count)
        for case .object(let item) in values {
            if let name = item["name"]?.string, let value = item["value"]?.string { result.append(NameValue(name, value)) }
        }
        return result
    }
}

extension WebhookRequest {
    init(_ object: JSON.Object, body: [UInt8]) throws(BadInput) {
        self.init(
            isLocal: object["origin"]?.string == "local", method: try object.text("method"),
            path: object["path"]?.string ?? "", query: object.pairs("query"), headers: object.pairs("headers"), body: body)
    }
}

extension ChannelContext {
    init(_ object: JSON.Object) throws(BadInput) {
        guard let now = object["now"]?.int else { throw BadInput("now") }
        self.init(
            now: now, settings: object["settings"]?.object ?? JSON.Object(), secrets: object["secrets"]?.array ?? [],
            memory: object["memory"]?.object ?? JSON.Object(), expiries: object["expiries"]?.object ?? JSON.Object())
    }
}

extension StepInput {
    init(_ object: JSON.Object, body: [UInt8]) throws(BadInput) {
        switch try object.text("kind") {
        case "start": self = .start
        case "failure": self = object["failure"]?.string == "not-sent" ? .notSent : .unknown
        case "response":
            guard let status = object["status"]?.int, (100...599).contains(status) else { throw BadInput("status") }
            self = .response(HTTPResponse(status: Int(status), headers: object.pairs("headers"), body: body))
        default: throw BadInput("input")
        }
    }
}

extension ChannelOperation {
    init(_ object: JSON.Object) throws(BadInput) {
        switch try object.text("kind") {
        case "deliver": self = .deliver(try OutboundAction(object.object("action")))
        case "poll": self = .poll
        case "connect": self = .connect(webhook: object["webhook"]?.string)
        case "disconnect": self = .disconnect
        case "health": self = .health(webhook: object["webhook"]?.string)
        case "download": self = .download(file: try object.text("file"))
        case "profile": self = .profile(thread: try object.text("thread"), contact: try object.text("contact"))
        case "reconcile":
            guard let since = object["since"]?.int else { throw BadInput("since") }
            self = .reconcile(try OutboundAction(object.object("action")), since: since)
        case "sign-in": self = .signIn(try SignInAct(object))
        default: throw BadInput("operation")
        }
    }
}

extension SignInAct {
    init(_ object: JSON.Object) throws(BadInput) {
        switch try object.text("act") {
        case "begin":
            guard let method = SignInMethod(rawValue: try object.text("method")) else { throw BadInput("method") }
            self = .begin(method, phone: object["phone"]?.string)
        case "look": self = .look
        case "answer": self = .answer
        default: throw BadInput("act")
        }
    }
}

extension OutboundAction {
    init(_ object: JSON.Object) throws(BadInput) {
        self.init(
            thread: try object.text("thread"), correlation: try object.identifier("correlation"),
            author: object["author"]?.string.flatMap(Author.init) ?? .system,
            lastInboundAt: object["lastInboundAt"]?.int, kind: try Kind(object))
    }
}

extension OutboundAction.Kind {
    init(_ object: JSON.Object) throws(BadInput) {
        switch try object.text("kind") {
        case "text": self = .text(try OutboundText(object.object("text")))
        case "media": self = .media(try OutboundMedia(object.object("media")))
        case "typing": self = .typing
        case "edit": self = .edit(message: try object.text("message"), try OutboundText(object.object("text")))
        case "delete": self = .delete(messages: object.texts("messages"))
        case "mark-read": self = .markRead(message: object["message"]?.string)
        case "answer-press":
            self = .answerPress(callback: try object.text("callback"), notice: object["notice"]?.string)
        case "react": self = .react(message: try object.text("message"), emoji: object["emoji"]?.string)
        default: throw BadInput("action")
        }
    }
}

extension OutboundText {
    init(_ object: JSON.Object) throws(BadInput) {
        self.init(
            try object.text("text"), buttons: try Button.rows(object), replyTo: object["replyTo"]?.string)
    }
}

extension OutboundMedia {
    init(_ object: JSON.Object) throws(BadInput) {
        guard let kind = MessageAttachment.Kind(rawValue: try object.text("kind")) else { throw BadInput("media") }
        guard let size = object["size"]?.int, size >= 0 else { throw BadInput("size") }
        self.init(
            kind: kind, file: try object.identifier("file"), name: try object.text("name"),
            mimeType: try object.text("mimeType"), size: size, url: object["url"]?.string,
            caption: object["caption"]?.string, buttons: try Button.rows(object), replyTo: object["replyTo"]?.string,
            duration: object["duration"]?.int)
    }
}

extension Button {
    static func rows(_ object: JSON.Object) throws(BadInput) -> [[Button]] {
        var rows: [[Button]] = []
        for row in object["buttons"]?.array ?? [] {
            var buttons: [Button] = []
            for case .object(let button) in row.array ?? [] { buttons.append(try Button(button)) }
            rows.append(buttons)
        }
        return rows
    }

    init(_ object: JSON.Object) throws(BadInput) {
        let action: Action =
            switch try object.text("kind") {
            case "callback": .callback(try object.text("data"))
            case "link": .link(try object.text("url"))
            case "request-contact": .requestContact
            case "request-location": .requestLocation
            default: throw BadInput("button")
            }
        self.init(try object.text("title"), action)
    }
}
