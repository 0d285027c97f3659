import ChannelKit

/// One element of `messaging`: who, when, and one member that says what.
struct MessagingItem {
    private let object: JSON.Object
    private let transport: Transport
    private let context: ChannelContext
    /// The Page or Instagram account of the app that it concerns: the host knows whose channel that is.
    private let account: String
    /// Nil for what concerns the account as a whole.
    private let customer: String?
    private let at: Int64?

    /// Nil for the dashboard's samples and for what names nobody.
    init?(_ object: JSON.Object, entry: JSON.Object, _ transport: Transport, _ context: ChannelContext) {
        let (sender, recipient) = (object["sender"]?["id"]?.identifier, object["recipient"]?["id"]?.identifier)
        let entryID = entry["id"]?.identifier
        guard entryID != "0" else { return nil }
        let own = [context.remembered(Memory.account), context.remembered(Memory.accountAlias), entryID].compactMap(\.self)
        let isEcho = object["message"]?["is_echo"]?.bool == true || sender.map(own.contains) == true
        // The entry's id of Instagram postbacks is odd in Meta's own samples: the two sides know better.
        guard let account = (isEcho ? sender : recipient) ?? entryID else { return nil }
        (self.object, self.transport, self.context, self.account) = (object, transport, context, account)
        customer = isEcho ? recipient : sender
        at = Timestamp.milliseconds(object["timestamp"]) ?? Timestamp.milliseconds(entry["time"])
    }

    var events: [InboundEvent] {
        for member in object.members {
            guard let value = member.value.object else { continue }
            switch member.key {
            case "message": return message(value)
            case "message_edit": return one(edit(value))
            case "reaction": return one(reaction(value))
            case "postback": return postback(value)
            case "referral": return one(referral(value))
            case "delivery", "read": return one(receipt(value, isRead: member.key == "read"))
            case "policy_enforcement": return one(policy(value))
            default: continue
            }
        }
        return []
    }

    private func one(_ event: InboundEvent?) -> [InboundEvent] { event.map { [$0] } ?? [] }

    /// Nil without a customer. `parts` name the event among those of its kind.
    private func event(_ parts: [String], _ kind: InboundEvent.Kind) -> InboundEvent? {
        guard let customer else { return nil }
        return InboundEvent(
            id: Self.key(parts), account: account, thread: customer, at: at, contact: ContactIdentity(id: customer), kind: kind)
    }

    /// Readable while it fits, otherwise a digest: the host's ids end at 1,024 bytes.
    private static func key(_ parts: [String]) -> String {
        let text = parts.joined(separator: ":")
        return text.utf8.count <= 1_000 ? text : "x:" + Hexadecimal.lower(SHA256.digest(Array(text.utf8)))
    }

    private var moment: String { at.map { String($0) } ?? "" }

    private func message(_ value: JSON.Object) -> [InboundEvent] {
        // An account that writes to itself is no conversation.
        guard value["is_self"]?.bool != true, let id = value["mid"]?.identifier else { return [] }
        if value["is_deleted"]?.bool == true { return one(event(["deleted", id], .deleted([id]))) }
        let content = MessageReader(value, transport).message(id: id)
        if value["is_echo"]?.bool == true {
            let author = EchoSource(value, transport, context)
            return one(event(["message", id], .echo(content, by: author.author, correlation: author.correlation)))
        }
        // The text is the button's title; what counts is the payload that we gave it.
        if let payload = value["quick_reply"]?["payload"]?.string, !payload.isEmpty {
            let press = InboundEvent.Kind.pressed(
                callback: nil, data: payload, message: content.replyTo, title: value["text"]?.string)
            return one(event(["message", id], press))
        }
        return one(event(["message", id], .message(content)))
    }

