import ChannelKit

/// How far a delivery has come: which request is next, and what earlier answers taught.
struct DeliveryState {
    /// The index of the request that is under way or next.
    var part = 0
    /// Ids of the messages that exist already.
    var sent: [String] = []
    /// The message to reply to is gone: send without the mark.
    var withoutReply = false
    /// A 400 that also comes while the phone is offline: the profile is being asked for its state.
    var doubt: Doubt?

    init(_ state: JSON?) {
        guard let state else { return }
        part = state["part"]?.index ?? 0
        sent = state["sent"]?.texts ?? []
        withoutReply = state["withoutReply"]?.bool ?? false
        doubt = state["doubt"]?.string.flatMap(Doubt.init)
    }

    var json: JSON {
        var object = JSON.Object()
        object.add("part", Int64(part))
        object.add("sent", texts: sent)
        object.add("withoutReply", flag: withoutReply)
        object.add("doubt", doubt?.rawValue)
        return .object(object)
    }
}

/// What is wrong with a message if the profile is not to blame.
enum Doubt: String {
    case recipient, message, reaction, content

    init(_ refusal: Refusal) {
        if refusal.says("reaction") {
            self = .reaction
        } else if refusal.says(
            "message not found", "message_not_found", "message id", "cannot delete", "can't delete", "cannot edit")
        {
            self = .message
        } else if refusal.says(
            "recipient", "phone", "not on whatsapp", "not registered", "user not found", "chat not found", "peer")
        {
            self = .recipient
        } else {
            self = .content
        }
    }

    var reason: Reason {
        switch self {
        case .recipient: .unknownRecipient
        case .message: .messageGone
        case .reaction: .reactionRefused
        case .content: .contentRefused
        }
    }
}
