import ChannelKit

/// Wappi writes the same member as text here and as a number there, in snake_case in webhooks and in camelCase in its API:
/// each is read by all its names and in all its forms.
extension JSON.Object {
    /// The first of these members that holds a text, or a whole number, and is not empty.
    func text(_ keys: String...) -> String? {
        for key in keys {
            guard let text = self[key]?.scalarText, !text.isEmpty else { continue }
            return text
        }
        return nil
    }

    /// The id of a message, the first there is. No messenger's is nearly too long for the host.
    func id(_ keys: String...) -> String? {
        for key in keys { if let id = self[key]?.identifier(upTo: WappiLimit.messageBytes) { return id } }
        return nil
    }

    func flag(_ keys: String...) -> Bool {
        keys.contains { key in
            switch self[key] {
            case .bool(let value): value
            case .int(let value): value == 1
            case .string(let value): value == "true" || value == "1"
            default: false
            }
        }
    }

    func number(_ keys: String...) -> Double? {
        for key in keys { if let number = self[key]?.number { return number } }
        return nil
    }

    /// A whole number above zero.
    func positive(_ keys: String...) -> Int64? {
        for key in keys {
            if let number = self[key]?.number, number >= 1, let whole = Int64(exactly: number.rounded(.down)) { return whole }
        }
        return nil
    }

    /// Milliseconds since 1970.
    func time(_ keys: String...) -> Int64? {
        for key in keys { if let time = Timestamp.milliseconds(self[key]) { return time } }
        return nil
    }

    /// An object, also where it comes as the text of one.
    func nested(_ key: String) -> JSON.Object? {
        switch self[key] {
        case .object(let object): object
        case .array(let values): values.first?.object
        case .string(let text) where text.hasPrefix("{"): (try? JSON.parse(text))?.object
        default: nil
        }
    }
}
