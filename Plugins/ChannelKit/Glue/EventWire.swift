extension InboundEvent {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 8)
        object.add("id", id)
        // Never left out: an event without one is every channel's of its hook. The host refuses what is too long.
        object.add("account", account)
        object.add("thread", thread)
        object.add("at", at)
        object.add("contact", contact?.wire)
        kind.write(to: &object)
        return object
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
            object.addWords("messages", messages)
        case .status(let status):
            object.add("kind", "status")
            object.add("status", status.wire)
        case .reaction(let message, let emoji):
            object.add("kind", "reaction")
            var reaction = JSON.Object(reserving: 2)
            reaction.add("message", message)
            reaction.addWords("emoji", emoji)
            object.add("reaction", reaction)
        case .pressed(let callback, let data, let message, let title):
            object.add("kind", "pressed")
            var press = JSON.Object(reserving: 3)
            press.addIdentifier("callback", callback)
            press.addShort("data", data)
            press.addIdentifier("message", message)
            press.addShort("title", title)
            object.add("press", press)
        case .typing: object.add("kind", "typing")
        case .blocked: object.add("kind", "blocked")
        case .unblocked: object.add("kind", "unblocked")
        case .echo(let message, let author, let correlation):
            object.add("kind", "echo")
            var echo = JSON.Object(reserving: 3)
            echo.add("author", author.rawValue)
            echo.addIdentifier("correlation", correlation)
            echo.add("message", message.wire)
            object.add("echo", echo)
        case .service(let kind, let message):
            object.add("kind", "service")
            object.add("service", kind.rawValue)
            object.add("message", message.wire)
        case .notice(let kind, let reason):
            object.add("kind", "notice")
            object.add("notice", ["kind": .string(kind.rawValue), "reason": .object(reason.wire)])
        case .erasure: object.add("kind", "erasure")
        }
    }
}

extension ContactIdentity {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 6)
        object.add("id", id)
        object.addShort("name", name)
        object.addShort("username", username)
        object.addShort("phone", phone)
        object.addShort("language", language)
        object.addIdentifier("avatar", avatar)
        return object
    }
}

extension InboundMessage {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 6)
        object.add("id", id)
        object.addLong("text", text)
        if !attachments.isEmpty {
            object.add("attachments", .array(attachments.prefix(JSON.Object.listed).map { .object($0.wire) }))
        }
        object.addIdentifier("replyTo", replyTo)
        object.addLong("quote", quote)
        object.addShort("album", album)
        object.add("referral", referral?.wire)
        object.addShort("command", command)
        if isForwarded { object.add("forwarded", true) }
        return object
    }
}

extension Referral {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 4)
        object.add("source", source)
        object.addShort("reference", reference)
        object.addShort("campaign", campaign)
        object.addShort("title", title)
        object.addAddress("url", url)
        return object
    }
}

extension MessageStatus {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 5)
        object.add("state", state.rawValue)
        object.addWords("messages", messages)
        object.add("until", until)
        object.addIdentifier("correlation", correlation)
        object.add("reason", reason?.wire)
        return object
    }
}

extension MessageAttachment {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 8)
        object.add("kind", kind.rawValue)
        object.add("file", file)
        object.addShort("name", name)
        object.addShort("mimeType", mimeType)
        object.addCount("size", size)
        object.addCount("duration", duration, upTo: 366 * Milliseconds.day)
        object.addCount("width", width)
        object.addCount("height", height)
        object.addAddress("url", url)
        object.addShort("title", title)
        object.add("location", location?.wire)
        object.add("contact", contact?.wire)
        return object
    }
}

extension Location {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 3)
        object.add("latitude", latitude)
        object.add("longitude", longitude)
        object.addShort("address", address)
        return object
    }
}

extension SharedContact {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 3)
        object.addShort("phone", phone)
        object.addShort("name", name)
        object.add("own", isOwn)
        return object
    }
}

/// Display texts are the customer's or the provider's to choose: one that is too long for the host is shortened rather than refused.
extension JSON.Object {
    /// Names and the like: the host takes 1,024 bytes.
    mutating func addShort(_ key: String, _ text: String?) { addClipped(key, text, to: 1_024) }
    /// Messages: the host takes 64 KB.
    mutating func addLong(_ key: String, _ text: String?) { addClipped(key, text, to: 65_536) }
    /// A shortened address leads elsewhere: it is left out.
    mutating func addAddress(_ key: String, _ url: String?) {
        if let url, url.utf8.count <= 8_192 { add(key, url) }
    }

    /// The host takes lists of a thousand; providers name a hundred at once.
    static var listed: Int { 1_000 }

    /// A shortened identifier names something else: it is left out.
    mutating func addIdentifier(_ key: String, _ text: String?) {
        if let text, (1...1_024).contains(text.utf8.count) { add(key, text) }
    }

    /// Identifiers or emoji.
    mutating func addWords(_ key: String, _ texts: [String]) {
        add(key, .array(texts.lazy.filter { (1...1_024).contains($0.utf8.count) }.prefix(Self.listed).map(JSON.string)))
    }

    /// What the host would not take is what nobody knows: the message counts without it.
    mutating func addCount(_ key: String, _ count: Int64?, upTo most: Int64 = .max) {
        if let count, (0...most).contains(count) { add(key, count) }
    }

    mutating func addClipped(_ key: String, _ text: String?, to bytes: Int) {
        guard let text else { return }
        add(key, text.utf8.count <= bytes ? text : TextLimit(bytes, .utf8).truncated(text))
    }
}
