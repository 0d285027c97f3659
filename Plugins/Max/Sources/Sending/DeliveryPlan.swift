import ChannelKit

/// The calls that an action takes, in order. The same action and state always give the same calls.
struct DeliveryPlan {
    private let action: OutboundAction
    private let thread: ChatThread
    private let api: BotAPI
    private let state: DeliveryState

    init(_ action: OutboundAction, _ thread: ChatThread, _ api: BotAPI, _ state: DeliveryState) {
        (self.action, self.thread, self.api, self.state) = (action, thread, api, state)
    }

    func calls() throws(PlanningFault) -> [BotCall] {
        switch action.kind {
        case .text, .media:
            let messages = try MessagePlan(action.kind, withoutReply: state.withoutReply)
            return uploads(messages)
                + messages.drafts.map { draft in
                    BotCall(
                        .message(isReply: draft.replyTo != nil),
                        api.request("POST", "/messages", [thread.recipient], body: draft.body(token: state.fileToken)))
                }
        case .typing: return [try signal("typing_on")]
        // MAX knows only the whole dialog as seen.
        case .markRead: return [try signal("mark_seen")]
        case .edit(let message, let text): return try edit(message, text)
        case .delete(let messages):
            guard !messages.isEmpty else { throw PlanningFault(.messageGone) }
            return messages.map { BotCall(.deletion, api.request("DELETE", "/messages", [("message_id", $0)])) }
        case .answerPress(let callback, let notice):
            // An answer without content is not documented, and the button waits for one.
            let answer: JSON = ["notification": .string(notice.flatMap { $0.isEmpty ? nil : $0 } ?? "✓")]
            return [BotCall(.answer, api.request("POST", "/answers", [("callback_id", callback)], body: answer))]
        case .react: throw PlanningFault(.unsupported)
        }
    }

    private func uploads(_ messages: MessagePlan) -> [BotCall] {
        guard let (media, type) = messages.upload else { return [] }
        let question = api.request("POST", "/uploads", [("type", type.rawValue)])
        // Without credentials: the host is another.
        var upload = HTTPRequest("POST", RequestTemplate([.text(state.uploadAddress ?? api.base)]))
        upload.body = .form([FormPart("data", file: media)])
        upload.timeout = 120_000
        return [BotCall(.uploadAddress, question), BotCall(.upload(type), upload)]
    }

    private func signal(_ name: String) throws(PlanningFault) -> BotCall {
        guard case .dialog(let chat) = thread else { throw PlanningFault(.unsupported) }
        return BotCall(.signal, api.request("POST", "/chats/\(chat)/actions", body: ["action": .string(name)]))
    }

    /// A list of attachments replaces the old one, so the files in it are looked up first and named again.
    private func edit(_ message: String, _ text: OutboundText) throws(PlanningFault) -> [BotCall] {
        guard !text.text.isEmpty, MaxLimit.text.fits(text.text) else { throw PlanningFault(.tooLong) }
        guard let segment = PercentEncoding.segment(message) else { throw PlanningFault(.messageGone) }
        let keyboard = try Keyboard(text.buttons).attachment
        let body: JSON = [
            "text": .string(text.text), "attachments": .array(state.kept + (keyboard.map { [$0] } ?? [])),
        ]
        return [
            BotCall(.look, api.request("GET", "/messages/" + segment)),
            BotCall(.edit, api.request("PUT", "/messages", [("message_id", message)], body: body)),
        ]
    }
}

/// The messages that a text or file becomes.
struct MessagePlan {
    struct Draft {
        let text: String
        let file: UploadType?
        let replyTo: String?
        let keyboard: JSON?

        /// Without `format` a text is taken literally.
        func body(token: String?) -> JSON {
            var body = JSON.Object(reserving: 3)
            if !text.isEmpty { body.add("text", text) }
            if let replyTo { body.add("link", ["type": "reply", "mid": .string(replyTo)]) }
            let attachments = [token.flatMap { file?.attachment(token: $0) }, keyboard].compactMap(\.self)
            if !attachments.isEmpty { body.add("attachments", .array(attachments)) }
            return .object(body)
        }
    }
    let upload: (media: OutboundMedia, type: UploadType)?
    let drafts: [Draft]

    init(_ kind: OutboundAction.Kind, withoutReply: Bool) throws(PlanningFault) {
        switch kind {
        case .text(let text):
            let parts = MaxLimit.text.split(text.text)
            guard !parts.isEmpty else { throw PlanningFault(.tooLong) }
            upload = nil
            drafts = try Self.drafts(parts, nil, text.buttons, withoutReply ? nil : text.replyTo)
        case .media(let media):
            guard let type = UploadType(media) else { throw PlanningFault(.unsupported) }
            guard media.size <= MaxLimit.uploadBytes else { throw PlanningFault(.fileTooBig) }
            let parts = MaxLimit.text.split(media.caption ?? "")
            upload = (media, type)
            drafts = try Self.drafts(parts.isEmpty ? [""] : parts, type, media.buttons, withoutReply ? nil : media.replyTo)
        default: throw PlanningFault(.unsupported)
        }
    }

    /// File and reply mark go with the first part, the buttons with the last.
    private static func drafts(
        _ parts: [String], _ file: UploadType?, _ buttons: [[Button]], _ replyTo: String?
    ) throws(PlanningFault) -> [Draft] {
        let keyboard = try Keyboard(buttons).attachment
        // Messages of our own making, such as the start of a dialog, have no id at MAX.
        let target = replyTo.flatMap { $0.hasPrefix("mid.") ? $0 : nil }
        return parts.enumerated().map { index, part in
            let (isFirst, isLast) = (index == 0, index == parts.count - 1)
            return Draft(
                text: part, file: isFirst ? file : nil, replyTo: isFirst ? target : nil, keyboard: isLast ? keyboard : nil)
        }
    }
}
