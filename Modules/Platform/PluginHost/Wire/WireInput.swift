import Kernel
import WireJSON

/// What goes to a plugin, with the members always in the same order.
enum WireInput {
    /// For `verify` and `parse`; only the headers that the plugin asked for.
    static func webhook(_ request: WebhookRequest, headers wanted: [String], _ context: ChannelContext) -> JSON {
        var object = JSON.Object(reserving: 5)
        object.add("origin", request.origin.rawValue)
        object.add("method", request.method)
        if !request.path.isEmpty { object.add("path", request.path) }
        if !request.query.isEmpty { object.add("query", pairs(request.query)) }
        var headers: [JSON] = []
        for header in request.headers {
            let name = header.name.lowercased()
            if wanted.contains(name) { headers.append(["name": .string(name), "value": .string(header.value)]) }
        }
        object.add("headers", .array(headers))
        var input = JSON.Object(reserving: 2)
        input.add("request", object)
        input.add("context", context.wire)
        return .object(input)
    }

    static func step(
        _ operation: ChannelOperation, state: PluginState?, input: StepInput, _ context: ChannelContext
    ) -> JSON {
        var object = JSON.Object(reserving: 4)
        object.add("operation", operation.wire)
        object.add("state", state?.text)
        object.add("input", input.wire)
        object.add("context", context.wire)
        return .object(object)
    }

    static func pairs(_ values: [NameValue]) -> JSON {
        .array(values.map { ["name": .string($0.name), "value": .string($0.value)] })
    }
}

extension ChannelContext {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 5)
        object.add("now", now.milliseconds)
        object.add("settings", Self.sorted(settings) { .string($0) })
        if !secrets.isEmpty { object.add("secrets", .array(secrets.sorted().map(JSON.string))) }
        if !memory.isEmpty { object.add("memory", Self.sorted(memory) { .string($0) }) }
        if !expiries.isEmpty { object.add("expiries", Self.sorted(expiries) { .int($0.milliseconds) }) }
        return object
    }

    private static func sorted<Value>(_ values: [String: Value], _ wire: (Value) -> JSON) -> JSON.Object {
        JSON.Object(values.sorted { $0.key < $1.key }.map { JSON.Member(key: $0.key, value: wire($0.value)) })
    }
}

extension StepInput {
    var wire: JSON {
        switch self {
        case .start: ["kind": "start"]
        case .failure(let failure): ["kind": "failure", "failure": .string(failure.rawValue)]
        case .response(let response):
            [
                "kind": "response", "status": .int(Int64(response.status)),
                "headers": WireInput.pairs(
                    response.headers.map { NameValue($0.name.lowercased(), $0.value) }),
            ]
        }
    }
}

extension ChannelOperation {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 4)
        switch self {
        case .deliver(let action):
            object.add("kind", "deliver")
            object.add("action", action.wire)
        case .poll: object.add("kind", "poll")
        case .connect(let webhook):
            object.add("kind", "connect")
            object.add("webhook", webhook)
        case .disconnect: object.add("kind", "disconnect")
        case .health(let webhook):
            object.add("kind", "health")
            object.add("webhook", webhook)
        case .download(let file):
            object.add("kind", "download")
            object.add("file", file)
        case .profile(let thread, let contact):
            object.add("kind", "profile")
            object.add("thread", thread)
            object.add("contact", contact)
        case .reconcile(let action, let since):
            object.add("kind", "reconcile")
            object.add("action", action.wire)
            object.add("since", since.milliseconds)
        case .signIn(let act):
            object.add("kind", "sign-in")
            switch act {
            case .begin(let method, let phone):
                object.add("act", "begin")
                object.add("method", method.rawValue)
                object.add("phone", phone)
            case .look: object.add("act", "look")
            case .answer: object.add("act", "answer")
            }
        }
        return object
    }
}

extension OutboundAction {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 8)
        object.add("thread", thread)
        object.add("correlation", correlation)
        object.add("author", author.rawValue)
        object.add("lastInboundAt", lastInboundAt?.milliseconds)
        switch kind {
        case .text(let text):
            object.add("kind", "text")
            object.add("text", text.wire)
        case .media(let media):
            object.add("kind", "media")
            object.add("media", media.wire)
        case .typing: object.add("kind", "typing")
        case .edit(let message, let text):
            object.add("kind", "edit")
            object.add("message", message)
            object.add("text", text.wire)
        case .delete(let messages):
            object.add("kind", "delete")
            object.add("messages", .array(messages.map(JSON.string)))
        case .markRead(let message):
            object.add("kind", "mark-read")
            object.add("message", message)
        case .answerPress(let callback, let text):
            object.add("kind", "answer-press")
            object.add("callback", callback)
            object.add("notice", text)
        case .react(let message, let emoji):
            object.add("kind", "react")
            object.add("message", message)
            object.add("emoji", emoji)
        }
        return object
    }
}

extension OutboundText {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 3)
        object.add("text", text)
        if !buttons.isEmpty { object.add("buttons", buttons.wire) }
        object.add("replyTo", replyTo)
        return object
    }
}

extension OutboundMedia {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 8)
        object.add("kind", kind.rawValue)
        object.add("file", file)
        object.add("name", name)
        object.add("mimeType", mimeType)
        object.add("size", size)
        object.add("url", url)
        object.add("caption", caption)
        if !buttons.isEmpty { object.add("buttons", buttons.wire) }
        object.add("replyTo", replyTo)
        object.add("duration", duration?.wholeMilliseconds)
        return object
    }
}

extension [[Button]] {
    fileprivate var wire: JSON {
        .array(map { row in .array(row.map { .object($0.wire) }) })
    }
}

extension Button {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 3)
        object.add("title", title)
        switch action {
        case .callback(let data):
            object.add("kind", "callback")
            object.add("data", data)
        case .link(let url):
            object.add("kind", "link")
            object.add("url", url)
        case .requestContact: object.add("kind", "request-contact")
        case .requestLocation: object.add("kind", "request-location")
        }
        return object
    }
}
