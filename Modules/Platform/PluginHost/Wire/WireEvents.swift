import Kernel
package import WireJSON

/// Events as JSON: the form in which plugins return them and in which they may be stored.
extension InboundEvent {
    /// Reads an event back. Throws `PluginFault.malformedAnswer` with the field that is not acceptable.
    package init(wire: JSON) throws {
        do throws(WireError) {
            guard let object = wire.object else { throw WireError("event") }
            try self.init(object)
        } catch { throw PluginFault.malformedAnswer(error.field) }
    }

    init(_ object: JSON.Object) throws(WireError) {
        self.init(
            id: try object.identifier("id"), account: try object.optionalIdentifier("account"),
            thread: try object.optionalIdentifier("thread"), at: try object.optionalInstant("at"),
            contact: try object.optionalObject("contact").map { value throws(WireError) in try ContactIdentity(value) },
            kind: try Kind(object))
        if thread == nil {
            switch kind {
            case .notice: break
            case .status(let status): guard !status.messages.isEmpty else { throw WireError("thread") }
            case .erasure: guard contact != nil else { throw WireError("contact") }
            default: throw WireError("thread")
            }
        }
    }
}

extension InboundEvent.Kind {
    init(_ object: JSON.Object) throws(WireError) {
        switch try object.text("kind") {
        case "message": self = .message(try InboundMessage(try object.object("message")))
        case "edited": self = .edited(try InboundMessage(try object.object("message")))
        case "deleted": self = .deleted(try object.texts("messages"))
        case "status": self = .status(try MessageStatus(try object.object("status")))
        case "reaction":
            let reaction = try object.object("reaction")
            self = .reaction(Reaction(message: try reaction.identifier("message"), emoji: try reaction.texts("emoji")))
        case "pressed":
            let press = try object.object("press")
            self = .pressed(
                ButtonPress(
                    callback: try press.optionalIdentifier("callback"), data: try press.text("data", max: 4_096),
                    message: try press.optionalIdentifier("message"), title: try press.optionalText("title")))
        case "typing": self = .typing
        case "blocked": self = .blocked
        case "unblocked": self = .unblocked
        case "echo":
            let echo = try object.object("echo")
            self = .echo(
                Echo(
                    author: try echo.choice("author"), message: try InboundMessage(try echo.object("message")),
                    correlation: try echo.optionalIdentifier("correlation")))
        case "service":
            self = .service(
                ServiceLine(kind: try object.choice("service"), message: try InboundMessage(try object.object("message"))))
        case "notice":
            let notice = try object.object("notice")
            self = .notice(
                ChannelNotice(kind: try notice.choice("kind"), reason: try PluginReason(notice.object("reason"))))
        case "erasure": self = .erasure
        default: throw WireError("kind")
        }
    }
}

extension ContactIdentity {
    init(_ object: JSON.Object) throws(WireError) {
        self.init(
            id: try object.identifier("id"), name: try object.optionalText("name"),
            username: try object.optionalText("username"), phone: try object.optionalText("phone"),
            language: try object.optionalText("language"), avatar: try object.optionalText("avatar"))
    }
}

extension InboundMessage {
    init(_ object: JSON.Object) throws(WireError) {
        self.init(
            id: try object.identifier("id"), text: try object.optionalText("text", max: WireLimit.text),
            attachments: try object.objects("attachments") { value throws(WireError) in try MessageAttachment(value) },
            replyTo: try object.optionalIdentifier("replyTo"),
            quote: try object.optionalText("quote", max: WireLimit.text), album: try object.optionalText("album"),
            referral: try object.optionalObject("referral").map { value throws(WireError) in try Referral(value) },
            command: try object.optionalText("command"), isForwarded: try object.flag("forwarded"))
    }
}

extension Referral {
    init(_ object: JSON.Object) throws(WireError) {
        self.init(
            source: try object.identifier("source"), reference: try object.optionalText("reference"),
            campaign: try object.optionalText("campaign"), title: try object.optionalText("title"),
            url: try object.optionalText("url", max: WireLimit.url))
    }
}

extension MessageAttachment {
    init(_ object: JSON.Object) throws(WireError) {
        self.init(
            kind: try object.choice("kind"), file: try object.optionalText("file", max: WireLimit.url),
            name: try object.optionalText("name"), mimeType: try object.optionalText("mimeType"),
            size: try object.optionalInt("size"), duration: try object.optionalDuration("duration"),
            width: try object.optionalInt("width"), height: try object.optionalInt("height"),
            url: try object.optionalText("url", max: WireLimit.url), title: try object.optionalText("title"),
            location: try object.optionalObject("location").map { value throws(WireError) in try Location(value) },
            contact: try object.optionalObject("contact").map { value throws(WireError) in try SharedContact(value) })
    }
}

extension Location {
    init(_ object: JSON.Object) throws(WireError) {
        guard let latitude = object["latitude"]?.double, abs(latitude) <= 90 else { throw WireError("latitude") }
        guard let longitude = object["longitude"]?.double, abs(longitude) <= 180 else { throw WireError("longitude") }
        self.init(latitude: latitude, longitude: longitude, address: try object.optionalText("address"))
    }
}

extension SharedContact {
    init(_ object: JSON.Object) throws(WireError) {
        self.init(phone: try object.text("phone"), name: try object.text("name"), isOwn: try object.flag("own"))
    }
}

extension MessageStatus {
    init(_ object: JSON.Object) throws(WireError) {
        self.init(
            state: try object.choice("state"), messages: try object.texts("messages"),
            until: try object.optionalInstant("until"), correlation: try object.optionalIdentifier("correlation"),
            reason: try object.optionalObject("reason").map { value throws(WireError) in try PluginReason(value) })
    }
}

extension PluginReason {
    init(_ object: JSON.Object) throws(WireError) {
        self.init(code: try object.identifier("code"), text: try LocalizedText(object.object("text")))
    }
}

extension LocalizedText {
    init(_ object: JSON.Object) throws(WireError) {
        self.init(english: try object.text("en"), russian: try object.text("ru"), kazakh: try object.text("kk"))
    }
}
