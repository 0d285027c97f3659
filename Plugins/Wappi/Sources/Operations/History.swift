import ChannelKit

/// Pages of a chat's messages.
enum History {
    /// A guard for an answer of the plugin interface, whatever the messages hold.
    static let page = 30

    /// `mark_all` is said to default to leaving marks alone, but is not trusted to.
    static func request(_ api: WappiAPI, chat: String, offset: Int = 0) -> HTTPRequest {
        var request = api.get(
            "/sync/messages/get",
            [
                ("chat_id", chat), ("limit", String(page)), ("offset", String(offset)), ("order", "desc"), ("mark_all", "false"),
            ])
        request.timeout = 60_000
        return request
    }

    /// The messages of one chat, newest first. Nil when there are another chat's among them: a known defect of parallel calls.
    static func rows(_ answer: JSON.Object, of chat: String) -> [JSON.Object]? {
        let rows = (answer["messages"]?.array ?? []).compactMap(\.object)
        let isMixed = rows.contains { row in
            guard let other = row.text("chatId", "chat_id").flatMap({ ChatID($0) }) else { return false }
            return other.key != chat
        }
        return isMixed ? nil : rows
    }
}
