import ChannelKit

/// A page of a chat's message list, newest first.
struct ChatHistory {
    private let messages: [ChatMessage]
    private let place: ChatMessage.Place

    init(_ values: [JSON], of chat: Chat, user: Int64) {
        var place = ChatMessage.Place(
            chat: chat.id, user: String(user), customer: chat.customer, referral: chat.referral)
        let author = values.first { $0["direction"]?.string == "in" && $0["author_id"]?.identifier != nil }
        // The chat's list of people and the messages may name the same person by different ids: the messages' counts.
        if let id = author?["author_id"]?.identifier { place.customer?.id = id }
        let known = place
        self.place = known
        messages = values.compactMap { value in value.object.flatMap { ChatMessage($0, in: known) } }
    }

    func isAllAfter(_ seconds: Int64) -> Bool {
        !messages.isEmpty && messages.allSatisfy { $0.at.map { $0 >= Milliseconds.ofSeconds(seconds) } ?? false }
    }

    /// What was said since, oldest first, and which of our messages the customer has read.
    func events(since seconds: Int64, _ textLimit: TextLimit, _ quoteLimit: TextLimit) -> [InboundEvent] {
        let floor = Milliseconds.ofSeconds(seconds)
        var events = messages.filter { $0.at.map { $0 >= floor } ?? true }.reversed().compactMap(\.event)
        for index in events.indices { events[index].kind = events[index].kind.shortened(textLimit, quoteLimit) }
        if let receipt { events.append(receipt) }
        return events
    }

    private var receipt: InboundEvent? {
        let read = messages.filter { $0.isOwn && $0.object["read"]?.moment != nil }
        guard let newest = read.first else { return nil }
        return InboundEvent(
            id: "read:" + newest.id, account: place.user, thread: place.chat, at: newest.object["read"]?.moment,
            contact: place.customer, kind: .status(MessageStatus(.read, messages: read.map(\.id))))
    }
}

extension InboundEvent.Kind {
    /// The same with texts cut, so that a whole page fits into one answer.
    fileprivate func shortened(_ textLimit: TextLimit, _ quoteLimit: TextLimit) -> Self {
        func cut(_ message: InboundMessage) -> InboundMessage {
            var message = message
            message.text = message.text.map(textLimit.truncated)
            message.quote = message.quote.map(quoteLimit.truncated)
            return message
        }
        switch self {
        case .message(let message): return .message(cut(message))
        case .echo(let message, let author, let correlation):
            return .echo(cut(message), by: author, correlation: correlation)
        case .service(let kind, let message): return .service(kind, cut(message))
        default: return self
        }
    }
}
