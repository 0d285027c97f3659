import ChannelKit

/// Reads the content of a message object.
struct MessageReader {
    enum Content {
        case message(InboundMessage)
        /// An empty emoji takes the reaction back.
        case reaction(message: String, emoji: String)
        case press(data: String, message: String?)
    }

    private let object: JSON.Object
    private let id: String
    private let type: String

    init(_ object: JSON.Object, id: String) {
        (self.object, self.id) = (object, id)
        type = object.text("type")?.lowercased() ?? ""
    }

    private var target: String? { object.id("stanza_id", "stanzaId") }

    /// Nil for service notices.
    var content: Content? {
        switch type {
        case "system": return nil
        case "reaction":
            guard let target else { return nil }
            return .reaction(message: target, emoji: object["body"]?.string ?? "")
        case "buttons_response", "list_response":
            guard let data = object.text("selectedButtonId", "selected_list_id", "selectedListId") else {
                return .message(message(text: object.text("body")))
            }
            return .press(data: data, message: target)
        case "poll": return .message(message(text: poll(heading: object.text("body"), "poll_options")))
        case "poll_vote": return .message(message(text: poll(heading: nil, "selected_poll_variant")))
        // Base64 is no text: only these kinds say something in `body`.
        case "chat", "text", "buttons", "list", "": return .message(message(text: bodyText))
        default:
            var result = message(text: object.text("caption"))
            result.attachments = [MessageAttachment(wappi: object, type: type, id: id) ?? placeholder]
            return .message(result)
        }
    }

    private var bodyText: String? {
        // MAX's history writes a contact or a file as an object.
        guard object["body"]?.object == nil else { return nil }
        return object.text("body") ?? object.text("caption")
    }

    private func message(text: String?) -> InboundMessage {
        var result = InboundMessage(id: id, text: text)
        result.replyTo = target
        result.quote = quote(besides: text)
        result.album = object.nested("media_info")?.text("grouped_id")
        result.isForwarded = object.flag("is_forwarded", "isForwarded")
        if text == nil, let body = object["body"]?.object {
            result.attachments = [MessageAttachment(card: body) ?? placeholder]
        } else if text == nil {
            result.attachments = [placeholder]
        }
        return result
    }

    /// WhatsApp sometimes repeats the reply's own text here.
    private func quote(besides text: String?) -> String? {
        guard let quoted = object.nested("reply_message") else { return nil }
        let isText = ["chat", "text"].contains(quoted.text("type")?.lowercased() ?? "")
        guard let words = isText ? quoted.text("body") : quoted.text("caption"), words != text else { return nil }
        return words
    }

    private func poll(heading: String?, _ key: String) -> String? {
        let options = (object[key]?.array ?? []).prefix(50).compactMap { value in
            value.scalarText ?? value.object?.text("name", "optionName", "title")
        }
        let lines = [heading].compactMap(\.self) + options.map { "• \($0)" }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    /// For content this plugin has no form for.
    private var placeholder: MessageAttachment { MessageAttachment(unsupported: type.isEmpty ? "message" : type) }
}
