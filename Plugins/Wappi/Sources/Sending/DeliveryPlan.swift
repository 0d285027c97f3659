import ChannelKit

/// The calls that an action takes, in order. The same action and state always give the same calls.
struct DeliveryPlan {
    private let action: OutboundAction
    private let chat: ChatID
    private let platform: Platform
    private let state: DeliveryState

    init(_ action: OutboundAction, _ chat: ChatID, _ platform: Platform, _ state: DeliveryState = DeliveryState(nil)) {
        (self.action, self.chat, self.platform, self.state) = (action, chat, platform, state)
    }

    func calls() throws(PlanningFault) -> [WappiCall] {
        switch action.kind {
        case .text(let text):
            let parts = texts(text.text, text.buttons)
            guard !parts.isEmpty else { throw PlanningFault(.tooLong) }
            return messages(parts, replyTo: text.replyTo)
        case .media(let media): return try mediaCalls(media)
        case .typing: return [try typing()]
        case .edit(let message, let text): return [try edit(message, text)]
        case .delete(let messages):
            guard !messages.isEmpty else { throw PlanningFault(.messageGone) }
            var calls: [WappiCall] = []
            for message in messages { calls.append(WappiCall("/sync/message/delete", try subject(message))) }
            return calls
        case .markRead(let message): return [try markRead(message)]
        case .react(let message, let emoji):
            var body = try subject(message)
            body.add("body", emoji ?? "")
            if platform == .telegram { body.members.append(chat.recipient(platform)) }
            return [WappiCall("/sync/message/reaction", body)]
        case .answerPress: throw PlanningFault(.unsupported)
        }
    }

    /// The texts of a message with its choices, as they are sent: Wappi's own buttons are documented as not working.
    func texts(_ text: String, _ buttons: [[Button]]) -> [String] {
        platform.text.split(NumberedChoices(buttons).added(to: text))
    }

    /// How a media message's caption is divided: what goes with the file, and the messages that follow it.
    func caption(_ media: OutboundMedia) -> (fitting: String, following: [String]) {
        let caption = NumberedChoices(media.buttons).added(to: media.caption ?? "")
        let hasCaption = ![.sticker, .voice, .audio, .videoNote].contains(media.kind)
        let parts = hasCaption ? WappiLimit.caption.split(caption) : ["", caption]
        return (parts.first ?? "", platform.text.split(parts.dropFirst().joined()))
    }

    /// One message per part; the first quotes.
    private func messages(_ parts: [String], replyTo: String?) -> [WappiCall] {
        parts.enumerated().map { index, part in
            if index == 0, let quoted = quotable(replyTo) {
                return reply([("message_id", .string(quoted)), ("body", .string(part))])
            }
            var body = place
            body.add("body", part)
            return message("/sync/message/send", body)
        }
    }

    private func mediaCalls(_ media: OutboundMedia) throws(PlanningFault) -> [WappiCall] {
        switch media.kind {
        case .image, .video, .audio, .voice, .document, .animation, .videoNote, .sticker: break
        case .location, .contact, .link, .unsupported: throw PlanningFault(.unsupported)
        }
        guard media.size <= WappiLimit.fileBytes else { throw PlanningFault(.fileTooBig) }
        guard let url = media.url, url.hasPrefix("https://") else { throw PlanningFault(.fileNeedsLink) }
        let (fitting, following) = caption(media)
        let file: WappiCall
        if let quoted = quotable(media.replyTo) {
            file = reply([("message_id", .string(quoted)), ("body", .string(fitting)), ("url", .string(url))])
        } else {
            var body = place
            body.add("url", url)
            if !fitting.isEmpty { body.add("caption", fitting) }
            body.add("file_name", media.name)
            if platform == .telegram, media.kind == .document { body.add("as_file", true) }
            file = message("/sync/message/file/url/send", body)
        }
        return [file] + messages(following, replyTo: nil)
    }

    private func typing() throws(PlanningFault) -> WappiCall {
        switch platform {
        case .whatsapp: return WappiCall("/sync/chat/typing/start", place)
        case .telegram: return WappiCall("/sync/chats/typing/start", place)
        // Nobody has seen MAX do it.
        case .max: throw PlanningFault(.unsupported)
        }
    }

    private func edit(_ message: String, _ text: OutboundText) throws(PlanningFault) -> WappiCall {
        let content = NumberedChoices(text.buttons).added(to: text.text)
        guard !text.text.isEmpty, platform.text.fits(content) else { throw PlanningFault(.tooLong) }
        var body = try subject(message)
        body.add("body", content)
        return WappiCall("/sync/message/edit", body)
    }

    /// Without a message the whole chat is read, which only reading its history does.
    private func markRead(_ message: String?) throws(PlanningFault) -> WappiCall {
        guard let message else {
            var call = WappiCall("/sync/messages/get")
            call.method = "GET"
            call.query = [("chat_id", chat.key), ("limit", "1"), ("offset", "0"), ("mark_all", "true")]
            return call
        }
        var call = WappiCall("/sync/message/mark/read", try subject(message))
        if platform == .whatsapp { call.query = [("mark_all", "true")] }
        return call
    }

    private var place: JSON.Object { JSON.Object([chat.recipient(platform)]) }

    private func subject(_ message: String) throws(PlanningFault) -> JSON.Object {
        guard let id = Self.real(message) else { throw PlanningFault(.messageGone) }
        return JSON.Object([JSON.Member(key: "message_id", value: .string(id))])
    }

    private func quotable(_ message: String?) -> String? { state.withoutReply ? nil : message.flatMap(Self.real) }

    /// Nil for a missed call: it has no message.
    private static func real(_ message: String) -> String? {
        message.isEmpty || message.hasPrefix(MessageEvents.callPrefix) ? nil : message
    }

    private func reply(_ body: [(String, JSON)]) -> WappiCall {
        var call = message("/sync/message/reply", JSON.Object(body.map { JSON.Member(key: $0.0, value: $0.1) }))
        call.isReply = true
        return call
    }

    /// Marked as ours where the platform keeps the mark for the echo.
    private func message(_ path: String, _ body: JSON.Object) -> WappiCall {
        var call = WappiCall(path, body, makesMessage: true)
        if platform != .whatsapp { call.query = [("bot_id", MessageEvents.markPrefix + action.correlation)] }
        return call
    }
}
