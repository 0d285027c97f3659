import ChannelKit

/// How far a delivery has come: which request is next, and what earlier answers taught.
struct DeliveryState {
    /// The index of the request that is under way or next.
    var part = 0
    /// Ids of the messages that exist already.
    var sent: [String] = []
    /// The message to reply to is gone: send without the mark.
    var withoutReply = false
    /// How often MAX was not done with the file.
    var waits: Int64 = 0
    /// Where the file goes; good for one upload.
    var uploadAddress: String?
    /// Names the uploaded file.
    var fileToken: String?
    /// The files of the message to edit, which stay in it.
    var kept: [JSON] = []

    init(_ state: JSON?) {
        guard let state else { return }
        part = state["part"]?.index ?? 0
        sent = state["sent"]?.texts ?? []
        withoutReply = state["withoutReply"]?.bool ?? false
        waits = min(max(state["waits"]?.int ?? 0, 0), 10)
        uploadAddress = state["uploadAddress"]?.string
        fileToken = state["fileToken"]?.string
        kept = state["kept"]?.array ?? []
    }

    var json: JSON {
        var object = JSON.Object()
        object.add("part", Int64(part))
        object.add("sent", texts: sent)
        object.add("withoutReply", flag: withoutReply)
        if waits > 0 { object.add("waits", waits) }
        object.add("uploadAddress", uploadAddress)
        object.add("fileToken", fileToken)
        if !kept.isEmpty { object.add("kept", .array(kept)) }
        return .object(object)
    }

    /// As before the upload: an address takes one file only.
    var beforeUpload: DeliveryState {
        var state = self
        (state.part, state.uploadAddress, state.fileToken) = (0, nil, nil)
        return state
    }
}
