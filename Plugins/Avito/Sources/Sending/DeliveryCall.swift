import ChannelKit

/// One request of a delivery.
enum DeliveryCall {
    case text(String)
    case upload(OutboundMedia)
    /// Sends the uploaded picture.
    case image
    case markRead
    /// An encoded message id.
    case delete(String)

    /// It makes a message, so doing it twice would show.
    var makesMessage: Bool {
        switch self {
        case .text, .image: true
        case .upload, .markRead, .delete: false
        }
    }

    /// Whether a message of the list is what this call makes.
    func made(_ message: JSON) -> Bool {
        switch self {
        case .text(let text):
            let found = message["content"]?["text"]?.string ?? message["content"]?["link"]?["text"]?.string
            return found.map { $0.withoutMargins == text.withoutMargins } ?? false
        case .image: return message["type"]?.string == "image"
        case .upload, .markRead, .delete: return false
        }
    }

    /// `chat` is an encoded id.
    func request(_ api: MessengerAPI, chat: String, image: String?) -> HTTPRequest {
        switch self {
        case .text(let text): api.sendText(text, to: chat)
        case .upload(let media): api.upload(media)
        case .image: api.sendImage(image ?? "", to: chat)
        case .markRead: api.markRead(chat)
        case .delete(let message): api.delete(message, in: chat)
        }
    }
}
