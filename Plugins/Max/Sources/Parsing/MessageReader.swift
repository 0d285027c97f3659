import ChannelKit

/// Reads a `Message`. Nearly every member may be missing or null: documentation and live answers differ.
struct MessageReader {
    private static let mostAttachments = 100
    private let object: JSON.Object
    private let sender: Int64
    private let token: String?

    init(_ object: JSON.Object, sender: Int64, token: String?) {
        (self.object, self.sender, self.token) = (object, sender, token)
    }

    /// Nil for what has neither content nor an id.
    var message: InboundMessage? {
        let body = object["body"]
        let link = object["link"]
        let linked = link?["message"]
        let isForward = link?["type"]?.string == "forward"
        guard let id = Update.identifier(body?["mid"]) ?? (isForward ? forwardID(linked) : nil) else { return nil }
        var result = InboundMessage(id: id, text: Self.text(body))
        result.attachments = attachments(body, sender: sender)
        if isForward {
            result.isForwarded = true
            if result.text == nil { result.text = Self.text(linked) }
            // A forwarded card belongs to nobody in particular.
            result.attachments += attachments(linked, sender: nil)
        } else if link?["type"]?.string == "reply" {
            result.replyTo = Update.identifier(linked?["mid"])
            result.quote = Self.text(linked)
        }
        result.attachments = Array(result.attachments.prefix(Self.mostAttachments))
        guard result.text == nil, result.attachments.isEmpty else { return result }
        guard isForward else { return nil }
        result.attachments = [MessageAttachment(unsupported: "forward")]
        return result
    }

    /// A pure forward may come without a body, and so without an id of its own.
    private func forwardID(_ original: JSON?) -> String? {
        guard let original = Update.identifier(original?["mid"]), let at = object["timestamp"]?.int else { return nil }
        return "forward:\(original):\(at)"
    }

    private func attachments(_ body: JSON?, sender: Int64?) -> [MessageAttachment] {
        let reader = AttachmentReader(sender: sender, token: token)
        return (body?["attachments"]?.array ?? []).prefix(Self.mostAttachments).compactMap(reader.attachment) + Self.links(body)
    }

    private static func text(_ body: JSON?) -> String? { body?["text"]?.words() }

    /// Addresses hidden behind words.
    private static func links(_ body: JSON?) -> [MessageAttachment] {
        (body?["markup"]?.array ?? []).prefix(mostAttachments).compactMap { mark in
            guard mark["type"]?.string == "link", let url = mark["url"]?.words() else { return nil }
            var link = MessageAttachment(.link)
            link.url = url
            return link
        }
    }
}
