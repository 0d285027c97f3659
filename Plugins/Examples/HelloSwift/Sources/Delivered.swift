import ChannelKit

/// One of a webhook's `events`:
///
///     {"type": "message", "id", "chat", "at", "name"?, "text"}
///     {"type": "pressed", "id", "chat", "at", "name"?, "message", "data"}
///     {"type": "receipt", "chat", "at", "message", "state": "delivered" | "read"}
struct Delivered {
    private let object: JSON.Object
    private let chat: String

    /// Nil for what names no chat.
    init?(_ object: JSON.Object) {
        guard let chat = object["chat"]?.identifier(upTo: HelloLimit.identifierBytes) else { return nil }
        (self.object, self.chat) = (object, chat)
    }

    /// The id is the same whenever the messenger repeats itself, and different for everything else that may happen to a message.
    var event: InboundEvent? {
        switch object["type"]?.string {
        case "message":
            guard let id = identifier("id"), let text = object["text"]?.words() else { return nil }
            return event("message:\(id)", .message(InboundMessage(id: id, text: text)))
        case "pressed":
            guard let id = identifier("id"), let data = object["data"]?.words() else { return nil }
            return event("pressed:\(id)", .pressed(callback: nil, data: data, message: identifier("message")))
        case "receipt":
            guard let message = identifier("message"), let state = state else { return nil }
            return event("\(state.rawValue):\(message)", .status(MessageStatus(state, messages: [message])))
        default: return nil
        }
    }

    private func identifier(_ key: String) -> String? { object[key]?.identifier(upTo: HelloLimit.identifierBytes) }

    private var state: MessageStatus.State? {
        switch object["state"]?.string {
        case "delivered": .delivered
        case "read": .read
        default: nil
        }
    }

    private func event(_ id: String, _ kind: InboundEvent.Kind) -> InboundEvent {
        InboundEvent(
            id: "\(chat)/\(id)", thread: chat, at: Timestamp.milliseconds(object["at"]),
            contact: ContactIdentity(id: chat, name: object["name"]?.words()), kind: kind)
    }
}
