import ChannelKit

/// The envelope of a delivery.
struct HookBody {
    /// What it reports, one after the other.
    let items: [JSON.Object]

    /// Media come as base64 inside. `messages` is a list, a single object, or missing around a bare message.
    init(_ body: [UInt8]) throws {
        let limits = JSONLimits(bytes: 36 << 20, nodes: 200_000)
        guard let object = try JSON.parse(body, limits: limits).object else { throw BadBody("not an object") }
        switch object["messages"] {
        case .array(let values): items = values.compactMap(\.object)
        case .object(let single): items = [single]
        case .none where object["wh_type"] != nil: items = [object]
        default: throw BadBody("neither messages nor a message")
        }
    }
}
