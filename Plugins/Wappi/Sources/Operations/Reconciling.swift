import ChannelKit

/// Looks for a delivery of unknown outcome among the chat's last messages: from our side, since it began, with the same words.
struct Reconciling {
    /// How long a message may take to show up, in milliseconds.
    private static let patience: Int64 = 120_000
    private let action: OutboundAction
    private let api: WappiAPI
    private let since: Int64
    private let now: Int64

    init(_ action: OutboundAction, _ api: WappiAPI, since: Int64, now: Int64) {
        (self.action, self.api, self.since, self.now) = (action, api, since, now)
    }

    func step(_ input: StepInput) -> ChannelStep {
        guard let chat = ChatID(action.thread) else { return .result(.notFound) }
        switch input {
        case .start: return .request(History.request(api, chat: chat.key), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = Answer(response)
            guard case .done(let object) = answer else { return ChannelFailure(answer).step }
            guard let rows = History.rows(object, of: chat.key) else {
                return .failed(.retry(after: 5_000, scope: .channel), .mixedUp)
            }
            return search(rows, chat)
        }
    }

    private func search(_ rows: [JSON.Object], _ chat: ChatID) -> ChannelStep {
        // Clocks differ by some seconds.
        let begin = since.saturatingAdding(-10_000)
        var candidates = rows.filter { $0.flag("fromMe", "is_me") && ($0.time("time", "timestamp") ?? 0) >= begin }
            .sorted { ($0.time("time", "timestamp") ?? 0) < ($1.time("time", "timestamp") ?? 0) }
        var found: [String] = []
        let parts = parts(chat)
        for part in parts {
            guard let index = candidates.firstIndex(where: part.matches), let id = candidates[index].id("id") else { break }
            found.append(id)
            candidates.remove(at: index)
        }
        if !parts.isEmpty, found.count == parts.count { return .result(.sent(found)) }
        if now < since.saturatingAdding(Self.patience) { return .failed(.retry(after: 15_000, scope: .chat), .outcomeUnknown) }
        guard found.isEmpty else { return .failed(.uncertain, .partlySent, sent: found) }
        // A file without words is like any other file: somebody's own must not pass for it.
        if parts.first?.isMute == true, !candidates.isEmpty { return .failed(.uncertain, .outcomeUnknown) }
        return .result(.notFound)
    }

    private func parts(_ chat: ChatID) -> [Part] {
        let plan = DeliveryPlan(action, chat, api.platform)
        switch action.kind {
        case .text(let text): return plan.texts(text.text, text.buttons).map { Part(isFile: false, words: $0) }
        case .media(let media):
            let (fitting, following) = plan.caption(media)
            return [Part(isFile: true, words: fitting)] + following.map { Part(isFile: false, words: $0) }
        default: return []
        }
    }

    private struct Part {
        let isFile: Bool
        let words: String
        var isMute: Bool { isFile && words.isEmpty }

        func matches(_ row: JSON.Object) -> Bool {
            let isText = ["chat", "text"].contains(row.text("type") ?? "")
            guard isFile else { return isText && row.text("body")?.withoutMargins ?? "" == words.withoutMargins }
            guard !isText else { return false }
            return isMute ? row.flag("isFromAPI") : row.text("caption")?.withoutMargins ?? "" == words.withoutMargins
        }
    }
}
