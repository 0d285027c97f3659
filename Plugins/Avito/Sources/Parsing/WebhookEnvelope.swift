import ChannelKit

/// One delivery of the v3 webhook. `version` is a free string, and nothing but messages is documented.
struct WebhookEnvelope {
    private let payload: JSON?
    private let context: ChannelContext

    init(_ object: JSON.Object, _ context: ChannelContext) { (payload, self.context) = (object["payload"], context) }

    /// Empty for `{}`, by which Avito tests an address.
    var events: [InboundEvent] {
        get throws {
            guard let payload, !payload.isNull else { return [] }
            guard payload["type"]?.string == "message" else { return [] }
            guard let value = payload["value"]?.object, let chat = value["chat_id"]?.identifier else {
                throw BadBody("a message without chat_id")
            }
            let user = value["user_id"]?.identifier
            if let user, let known = context.remembered(Memory.user), known != user { return [foreign(user)] }
            // Avito's own chats with the owner are no conversations with customers.
            guard value["chat_type"]?.string != "a2u" else { return [] }
            var place = ChatMessage.Place(chat: chat, user: user ?? context.remembered(Memory.user))
            if let listing = value["item_id"]?.identifier {
                place.referral = Referral(source: "listing", reference: listing)
            }
            guard let message = ChatMessage(value, in: place) else { throw BadBody("a message without id") }
            return message.event.map { [$0] } ?? []
        }
    }

    /// The keys were changed to another account's while the old account still delivers: nobody could answer there.
    private func foreign(_ user: String) -> InboundEvent {
        InboundEvent(
            id: "foreign-account:\(user)", account: user, thread: nil, at: nil, kind: .notice(.attention, .foreignAccount))
    }
}
