import ChannelKit

/// One `Update`. Of its kinds at most one is present, and new ones appear every few months.
struct Update {
    let id: Int64
    private let object: JSON.Object
    private let context: ChannelContext

    /// Nil without an `update_id`.
    init?(_ object: JSON.Object, _ context: ChannelContext) {
        guard let id = object["update_id"]?.int else { return nil }
        (self.id, self.object, self.context) = (id, object, context)
    }

    var parsed: ParsedWebhook {
        for member in object.members {
            guard let value = member.value.object else { continue }
            switch member.key {
            case "message", "business_message": return one(message(value, isEdit: false))
            case "edited_message", "edited_business_message": return one(message(value, isEdit: true))
            case "callback_query": return one(press(value))
            case "message_reaction": return one(reaction(value))
            case "my_chat_member": return one(membership(value))
            case "deleted_business_messages": return one(deletion(value))
            case "business_connection": return connection(value)
            default: continue
            }
        }
        return ParsedWebhook()
    }

    private func one(_ event: InboundEvent?) -> ParsedWebhook { ParsedWebhook(event.map { [$0] } ?? []) }

    private func event(
        _ thread: ChatThread, at seconds: Int64?, _ contact: ContactIdentity?, _ kind: InboundEvent.Kind
    ) -> InboundEvent {
        InboundEvent(
            id: String(id), thread: thread.key, at: seconds.map(Milliseconds.ofSeconds), contact: contact, kind: kind)
    }

    private func message(_ object: JSON.Object, isEdit: Bool) -> InboundEvent? {
        guard let chat = object["chat"]?.object, let thread = thread(chat, in: object) else { return nil }
        guard let content = MessageReader(object).message else { return isEdit ? nil : service(object, chat, thread) }
        let from = object["from"]?.object
        let date = (isEdit ? object["edit_date"]?.int : nil) ?? object["date"]?.int
        if let author = echoAuthor(object, from, thread) {
            let contact = ContactIdentity(person: chat, id: thread.chat)
            if isEdit { return event(thread, at: date, contact, .edited(content)) }
            return event(thread, at: date, contact, .echo(content, by: author, correlation: nil))
        }
        guard from?["is_bot"]?.bool != true else { return nil }
        // Live locations come as a stream of edits.
        if isEdit, object["location"]?["live_period"] != nil { return nil }
        var contact = ContactIdentity(person: from ?? chat, id: thread.chat)
        contact.phone = content.attachments.first { $0.contact?.isOwn == true }?.contact?.phone
        return event(thread, at: date, contact, isEdit ? .edited(content) : .message(content))
    }

    /// Of the notices that Telegram puts into a chat, those that tell something of the customer.
    private func service(_ object: JSON.Object, _ chat: JSON.Object, _ thread: ChatThread) -> InboundEvent? {
        guard let id = object["message_id"]?.int else { return nil }
        var message = InboundMessage(id: String(id))
        let kind: ServiceKind
        if let pinned = object["pinned_message"] {
            (kind, message.text) = (.pinned, pinned["text"]?.string ?? pinned["caption"]?.string)
        } else if object["message_auto_delete_timer_changed"] != nil {
            kind = .autoDelete
        } else if let site = object["connected_website"]?.string {
            (kind, message.text) = (.signedIn, site)
        } else {
            return nil
        }
        return event(thread, at: object["date"]?.int, ContactIdentity(person: chat, id: thread.chat), .service(kind, message))
    }

    /// Who on the owner's side wrote a Business message; nil when the customer did, and in chats with the bot.
    private func echoAuthor(_ object: JSON.Object, _ from: JSON.Object?, _ thread: ChatThread) -> EchoAuthor? {
        guard let business = thread.business else { return nil }
        if let bot = object["sender_business_bot"]?.object {
            guard let own = context.remembered(Memory.botID) else { return .unknown }
            return bot["id"]?.int.map(String.init) == own ? .ourselves : .automation
        }
        guard let sender = from?["id"]?.int else { return .unknown }
        // The chat's id is the customer's, whoever writes; the remembered owner settles chats with oneself.
        let isOwner = context.remembered(Memory.businessOwner(business)) == String(sender)
        guard isOwner || sender != thread.chat else { return nil }
        return object["is_from_offline"]?.bool == true ? .automation : .person
    }

