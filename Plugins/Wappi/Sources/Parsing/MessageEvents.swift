import ChannelKit

/// The events in one message object, from a webhook (snake_case) or from the history (camelCase).
struct MessageEvents {
    enum Source { case webhook, history }

    /// Begins the id that a missed call gets in place of a message's: no message to quote or to mark.
    static let callPrefix = "call/"
    /// Begins the `bot_id` that we send with each message, and which comes back in echoes on Telegram and MAX.
    static let markPrefix = "7s-"

    private let object: JSON.Object
    private let account: String
    private let source: Source

    init(_ object: JSON.Object, account: String, source: Source) {
        (self.object, self.account, self.source) = (object, account, source)
    }

    /// The owner's side wrote it.
    private var isOwn: Bool {
        object.flag("is_me", "fromMe") || (object.text("wh_type") ?? "").hasPrefix("outgoing_message")
    }

    /// Message ids count per account on Telegram and MAX, so the chat belongs to every event's id.
    var events: [InboundEvent] {
        let given = object.text("chatId", "chat_id") ?? object.text(isOwn ? "to" : "from")
        guard let id = object.id("id"),
            let chat = given.flatMap({ ChatID($0, type: object.text("chat_type", "chatType")) })
        else { return [] }
        // A bot that answers a bot would never end.
        if !isOwn, object.flag("is_bot") { return [] }
        if object.flag("is_deleted", "isDeleted") { return [event("d/\(chat.key)/\(id)", chat, .deleted([id]))] }
        guard let content = MessageReader(object, id: id).content else { return [] }
        switch content {
        case .message(let message): return events(message, chat)
        case .reaction(let target, let emoji):
            guard !isOwn else { return [] }
            return [
                event(changeID("r", chat, target, emoji), chat, .reaction(message: target, emoji: emoji.isEmpty ? [] : [emoji]))
            ]
        case .press(let data, let carrier):
            guard !isOwn else { return [] }
            return [event("m/\(chat.key)/\(id)", chat, .pressed(callback: nil, data: data, message: carrier))]
        }
    }

    private func events(_ message: InboundMessage, _ chat: ChatID) -> [InboundEvent] {
        let edit = event(changeID("e", chat, message.id, message.text ?? ""), chat, .edited(message))
        let isEdited = object.flag("is_edited", "isEdited")
        // A webhook tells of the edit alone; in the history an edited message may be new to us as well.
        if isEdited, source == .webhook { return [edit] }
        let kind: InboundEvent.Kind =
            isOwn ? .echo(message, by: author, correlation: correlation) : .message(message)
        return [event("m/\(chat.key)/\(message.id)", chat, kind)] + (isEdited ? [edit] : []) + receipt(message, chat)
    }

    /// What the history knows of a message of ours.
    private func receipt(_ message: InboundMessage, _ chat: ChatID) -> [InboundEvent] {
        guard isOwn, source == .history, let (state, reason) = HookItem.state(object.text("delivery_status")?.lowercased()) else {
            return []
        }
        return [
            event(
                "s/\(chat.key)/\(message.id)/\(state.rawValue)", chat,
                .status(MessageStatus(state, messages: [message.id], reason: reason)))
        ]
    }

    /// Ours when it carries our mark. Without one an API message may be ours (WhatsApp keeps no mark) or another system's.
    private var author: EchoAuthor {
        if correlation != nil { return .ourselves }
        if let bot = object.text("wappi_bot_id"), bot != "external_api" { return .automation }
        if object.flag("is_bot") { return .automation }
        let isFromAPI = object.text("wh_type") == "outgoing_message_api" || object.text("from_where") == "api"
        if isFromAPI || object.flag("isFromAPI") { return .unknown }
        let isFromPhone = object.text("wh_type") == "outgoing_message_phone" || object.text("from_where") == "phone"
        return isFromPhone || object["isFromAPI"]?.bool == false ? .person : .unknown
    }

    private var correlation: String? {
        guard let mark = object.text("wappi_bot_id"), mark.hasPrefix(Self.markPrefix) else { return nil }
        let text = String(mark.dropFirst(Self.markPrefix.count))
        return text.isEmpty || text.utf8.count > 64 ? nil : text
    }

    private func event(_ id: String, _ chat: ChatID, _ kind: InboundEvent.Kind) -> InboundEvent {
        InboundEvent(
            id: id, account: account, thread: chat.key, at: object.time("time", "timestamp"), contact: contact(chat), kind: kind)
    }

    /// Edits and reactions come under the message's own id, so what they say makes them distinct.
    private func changeID(_ prefix: String, _ chat: ChatID, _ message: String, _ content: String) -> String {
        "\(prefix)/\(chat.key)/\(message)/\(object.time("time", "timestamp") ?? 0)/\(String(Fingerprint.of(content), radix: 36))"
    }

    private func contact(_ chat: ChatID) -> ContactIdentity {
        var contact = ContactIdentity(id: chat.key)
        // `senderName` is whoever wrote: in echoes, the owner.
        contact.name =
            fullName(object.text("contact_name", "contact_max_name"), object.text("contact_last_name", "contact_max_last_name"))
            ?? (isOwn ? nil : fullName(object.text("senderName"), object.text("senderLastName")))
        contact.username = object.text("contact_username") ?? (isOwn ? nil : object.text("username"))
        contact.phone = chat.phone ?? PhoneNumber.international(object.text("contact_phone"))
        if !isOwn, let picture = object.text("picture", "thumbnail") { contact.avatar = FileReference(picture: picture)?.text }
        return contact
    }

    private func fullName(_ first: String?, _ last: String?) -> String? {
        let names = [first, last].compactMap(\.self)
        return names.isEmpty ? nil : names.joined(separator: " ")
    }
}

/// A short number for a text: FNV-1a. It tells apart, it protects nothing.
enum Fingerprint {
    static func of(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
