import ChannelKit

/// How far a delivery has come: which request is next, and what earlier answers taught.
struct DeliveryState {
    /// The index of the request that is under way or next.
    var part = 0
    /// Ids of the messages that exist already.
    var sent: [String] = []
    /// The request was refused with its reply mark: send without.
    var withoutReply = false
    /// Meta counts the window as closed: send with the tag.
    var tagged = false
    /// Meta could not fetch the file: upload it.
    var uploading = false
    /// The renewed token is dead: use the one that was entered.
    var enteredToken = false

    init(_ state: JSON?) {
        guard let state else { return }
        part = state["part"]?.index ?? 0
        sent = state["sent"]?.texts ?? []
        withoutReply = state["withoutReply"]?.bool ?? false
        tagged = state["tagged"]?.bool ?? false
        uploading = state["uploading"]?.bool ?? false
        enteredToken = state["enteredToken"]?.bool ?? false
    }

    var json: JSON {
        var object = JSON.Object()
        object.add("part", Int64(part))
        object.add("sent", texts: sent)
        object.add("withoutReply", flag: withoutReply)
        object.add("tagged", flag: tagged)
        object.add("uploading", flag: uploading)
        object.add("enteredToken", flag: enteredToken)
        return .object(object)
    }
}
