import ChannelKit

/// The calls that an action takes, in order. The same action and state always give the same number of calls.
struct DeliveryPlan {
    private let action: OutboundAction
    private let transport: Transport
    private let state: DeliveryState

    init(_ action: OutboundAction, _ transport: Transport, _ state: DeliveryState = DeliveryState(nil)) {
        (self.action, self.transport, self.state) = (action, transport, state)
    }

    func calls() throws(PlanningFault) -> [SendCall] {
        guard (1...900).contains(action.thread.utf8.count) else { throw PlanningFault(.unknownContact) }
        switch action.kind {
        case .text(let text):
            let choices = try Choices(text.buttons, transport)
            let parts = Self.parts(text.text, choices, transport)
            guard !parts.isEmpty else { throw PlanningFault(.emptyText) }
            return messages(parts, choices, replyTo: text.replyTo)
        case .media(let media): return try mediaCalls(media)
        case .typing: return [signal("typing_on")]
        // Meta marks the whole thread.
        case .markRead: return [signal("mark_seen")]
        case .react(let message, let emoji):
            var call = signal(emoji == nil ? "unreact" : "react")
            var payload = JSON.Object()
            payload.add("message_id", message)
            payload.add("reaction", emoji)
            call.body.add("payload", payload)
            return [call]
        // No press waits for an answer.
        case .answerPress: return []
        case .edit, .delete: throw PlanningFault(.unsupported)
        }
    }

    /// The texts of the messages that a text becomes. A template's text is shorter than others'.
    static func parts(_ text: String, _ choices: Choices, _ transport: Transport) -> [String] {
        var parts = transport.textLimit.split(text)
        if choices.isTemplate, let last = parts.popLast() { parts += MetaLimit.templateText.split(last) }
        return parts
    }

    /// One message per part; the reply mark goes with the first, the buttons with the last.
    private func messages(_ parts: [String], _ choices: Choices, replyTo: String?) -> [SendCall] {
        parts.enumerated().map { index, part in
            let isLast = index == parts.count - 1
            var message = JSON.Object()
            if isLast, case .template(let buttons) = choices {
                message.add(
                    "attachment",
                    [
                        "type": "template",
                        "payload": ["template_type": "button", "text": .string(part), "buttons": .array(buttons)],
                    ])
            } else {
                message.add("text", part)
                if isLast, case .quickReplies(let replies) = choices { message.add("quick_replies", .array(replies)) }
            }
            return call(message, replyTo: index == 0 ? replyTo : nil)
        }
    }

    /// The file first, because pictures take their time and must not overtake; its caption follows as text.
    private func mediaCalls(_ media: OutboundMedia) throws(PlanningFault) -> [SendCall] {
        let type = try MediaRules.type(of: media, transport)
        let choices = try Choices(media.buttons, transport)
        let parts = Self.parts(media.caption ?? "", choices, transport)
        // Quick replies below a picture stay hidden.
        guard choices.isNone || !parts.isEmpty else { throw PlanningFault(.buttonsNeedText) }
        var payload = JSON.Object()
        let url = media.url.flatMap { WebAddress.verbatim($0) }
        let uploads = url == nil || state.uploading
        guard !uploads || transport.canUpload else { throw PlanningFault(.addressNeeded) }
        if !uploads { payload.add("url", url) }
        // Instagram's own Send API shows no such member.
        if transport != .instagramLogin { payload.add("is_reusable", false) }
        var message = JSON.Object()
        message.add("attachment", ["type": .string(type), "payload": .object(payload)])
        var first = call(message, replyTo: media.replyTo)
        if uploads { first.file = media }
        return [first] + messages(parts, choices, replyTo: nil)
    }

    private func call(_ message: JSON.Object, replyTo: String?) -> SendCall {
        var message = message
        if transport.takesMetadata { message.add("metadata", EchoSource.mark + action.correlation) }
        var body = recipient
        body.add("message", message)
        if let replyTo, !state.withoutReply { body.add("reply_to", ["mid": .string(replyTo)]) }
        return SendCall(body, makesMessage: true)
    }

    private func signal(_ name: String) -> SendCall {
        var body = recipient
        body.add("sender_action", name)
        return SendCall(body, makesMessage: false)
    }

    private var recipient: JSON.Object {
        var body = JSON.Object(reserving: 5)
        body.add("recipient", ["id": .string(action.thread)])
        return body
    }
}

extension SendCall {
    /// It carries a file, by address or as an upload.
    var isMedia: Bool { (body["message"]?["attachment"]?["type"]?.string).map { $0 != "template" } ?? false }
}
