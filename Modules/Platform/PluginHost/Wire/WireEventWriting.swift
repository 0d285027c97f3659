import Kernel
package import WireJSON

extension InboundEvent {
    /// The JSON that `init(wire:)` reads back.
    package var wire: JSON {
        var object = JSON.Object(reserving: 8)
        object.add("id", id)
        object.add("account", account)
        object.add("thread", thread)
        object.add("at", at?.milliseconds)
        object.add("contact", contact?.wire)
        kind.write(to: &object)
        return .object(object)
    }
}

extension InboundEvent.Kind {
    func write(to object: inout JSON.Object) {
        switch self {
        case .message(let message):
            object.add("kind", "message")
            object.add("message", message.wire)
        case .edited(let message):
            object.add("kind", "edited")
            object.add("message", message.wire)
        case .deleted(let messages):
            object.add("kind", "deleted")
            object.add("messages", .array(messages.map(JSON.string)))
        case .status(let status):
            object.add("kind", "status")
            object.add("status", status.wire)
        case .reaction(let reaction):
            object.add("kind", "reaction")
            object.add(
                "reaction", ["message": .string(reaction.message), "emoji": .array(reaction.emoji.map(JSON.string))])
        case .pressed(let press):
            object.add("kind", "pressed")
            var value = JSON.Object()
            value.add("callback", press.callback)
            value.add("data", press.data)
            value.add("message", press.message)
            value.add("title", press.title)
            object.add("press", value)
        case .typing: object.add("kind", "typing")
        case .blocked: object.add("kind", "blocked")
        case .unblocked: object.add("kind", "unblocked")
        case .echo(let echo):
            object.add("kind", "echo")
            var value = JSON.Object()
            value.add("author", echo.author.rawValue)
            value.add("correlation", echo.correlation)
            value.add("message", echo.message.wire)
            object.add("echo", value)
        case .service(let line):
            object.add("kind", "service")
            object.add("service", line.kind.rawValue)
            object.add("message", line.message.wire)
        case .notice(let notice):
            object.add("kind", "notice")
            object.add("notice", ["kind": .string(notice.kind.rawValue), "reason": .object(notice.reason.wire)])
        case .erasure: object.add("kind", "erasure")
        }
    }
}

extension ContactIdentity {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 6)
        object.add("id", id)
        object.add("name", name)
        object.add("username", username)
        object.add("phone", phone)
        object.add("language", language)
        object.add("avatar", avatar)
        return object
    }
}

extension InboundMessage {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 6)
        object.add("id", id)
        object.add("text", text)
        if !attachments.isEmpty { object.add("attachments", .array(attachments.map { .object($0.wire) })) }
        object.add("replyTo", replyTo)
        object.add("quote", quote)
        object.add("album", album)
        object.add("referral", referral?.wire)
        object.add("command", command)
        if isForwarded { object.add("forwarded", true) }
        return object
    }
}

extension Referral {
    var wire: JSON.Object {
        var object = JSON.Object()
        object.add("source", source)
        object.add("reference", reference)
        object.add("campaign", campaign)
        object.add("title", title)
        object.add("url", url)
        return object
    }
}

extension MessageAttachment {
    var wire: JSON.Object {
        var object = JSON.Object()
        object.add("kind", kind.rawValue)
        object.add("file", file)
        object.add("name", name)
        object.add("mimeType", mimeType)
        object.add("size", size)
        object.add("duration", duration?.wholeMilliseconds)
        object.add("width", width)
        object.add("height", height)
        object.add("url", url)
        object.add("title", title)
        if let location {
            var value = JSON.Object()
            value.add("latitude", location.latitude)
            value.add("longitude", location.longitude)
            value.add("address", location.address)
            object.add("location", value)
        }
        if let contact {
            object.add(
                "contact",
                ["phone": .string(contact.phone), "name": .string(contact.name), "own": .bool(contact.isOwn)])
        }
        return object
    }
}

extension MessageStatus {
    var wire: JSON.Object {
        var object = JSON.Object()
        object.add("state", state.rawValue)
        object.add("messages", .array(messages.map(JSON.string)))
        object.add("until", until?.milliseconds)
        object.add("correlation", correlation)
        object.add("reason", reason?.wire)
        return object
    }
}

extension PluginReason {
    var wire: JSON.Object {
        var object = JSON.Object()
        object.add("code", code)
        object.add("text", ["en": .string(text.english), "ru": .string(text.russian), "kk": .string(text.kazakh)])
        return object
    }
}
