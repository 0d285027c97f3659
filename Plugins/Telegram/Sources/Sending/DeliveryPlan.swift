import ChannelKit

/// The calls that an action takes, in order. The same action and state always give the same calls.
struct DeliveryPlan {
    private let action: OutboundAction
    private let thread: ChatThread
    private let state: DeliveryState

    init(_ action: OutboundAction, _ thread: ChatThread, _ state: DeliveryState) {
        (self.action, self.thread, self.state) = (action, thread, state)
    }

    func calls() throws(PlanningFault) -> [BotCall] {
        switch action.kind {
        case .text(let text): return try texts(text)
        case .media(let media): return try mediaCalls(media)
        case .typing:
            var parameters = place
            parameters.add("action", "typing")
            return [BotCall("sendChatAction", parameters, makesMessage: false)]
        case .edit(let message, let text): return [try edit(message, text)]
        case .delete(let messages): return try deletions(messages)
        case .markRead(let message):
            guard thread.business != nil, let message else { throw PlanningFault(.unsupported) }
            var parameters = place
            parameters.add("message_id", try identifier(message))
            return [BotCall("readBusinessMessage", parameters, makesMessage: false)]
        case .answerPress(let callback, let notice):
            var parameters = JSON.Object()
            parameters.add("callback_query_id", callback)
            parameters.add("text", notice.map(TelegramLimit.notice.truncated))
            return [BotCall("answerCallbackQuery", parameters, makesMessage: false)]
        case .react(let message, let emoji):
            var parameters = place
            parameters.add("message_id", try identifier(message))
            parameters.add("reaction", .array(emoji.map { [["type": "emoji", "emoji": .string($0)]] } ?? []))
            return [BotCall("setMessageReaction", parameters, makesMessage: false)]
        }
    }

    private func texts(_ text: OutboundText) throws(PlanningFault) -> [BotCall] {
        let parts = TelegramLimit.text.split(text.text)
        guard !parts.isEmpty else { throw PlanningFault(.tooLong) }
        return try messages(parts, buttons: text.buttons, replyTo: text.replyTo)
    }

    /// One message per part; the reply mark goes with the first, the buttons with the last.
    private func messages(
        _ parts: [String], buttons: [[Button]], replyTo: String?
    ) throws(PlanningFault) -> [BotCall] {
        let markup = try Keyboard(buttons, isBusiness: thread.business != nil).markup
        var calls: [BotCall] = []
        for (index, part) in parts.enumerated() {
            var parameters = place
            parameters.add("text", part)
            if index == 0 { parameters.add("reply_parameters", try reply(replyTo)) }
            if index == parts.count - 1 { parameters.add("reply_markup", markup) }
            calls.append(BotCall("sendMessage", parameters, makesMessage: true))
        }
        return calls
    }

    /// What does not fit into the caption follows as text.
    private func mediaCalls(_ media: OutboundMedia) throws(PlanningFault) -> [BotCall] {
        guard media.size <= TelegramLimit.uploadBytes else { throw PlanningFault(.fileTooBig) }
        let (method, field) = try Self.method(media)
        let hasCaption = media.kind != .sticker && media.kind != .videoNote
        let caption = media.caption ?? ""
        let parts = hasCaption ? TelegramLimit.caption.split(caption) : ["", caption]
        let fitting = parts.first ?? ""
        let following = TelegramLimit.text.split(parts.dropFirst().joined())
        var parameters = place
        if !fitting.isEmpty { parameters.add("caption", fitting) }
        parameters.add("reply_parameters", try reply(media.replyTo))
        if media.kind == .video { parameters.add("supports_streaming", true) }
        if let duration = media.duration { parameters.add("duration", duration / 1_000) }
        if following.isEmpty {
            parameters.add("reply_markup", try Keyboard(media.buttons, isBusiness: thread.business != nil).markup)
        }
        var call = BotCall(method, parameters, makesMessage: true)
        call.file = (field, media)
        return try [call] + messages(following, buttons: media.buttons, replyTo: nil)
    }

    private static func method(_ media: OutboundMedia) throws(PlanningFault) -> (method: String, field: String) {
        switch media.kind {
        case .image where media.size <= TelegramLimit.photoBytes: ("sendPhoto", "photo")
        case .image, .document: ("sendDocument", "document")
        case .video: ("sendVideo", "video")
        case .audio: ("sendAudio", "audio")
        case .voice: ("sendVoice", "voice")
        case .animation: ("sendAnimation", "animation")
        case .sticker: ("sendSticker", "sticker")
        case .videoNote: ("sendVideoNote", "video_note")
        case .location, .contact, .link, .unsupported: throw PlanningFault(.unsupported)
        }
    }

    private func edit(_ message: String, _ text: OutboundText) throws(PlanningFault) -> BotCall {
        let limit = state.asCaption ? TelegramLimit.caption : TelegramLimit.text
        guard !text.text.isEmpty, limit.fits(text.text) else { throw PlanningFault(.tooLong) }
        var parameters = place
        parameters.add("message_id", try identifier(message))
        parameters.add(state.asCaption ? "caption" : "text", text.text)
        parameters.add("reply_markup", try Keyboard(text.buttons, isBusiness: true).markup)
        return BotCall(state.asCaption ? "editMessageCaption" : "editMessageText", parameters, makesMessage: false)
    }

    private func deletions(_ messages: [String]) throws(PlanningFault) -> [BotCall] {
        var ids: [JSON] = []
        for message in messages { ids.append(.int(try identifier(message))) }
        guard let first = ids.first else { throw PlanningFault(.messageGone) }
        if let business = thread.business {
            return Self.chunks(ids).map { chunk in
                var parameters = JSON.Object()
                parameters.add("business_connection_id", business)
                parameters.add("message_ids", .array(chunk))
                return BotCall("deleteBusinessMessages", parameters, makesMessage: false)
            }
        }
        guard ids.count > 1 else {
            var parameters = place
            parameters.add("message_id", first)
            return [BotCall("deleteMessage", parameters, makesMessage: false)]
        }
        return Self.chunks(ids).map { chunk in
            var parameters = place
            parameters.add("message_ids", .array(chunk))
            return BotCall("deleteMessages", parameters, makesMessage: false)
        }
    }

    private static func chunks(_ ids: [JSON]) -> [[JSON]] {
        stride(from: 0, to: ids.count, by: 100).map { Array(ids[$0..<min($0 + 100, ids.count)]) }
    }

    private var place: JSON.Object {
        var parameters = JSON.Object(reserving: 6)
        parameters.add("business_connection_id", thread.business)
        parameters.add("chat_id", state.chat ?? thread.chat)
        return parameters
    }

    private func reply(_ message: String?) throws(PlanningFault) -> JSON? {
        guard let message, !state.withoutReply else { return nil }
        return ["message_id": .int(try identifier(message)), "allow_sending_without_reply": true]
    }

    private func identifier(_ message: String) throws(PlanningFault) -> Int64 {
        guard let id = Int64(message) else { throw PlanningFault(.messageGone) }
        return id
    }
}
