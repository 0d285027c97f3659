import ChannelKit

/// One `Update`. New kinds appear every few months; they give no event.
struct Update {
    private let kind: String
    /// Milliseconds since 1970.
    private let at: Int64
    private let object: JSON.Object
    private let context: ChannelContext

    /// Nil without the two members that every update has.
    init?(_ object: JSON.Object, _ context: ChannelContext) {
        guard let kind = object["update_type"]?.string, let at = object["timestamp"]?.int else { return nil }
        (self.kind, self.at, self.object, self.context) = (kind, at, object, context)
    }

    var event: InboundEvent? {
        switch kind {
        case "message_created": message(isEdit: false)
        case "message_edited": message(isEdit: true)
        case "message_removed": removal
        case "message_callback": press
        case "bot_started": start
        case "bot_stopped": aboutDialog(.blocked)
        case "dialog_cleared": aboutDialog(.notice(.information, .dialogCleared))
        case "dialog_removed": aboutDialog(.notice(.information, .dialogRemoved))
        default: nil
        }
    }

    private func message(isEdit: Bool) -> InboundEvent? {
        // Channel posts have no sender; what bots write, ourselves included, is no customer's.
        guard let message = object["message"]?.object, let sender = message["sender"]?.object, let user = Self.customer(sender),
            let thread = Self.dialog(message["recipient"], user: user),
            let content = MessageReader(message, sender: user, token: context.setting(Setting.token)).message
        else { return nil }
        var contact = contact(sender, user)
        contact.phone = content.attachments.first { $0.contact?.isOwn == true }?.contact?.phone
        // An edit keeps the message's own time, so the update's is the edit's.
        let id = isEdit ? "\(kind):\(content.id):\(at)" : "\(kind):\(content.id)"
        return InboundEvent(
            id: id, thread: thread.key, at: isEdit ? at : message["timestamp"]?.int ?? at, contact: contact,
            kind: isEdit ? .edited(content) : .message(content))
    }

    private var removal: InboundEvent? {
        // The update does not tell the type of the chat; groups and channels have negative ids.
        guard let message = Self.identifier(object["message_id"]), let chat = object["chat_id"]?.int, chat > 0 else {
            return nil
        }
        let user = object["user_id"]?.int.map { String($0) }
        // Our own deletion coming back.
        if let user, user == context.remembered(Memory.botID) { return nil }
        return InboundEvent(
            id: "\(kind):\(message)", thread: ChatThread.dialog(chat).key, at: at,
            contact: user.map { ContactIdentity(id: $0) }, kind: .deleted([message]))
    }

    private var press: InboundEvent? {
        guard let callback = object["callback"]?.object, let id = Self.identifier(callback["callback_id"]),
            let person = callback["user"]?.object, let user = Self.customer(person)
        else { return nil }
        // The message is missing when it was deleted before the press.
        let carrier = object["message"]?.object
        guard let thread = Self.dialog(carrier?["recipient"], user: user) else { return nil }
        return InboundEvent(
            id: "\(kind):\(id)", thread: thread.key, at: callback["timestamp"]?.int ?? at, contact: contact(person, user),
            kind: .pressed(
                callback: id, data: callback["payload"]?.string ?? "", message: Self.identifier(carrier?["body"]?["mid"]),
                title: Self.title(of: callback, on: carrier)))
    }

    /// What the pressed button says: MAX sends the message along with its buttons.
    private static func title(of press: JSON.Object, on carrier: JSON.Object?) -> String? {
        guard let data = press["payload"]?.string else { return nil }
        let keyboards = (carrier?["body"]?["attachments"]?.array ?? []).filter { $0["type"]?.string == "inline_keyboard" }
        let rows = keyboards.flatMap { $0["payload"]?["buttons"]?.array ?? [] }
        return rows.lazy.flatMap { $0.array ?? [] }.first { $0["payload"]?.string == data }?["text"]?.string
    }

    /// The customer's first contact. It has no message of its own, so it becomes one: the command that other messengers send.
    private var start: InboundEvent? {
        var message = InboundMessage(id: "start:\(at)", text: "/start")
        message.command = "start"
        if let payload = object["payload"]?.string, Self.isPayload(payload) {
            message.text = "/start \(payload)"
            message.referral = Referral(source: "link", reference: payload)
        }
        return aboutDialog(.message(message))
    }

    private func aboutDialog(_ content: InboundEvent.Kind) -> InboundEvent? {
        guard let person = object["user"]?.object, let user = Self.customer(person) else { return nil }
        let thread = ChatThread(chat: object["chat_id"]?.int, user: user)
        return InboundEvent(
            id: "\(kind):\(thread.key):\(user):\(at)", thread: thread.key, at: at, contact: contact(person, user), kind: content)
    }

    private func contact(_ person: JSON.Object, _ user: Int64) -> ContactIdentity {
        var contact = ContactIdentity(person: person, id: user)
        contact.language = object["user_locale"]?.string
        return contact
    }

    /// The id of a person; nil for bots.
    private static func customer(_ user: JSON.Object) -> Int64? {
        user["is_bot"]?.bool == true ? nil : user["user_id"]?.int
    }

    /// The thread of a dialog; nil for groups and channels, which are no conversations with customers.
    private static func dialog(_ recipient: JSON?, user: Int64) -> ChatThread? {
        let chat = recipient?["chat_id"]?.int
        let isDialog = recipient?["chat_type"]?.string.map { $0 == "dialog" } ?? (chat ?? 1 > 0)
        return isDialog ? ChatThread(chat: chat, user: user) : nil
    }

    static func identifier(_ value: JSON?) -> String? {
        value?.words(upTo: MaxLimit.identifierBytes)
    }

    /// max.ru/<bot>?start=<payload>: at most 512 of A-Za-z0-9_-.
    private static func isPayload(_ text: String) -> Bool {
        (1...512).contains(text.utf8.count)
            && text.utf8.allSatisfy { PercentEncoding.isAlphanumeric($0) || "_-".utf8.contains($0) }
    }
}

extension ContactIdentity {
    /// From a `User`.
    init(person: JSON.Object, id: Int64) {
        let names = [person["first_name"]?.string, person["last_name"]?.string].compactMap(\.self).filter { !$0.isEmpty }
        let name = names.isEmpty ? person["name"]?.string ?? "" : names.joined(separator: " ")
        self.init(id: String(id), name: name.isEmpty ? nil : name, username: person["username"]?.string)
        let picture = person["full_avatar_url"]?.string ?? person["avatar_url"]?.string
        // The host takes avatars of 1,024 bytes.
        if let picture, WebAddress(picture) != nil, picture.utf8.count <= 1_024 { avatar = picture }
    }
}
