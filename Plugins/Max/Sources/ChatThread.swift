import ChannelKit

/// Where a conversation takes place. Normally the dialog; the customer when an update does not name the dialog, as with a
/// button of a message that was deleted.
enum ChatThread: Equatable {
    case dialog(Int64)
    case user(Int64)

    /// Reads a `key`.
    init?(_ key: String) {
        if key.hasPrefix("u:") {
            guard let user = Int64(key.dropFirst(2)) else { return nil }
            self = .user(user)
        } else {
            guard let chat = Int64(key) else { return nil }
            self = .dialog(chat)
        }
    }

    init(chat: Int64?, user: Int64) { self = if let chat { .dialog(chat) } else { .user(user) } }

    var key: String {
        switch self {
        case .dialog(let chat): String(chat)
        case .user(let user): "u:\(user)"
        }
    }

    /// The query item that addresses a new message.
    var recipient: (name: String, value: String) {
        switch self {
        case .dialog(let chat): ("chat_id", String(chat))
        case .user(let user): ("user_id", String(user))
        }
    }
}
