import ChannelKit

/// One message, as the webhook and the message list show it alike.
struct ChatMessage {
    /// The chat it stands in, as far as the source tells.
    struct Place {
        let chat: String
        /// Our own user id.
        let user: String?
        var customer: ContactIdentity?
        var referral: Referral?
    }
    let id: String
    let object: JSON.Object
    let place: Place

    /// Nil without an id.
    init?(_ object: JSON.Object, in place: Place) {
        guard let id = object["id"]?.identifier else { return nil }
        (self.id, self.object, self.place) = (id, object, place)
    }

    var at: Int64? { object["created"]?.moment }
    private var author: String? { object["author_id"]?.identifier }
    /// Written on the owner's side.
    var isOwn: Bool { object["direction"]?.string == "out" || (author != nil && author == place.user) }

    var event: InboundEvent? {
        let content = MessageContent(object)
        if content.type == "deleted" { return event("deleted:" + id, .deleted([id])) }
        if content.isSubscriptionStub {
            // One notice a day: every message of every chat is replaced.
            let day = (at ?? 0) / Milliseconds.day
            return InboundEvent(
                id: "subscription-required:\(day)", account: place.user, thread: nil, at: at,
                kind: .notice(.attention, .subscriptionRequired))
        }
        let message = message(content)
        if let service = content.service(for: place.user) { return event(id, .service(service, message)) }
        // A person in Avito's app, another program, or we: only the message's id can tell, and it may overtake the
        // answer to our own request.
        if isOwn { return event(id, .echo(message, by: .unknown, correlation: nil)) }
        // Avito itself has the author 0, or none.
        guard author != nil else { return event(id, .service(.notice, message)) }
        return event(id, .message(message))
    }

    private func message(_ content: MessageContent) -> InboundMessage {
        var message = InboundMessage(id: id, text: content.text)
        if let attachment = content.attachment { message.attachments = [attachment] }
        message.referral = place.referral
        if let quoted = object["quote"]?.object {
            message.replyTo = quoted["id"]?.identifier
            let words = MessageContent(quoted)
            message.quote = words.isSubscriptionStub ? nil : words.text
        }
        return message
    }

    private func event(_ id: String, _ kind: InboundEvent.Kind) -> InboundEvent {
        var contact = place.customer
        if contact == nil, !isOwn, let author { contact = ContactIdentity(id: author) }
        return InboundEvent(
            id: id, account: place.user, thread: place.chat, at: at, contact: contact, kind: kind)
    }
}
