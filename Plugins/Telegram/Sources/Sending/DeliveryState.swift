import ChannelKit

/// How far a delivery has come: which request is next, and what earlier answers taught.
struct DeliveryState {
    /// The index of the request that is under way or next.
    var part = 0
    /// Ids of the messages that exist already.
    var sent: [String] = []
    /// The message to reply to is gone: send without the mark.
    var withoutReply = false
    /// The message to edit is a picture: edit its caption.
    var asCaption = false
    /// The chat has moved here.
    var chat: Int64?

    init(_ state: JSON?) {
        guard let state else { return }
        part = state["part"]?.index ?? 0
        sent = state["sent"]?.texts ?? []
        withoutReply = state["withoutReply"]?.bool ?? false
        asCaption = state["asCaption"]?.bool ?? false
        chat = state["chat"]?.int
    }

    var json: JSON {
        var object = JSON.Object()
        object.add("part", Int64(part))
        object.add("sent", texts: sent)
        object.add("withoutReply", flag: withoutReply)
        object.add("asCaption", flag: asCaption)
        object.add("chat", chat)
        return .object(object)
    }
}
