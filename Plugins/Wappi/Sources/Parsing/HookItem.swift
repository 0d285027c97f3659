import ChannelKit

/// One thing that a delivery reports.
struct HookItem {
    private let object: JSON.Object
    private let context: ChannelContext

    init(_ object: JSON.Object, _ context: ChannelContext) { (self.object, self.context) = (object, context) }

    /// Nothing for another profile's events: the address is bound to one.
    var events: [InboundEvent] {
        guard let profile = object.text("profile_id"), profile == context.setting(Setting.profile) else { return [] }
        switch object.text("wh_type") ?? "" {
        case "incoming_message", "outgoing_message_api", "outgoing_message_phone":
            return MessageEvents(object, account: profile, source: .webhook).events
        case "delivery_status", "messages_status": return status(profile)
        case "authorization_status": return notice(profile, offline: .notice(.reconnectNeeded, .signedOut))
        case "application_status": return notice(profile, offline: .notice(.attention, .phoneOffline))
        case "incoming_call": return missedCall(profile)
        default: return []
        }
    }

    private var time: Int64? { object.time("time", "timestamp") }

    /// A status without its chat has been seen too: the host finds the message.
    private func status(_ account: String) -> [InboundEvent] {
        guard let message = object.id("id"), let (state, reason) = Self.state(object.text("status")?.lowercased()) else {
            return []
        }
        let given = object.text("chat_id", "chatId", "to")
        let chat = given.flatMap { ChatID($0, type: object.text("chat_type")) }
        // A group's, or another that is no customer's.
        guard given == nil || chat != nil else { return [] }
        let place = chat?.key ?? ""
        let status = InboundEvent(
            id: "s/\(place)/\(message)/\(state.rawValue)", account: account, thread: chat?.key, at: time,
            kind: .status(MessageStatus(state, messages: [message], reason: reason)))
        guard let reason, reason.code == Reason.temporaryBan.code else { return [status] }
        let notice = InboundEvent(
            id: "ban/\(place)/\(message)", account: account, thread: nil, at: time, kind: .notice(.attention, reason))
        return [status, notice]
    }

    /// Nil while a message waits at Wappi.
    static func state(_ text: String?) -> (MessageStatus.State, Reason?)? {
        switch text {
        case "sent": (.sent, nil)
        case "delivered": (.delivered, nil)
        case "read", "played": (.read, nil)
        case "temporary ban": (.failed, .temporaryBan)
        case "undelivered", "error": (.failed, .undelivered)
        default: nil
        }
    }

    private func notice(_ account: String, offline: InboundEvent.Kind) -> [InboundEvent] {
        guard let type = object.text("wh_type"), let status = object.text("status") else { return [] }
        let kind: InboundEvent.Kind
        switch status.lowercased() {
        case "online": kind = .notice(.recovered, .online)
        case "offline": kind = offline
        default: return []
        }
        return [
            InboundEvent(id: "\(type)/\(status)/\(time ?? 0)", account: account, thread: nil, at: time, kind: kind)
        ]
    }

    /// A call that nobody took is a customer who waits for an answer; other calls are not the inbox's business.
    private func missedCall(_ account: String) -> [InboundEvent] {
        guard object.text("type") == "missed_call", let number = PhoneNumber.international(object.text("number"))?.dropFirst(),
            let chat = ChatID("\(number)@c.us")
        else { return [] }
        var contact = ContactIdentity(id: chat.key)
        contact.name = object.nested("contact")?.text("FullName", "FirstName", "PushName", "BusinessName")
        contact.phone = chat.phone
        let message = InboundMessage(id: "\(MessageEvents.callPrefix)\(number)/\(time ?? 0)")
        return [
            InboundEvent(
                id: "m/\(chat.key)/\(message.id)", account: account, thread: chat.key, at: time, contact: contact,
                kind: .service(.missedCall, message))
        ]
    }
}
