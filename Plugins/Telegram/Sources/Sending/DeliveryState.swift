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
        part = state["part"]?.int.flatMap { Int(exactly: $0) }.map { max(0, $0) } ?? 0
        sent = (state["sent"]?.array ?? []).compactMap(\.string)
        withoutReply = state["withoutReply"]?.bool ?? false
        asCaption = state["asCaption"]?.bool ?? false
        chat = state["chat"]?.int
    }

    var json: JSON {
        var object = JSON.Object()
        object.add("part", Int64(part))
        if !sent.isEmpty { object.add("sent", .array(sent.map(JSON.string))) }
        if withoutReply { object.add("withoutReply", true) }
        if asCaption { object.add("asCaption", true) }
        object.add("chat", chat)
        return .object(object)
    }
}
