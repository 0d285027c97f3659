import ChannelKit

/// How far polling has come: remembered between rounds. Times are Avito's, in seconds since 1970.
struct PollCursor {
    /// Bytes of `seen`: a remembered value is small.
    private static let mostSeen = 5_000
    /// Nothing older is ever told: the channel was connected then.
    let since: Int64
    /// The `updated` of the newest chat that was read.
    private var at: Int64
    /// The chats read at that very second, with their last messages: more may be written within it.
    private var seen: [String: String] = [:]
    /// A chat whose newest page was not enough.
    private var deeper: (chat: String, last: String, offset: Int64)?

    /// From now on.
    init(startingAt seconds: Int64) { (since, at) = (seconds, seconds) }

    /// Nil when there is none yet, or none that can be read.
    init?(_ text: String?) {
        guard let value = text.flatMap({ try? JSON.parse($0) }), let since = value["since"]?.int, let at = value["at"]?.int
        else { return nil }
        (self.since, self.at) = (since, at)
        for member in value["seen"]?.object?.members ?? [] { seen[member.key] = member.value.string ?? "" }
        if let chat = value["deeper"]?["chat"]?.string, let offset = value["deeper"]?["offset"]?.int, offset > 0 {
            deeper = (chat, value["deeper"]?["last"]?.string ?? "", offset)
        }
    }

    var text: String {
        var object = JSON.Object()
        object.add("since", since)
        object.add("at", at)
        // In order, so that the same cursor is always the same text.
        object.add(
            "seen", JSON.Object(seen.sorted { $0.key < $1.key }.map { JSON.Member(key: $0.key, value: .string($0.value)) }))
        if let deeper {
            object.add(
                "deeper", ["chat": .string(deeper.chat), "last": .string(deeper.last), "offset": .int(deeper.offset)])
        }
        return JSON.object(object).text
    }

    /// Messages before this are known. What Avito publishes late is looked for ten minutes back.
    var floor: Int64 { max(since, at > 600 ? at - 600 : 0) }

    func isNew(_ chat: Chat) -> Bool { chat.updated > at || (chat.updated == at && seen[chat.id] != chat.lastMessage) }

    /// Where to go on in the chat's messages.
    func offset(in chat: Chat) -> Int64 {
        guard let deeper, deeper.chat == chat.id, deeper.last == chat.lastMessage else { return 0 }
        return deeper.offset
    }

    mutating func finish(_ chat: Chat) {
        deeper = nil
        if chat.updated > at {
            (at, seen) = (chat.updated, [chat.id: chat.lastMessage])
            return
        }
        seen[chat.id] = chat.lastMessage
        let size = seen.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        if size > Self.mostSeen, at < .max {
            // Further in time, or this second would never end.
            (at, seen) = (at + 1, [:])
        }
    }

    mutating func goDeeper(into chat: Chat, offset: Int64) { deeper = (chat.id, chat.lastMessage, offset) }
}
