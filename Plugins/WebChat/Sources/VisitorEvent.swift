import ChannelKit

/// Reads what a visitor's browser did, as the product's routes pass it on:
///
///     {"visitor": "…", "message": "<client's id>", "at": <ms>?, "name": "…"?, "language": "ru"?,
///      "kind": "message" | "edited" | "deleted" | "pressed" | "typing" | "read",
///      "text": "…"?, "replyTo": "…"?, "attachments": [{"kind", "file", "name", "mimeType", "size"}]?,
///      "page": {"url", "title", "campaign"}?, "data": "…"?}
struct VisitorEvent {
    let event: InboundEvent

    init(_ body: JSON.Object, now: Int64) throws {
        let visitor = try body.identifier("visitor")
        let message = try body.identifier("message")
        let kind = body["kind"]?.string ?? "message"
        var contact = ContactIdentity(id: visitor, name: body["name"]?.string, language: body["language"]?.string)
        if contact.name?.isEmpty == true { contact.name = nil }
        let content: InboundEvent.Kind
        switch kind {
        case "message": content = .message(try Self.message(body, id: message))
        case "edited": content = .edited(try Self.message(body, id: message))
        case "deleted": content = .deleted([message])
        case "pressed":
            guard let data = body["data"]?.string else { throw BadBody("a press without data") }
            content = .pressed(callback: nil, data: data, message: message)
        case "typing": content = .typing
        case "read": content = .status(MessageStatus(.read, messages: [message]))
        default: throw BadBody("an unknown kind")
        }
        let at = body["at"]?.int ?? now
        // A message is one event for ever; the others may happen to it again.
        let id = kind == "message" ? "\(visitor)/\(message)" : "\(visitor)/\(message)/\(kind)/\(at)"
        event = InboundEvent(id: id, thread: visitor, at: at, contact: contact, kind: content)
    }

    private static func message(_ body: JSON.Object, id: String) throws -> InboundMessage {
        var message = InboundMessage(id: id, text: body["text"]?.string)
        message.replyTo = body["replyTo"]?.string
        for case .object(let value) in body["attachments"]?.array ?? [] {
            guard let kind = value["kind"]?.string.flatMap(MessageAttachment.Kind.init), let file = value["file"]?.string else {
                throw BadBody("an attachment without a file")
            }
            var attachment = MessageAttachment(kind, file: file)
            attachment.name = value["name"]?.string
            attachment.mimeType = value["mimeType"]?.string
            attachment.size = value["size"]?.int.map { max(0, $0) }
            message.attachments.append(attachment)
        }
        if let page = body["page"]?.object {
            message.referral = Referral(
                source: "page", campaign: page["campaign"]?.string, title: page["title"]?.string, url: page["url"]?.string)
        }
        guard message.text?.isEmpty == false || !message.attachments.isEmpty else { throw BadBody("an empty message") }
        return message
    }
}

extension JSON.Object {
    fileprivate func identifier(_ key: String) throws -> String {
        guard let text = self[key]?.string, (1...128).contains(text.utf8.count) else { throw BadBody("no \(key)") }
        return text
    }
}