    private func press(_ object: JSON.Object) -> InboundEvent? {
        guard let callback = object["id"]?.words(upTo: TelegramLimit.identifierBytes), let from = object["from"]?.object,
            let sender = from["id"]?.int
        else {
            return nil
        }
        // Without a message it comes from an inline result; `date` 0 marks a message the bot can no longer see.
        let carrier = object["message"]?.object
        var place = ChatThread(chat: sender, business: nil)
        if let carrier, let chat = carrier["chat"]?.object {
            guard let known = thread(chat, in: carrier) else { return nil }
            place = known
        }
        let contact = ContactIdentity(person: from, id: sender)
        let message = carrier?["message_id"]?.int.map { String($0) }
        return event(
            place, at: nil, contact,
            .pressed(
                callback: callback, data: object["data"]?.string ?? "", message: message, title: title(of: object, on: carrier)))
    }

    /// What the pressed button says: Telegram sends the message along with its buttons.
    private func title(of press: JSON.Object, on carrier: JSON.Object?) -> String? {
        guard let data = press["data"]?.string else { return nil }
        let rows = carrier?["reply_markup"]?["inline_keyboard"]?.array ?? []
        return rows.lazy.flatMap { $0.array ?? [] }.first { $0["callback_data"]?.string == data }?["text"]?.string
    }

    private func reaction(_ object: JSON.Object) -> InboundEvent? {
        guard let chat = object["chat"]?.object, let thread = thread(chat, in: object),
            let message = object["message_id"]?.int, let user = object["user"]?.object, user["is_bot"]?.bool != true
        else { return nil }
        let emoji = (object["new_reaction"]?.array ?? []).compactMap { reaction -> String? in
            switch reaction["type"]?.string {
            case "emoji": reaction["emoji"]?.string
            case "paid": "⭐"
            // Its picture is known to Telegram alone.
            case "custom_emoji": "❔"
            default: nil
            }
        }
        return event(
            thread, at: object["date"]?.int, ContactIdentity(person: user, id: thread.chat),
            .reaction(message: String(message), emoji: emoji))
    }

    private func membership(_ object: JSON.Object) -> InboundEvent? {
        guard let chat = object["chat"]?.object, let thread = thread(chat, in: object) else { return nil }
        let contact = ContactIdentity(person: object["from"]?.object ?? chat, id: thread.chat)
        switch object["new_chat_member"]?["status"]?.string {
        case "kicked": return event(thread, at: object["date"]?.int, contact, .blocked)
        case "member": return event(thread, at: object["date"]?.int, contact, .unblocked)
        default: return nil
        }
    }

    private func deletion(_ object: JSON.Object) -> InboundEvent? {
        guard let chat = object["chat"]?.object, let thread = thread(chat, in: object) else { return nil }
        let messages = (object["message_ids"]?.array ?? []).compactMap { $0.int.map { String($0) } }
        guard !messages.isEmpty else { return nil }
        return event(thread, at: nil, ContactIdentity(person: chat, id: thread.chat), .deleted(messages))
    }

    private func connection(_ object: JSON.Object) -> ParsedWebhook {
        guard let connection = object["id"]?.words(upTo: TelegramLimit.identifierBytes), let owner = object["user"]?["id"]?.int
        else { return ParsedWebhook() }
        let isEnabled = object["is_enabled"]?.bool == true
        let canReply = object["rights"]?["can_reply"]?.bool ?? object["can_reply"]?.bool ?? false
        let notice: InboundEvent.Kind =
            switch (isEnabled, canReply) {
            case (true, true): .notice(.information, .businessConnected)
            case (true, false): .notice(.attention, .businessReadOnly)
            case (false, _): .notice(.attention, .businessLost)
            }
        let event = InboundEvent(
            id: String(id), thread: nil, at: (object["date"]?.int).map(Milliseconds.ofSeconds), kind: notice)
        let name = Memory.businessOwner(connection)
        return ParsedWebhook([event], remember: [Remembered(name, isEnabled ? String(owner) : nil)])
    }

    /// The thread of a private chat; nil for groups and channels, which are no conversations with customers.
    private func thread(_ chat: JSON.Object, in object: JSON.Object) -> ChatThread? {
        guard let id = chat["id"]?.int, chat["type"]?.string == "private" else { return nil }
        guard let business = object["business_connection_id"]?.string else { return ChatThread(chat: id, business: nil) }
        guard (1...TelegramLimit.identifierBytes).contains(business.utf8.count) else { return nil }
        return ChatThread(chat: id, business: business)
    }
}

extension ContactIdentity {
    /// From a `User` or a private `Chat`, which name a person alike.
    init(person: JSON.Object, id: Int64) {
        let first = person["first_name"]?.string ?? ""
        let last = person["last_name"]?.string ?? ""
        let name = first.isEmpty ? last : last.isEmpty ? first : "\(first) \(last)"
        self.init(
            id: String(id), name: name.isEmpty ? nil : name, username: person["username"]?.string,
            language: person["language_code"]?.string)
    }
}
