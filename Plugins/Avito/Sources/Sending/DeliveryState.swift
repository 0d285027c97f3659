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
        part = state?["part"]?.int.flatMap { Int(exactly: $0) }.map { max(0, $0) } ?? 0
        sent = (state?["sent"]?.array ?? []).compactMap(\.string)
        image = state?["image"]?.string
        isProbing = state?["probing"]?.bool ?? false
    }

    var json: JSON {
        var object = JSON.Object()
        object.add("part", Int64(part))
        if !sent.isEmpty { object.add("sent", .array(sent.map(JSON.string))) }
        object.add("image", image)
        if isProbing { object.add("probing", true) }
        return .object(object)
    }
}
