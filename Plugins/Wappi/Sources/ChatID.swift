import ChannelKit

/// A private chat with a customer.
struct ChatID: Equatable {
    let key: String

    /// Nil for groups, channels, statuses and service chats, which are no conversations with customers.
    init?(_ raw: String, type: String? = nil) {
        guard !raw.isEmpty, raw.utf8.count <= WappiLimit.chatBytes, !raw.hasPrefix("-") else { return nil }
        // "chat" is a group on Telegram; its private chats are of type "user".
        guard !["group", "supergroup", "chat", "channel"].contains(type ?? "") else { return nil }
        guard !["@g.us", "@broadcast", "@newsletter"].contains(where: raw.hasSuffix) else { return nil }
        // Telegram's service chat: it gets sign-in codes.
        guard raw != "777000" else { return nil }
        // One customer, two spellings.
        let long = "@s.whatsapp.net"
        key = raw.hasSuffix(long) ? raw.dropLast(long.count) + "@c.us" : raw
    }

    /// WhatsApp's number of the customer. A `@lid` is no number.
    var phone: String? {
        guard key.hasSuffix("@c.us") else { return nil }
        let digits = key.dropLast(5)
        guard digits.count >= 7, digits.count <= 15, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return "+" + digits
    }

    /// Where a message of this platform goes to.
    func recipient(_ platform: Platform) -> JSON.Member {
        switch platform {
        case .whatsapp where !key.contains("@"): JSON.Member(key: "recipient", value: .string(PhoneNumber.typed(key)))
        case .whatsapp: JSON.Member(key: "recipient", value: .string(phone.map { String($0.dropFirst()) } ?? key))
        case .telegram: JSON.Member(key: "recipient", value: .string(key))
        // MAX takes a number or a chat, and never both.
        case .max where key.hasPrefix("+"): JSON.Member(key: "recipient", value: .string(PhoneNumber.typed(key)))
        case .max: JSON.Member(key: "chat_id", value: .string(key))
        }
    }
}

enum PhoneNumber {
    /// As a messenger names it, with its country code: `+` and digits. Nil when there are none.
    static func international(_ text: String?) -> String? {
        let digits = (text ?? "").filter { $0.isASCII && $0.isNumber }
        return digits.isEmpty ? nil : "+" + digits
    }

    /// As people write it, in digits with the country code. With the domestic 8 of Kazakhstan and Russia nothing would be
    /// delivered.
    static func typed(_ text: String) -> String {
        let digits = text.filter { $0.isASCII && $0.isNumber }
        return digits.count == 11 && digits.hasPrefix("8") && !text.hasPrefix("+") ? "7" + digits.dropFirst() : digits
    }
}
