import ChannelKit

/// How far a delivery has come: which request is next, and what earlier answers taught.
struct DeliveryState {
    /// The index of the request that is under way or next.
    var part = 0
    /// Ids of the messages that exist already.
    var sent: [String] = []
    /// The uploaded picture.
    var image: String?
    /// Avito has forbidden the request: find out whether that is because of this chat or of the whole account.
    var isProbing = false

    init() {}

    init(_ state: JSON?) {
        part = state?["part"]?.index ?? 0
        sent = state?["sent"]?.texts ?? []
        image = state?["image"]?.string
        isProbing = state?["probing"]?.bool ?? false
    }

    var json: JSON {
        var object = JSON.Object()
        object.add("part", Int64(part))
        object.add("sent", texts: sent)
        object.add("image", image)
        object.add("probing", flag: isProbing)
        return .object(object)
    }
}
