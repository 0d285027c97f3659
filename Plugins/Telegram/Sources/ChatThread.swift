import ChannelKit

/// Where a conversation takes place: a chat with the bot, or one of the owner's own chats in Business mode. The same
/// `chat` can exist as both, independently.
struct ChatThread: Equatable {
    let chat: Int64
    let business: String?

    init(chat: Int64, business: String?) { (self.chat, self.business) = (chat, business) }

    /// Reads a `key`.
    init?(_ key: String) {
        guard key.hasPrefix("b:") else {
            guard let chat = Int64(key) else { return nil }
            self.init(chat: chat, business: nil)
            return
        }
        let rest = key.dropFirst(2)
        guard let colon = rest.lastIndex(of: ":"), colon > rest.startIndex,
            let chat = Int64(rest[rest.index(after: colon)...])
        else { return nil }
        self.init(chat: chat, business: String(rest[..<colon]))
    }

    var key: String {
        if let business { "b:\(business):\(chat)" } else { String(chat) }
    }
}