    private func edit(_ value: JSON.Object) -> InboundEvent? {
        guard let id = value["mid"]?.identifier else { return nil }
        let content = MessageReader(value, transport).message(id: id)
        let count = value["num_edit"]?.wholeNumber ?? 0
        // Edit number 0 has been seen in place of the message itself.
        if count == 0 { return event(["message", id], .message(content)) }
        return event(["edited", id, String(count)], .edited(content))
    }

    private func reaction(_ value: JSON.Object) -> InboundEvent? {
        guard let id = value["mid"]?.identifier else { return nil }
        let action = value["action"]?.string ?? "react"
        var emoji: [String] = []
        if action != "unreact" {
            let named = value["reaction"]?.string.map { Self.reactions[$0] ?? "❔" }
            let given = value["emoji"]?.string.flatMap { (1...64).contains($0.utf8.count) ? $0 : nil }
            emoji = [given ?? named ?? "❔"]
        }
        let names = ["reaction", id, customer ?? "", action, emoji.first ?? "", moment]
        return event(names, .reaction(message: id, emoji: emoji))
    }

    private static let reactions = [
        "smile": "😆", "angry": "😠", "sad": "😢", "wow": "😮", "love": "❤️", "like": "👍", "dislike": "👎",
    ]

    private func postback(_ value: JSON.Object) -> [InboundEvent] {
        // Only the app that sent the button gets its payload.
        let data = value["payload"]?.string ?? value["title"]?.string ?? ""
        let name = value["mid"]?.identifier.map { ["postback", $0] } ?? ["postback", customer ?? "", moment, data]
        // It comes along when a link or an advertisement opened the conversation.
        let arrival = value["referral"]?.object.flatMap(referral)
        let press = InboundEvent.Kind.pressed(callback: nil, data: data, message: nil, title: value["title"]?.string)
        return one(arrival) + one(event(name, press))
    }

    /// A customer who came back by a link or an advertisement, without a word, or with the answers to an advertisement's form.
    private func referral(_ value: JSON.Object) -> InboundEvent? {
        let answers = (value["lead"] ?? object["lead"])?["data"]?.array ?? []
        let lines = answers.compactMap { item -> String? in
            guard let answer = item["answer"]?.string else { return nil }
            return item["question"]?.string.map { "\($0): \(answer)" } ?? answer
        }
        let referral = Referral(meta: value)
        guard referral != nil || !lines.isEmpty else { return nil }
        let id = Self.key([
            "referral", customer ?? "", moment, referral?.reference ?? referral?.campaign ?? referral?.title ?? "",
        ])
        var content = InboundMessage(id: id)
        content.referral = referral
        guard !lines.isEmpty else { return event([id], .service(.arrival, content)) }
        content.text = lines.joined(separator: "\n")
        return event([id], .message(content))
    }

    /// Messenger names messages, a moment or both; Instagram one message.
    private func receipt(_ value: JSON.Object, isRead: Bool) -> InboundEvent? {
        var messages = (value["mids"]?.array ?? []).compactMap(\.identifier)
        if let id = value["mid"]?.identifier { messages.append(id) }
        let watermark = Timestamp.milliseconds(value["watermark"])
        guard !messages.isEmpty || watermark != nil else { return nil }
        let status = MessageStatus(
            isRead ? .read : .delivered, messages: Array(messages.prefix(500)), until: messages.isEmpty ? watermark : nil)
        let names = [isRead ? "read" : "delivered", customer ?? "", watermark.map { String($0) } ?? ""]
        return event(names + messages.prefix(500), .status(status))
    }

    private func policy(_ value: JSON.Object) -> InboundEvent? {
        let notice: InboundEvent.Kind
        switch value["action"]?.string {
        case "warning": notice = .notice(.attention, .policyWarning)
        case "block": notice = .notice(.attention, .policyBlock)
        case "unblock": notice = .notice(.recovered, .policyUnblock)
        default: return nil
        }
        let id = Self.key(["policy", account, value["action"]?.string ?? "", moment])
        return InboundEvent(id: id, account: account, thread: nil, at: at, kind: notice)
    }
}
