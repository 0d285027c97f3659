import ChannelKit

/// Looks for the messages of an uncertain delivery in the dialog's history, by their text and files.
struct Reconciliation {
    private static let count = 100
    /// How far MAX's clock may be behind the host's, in milliseconds.
    private static let tolerance: Int64 = 5_000
    private let action: OutboundAction
    private let api: BotAPI
    private let since: Int64

    init(_ action: OutboundAction, _ api: BotAPI, since: Int64) {
        (self.action, self.api) = (action, api)
        self.since = since.saturatingSubtracting(Self.tolerance)
    }

    func step(_ input: StepInput) -> ChannelStep {
        // What makes no message can be done again.
        guard let plan = try? MessagePlan(action.kind, withoutReply: true) else { return .result(.notFound) }
        // The history is the dialog's alone.
        guard case .dialog(let chat) = ChatThread(action.thread) else { return undecided([]) }
        switch input {
        case .start:
            let query = [("chat_id", String(chat)), ("count", String(Self.count))]
            return .request(api.request("GET", "/messages", query), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = BotAnswer(response)
            guard case .ok(let result) = answer, let messages = result["messages"]?.array else {
                return ChannelFailure(answer).step
            }
            return compare(messages, plan.drafts)
        }
    }

    private func compare(_ messages: [JSON], _ drafts: [MessagePlan.Draft]) -> ChannelStep {
        let recent = messages.filter { $0["timestamp"]?.int ?? .min >= since }
        var found: [String] = []
        // The newest comes first.
        for message in recent.reversed() where found.count < drafts.count {
            guard let id = Update.identifier(message["body"]?["mid"]), drafts[found.count].isSame(as: message) else { continue }
            found.append(id)
        }
        if found.count == drafts.count { return .result(.sent(found)) }
        let reachesBack = messages.count < Self.count || recent.count < messages.count
        return found.isEmpty && reachesBack ? .result(.notFound) : undecided(found)
    }

    private func undecided(_ found: [String]) -> ChannelStep {
        .failed(.uncertain, .outcomeUnknown, sent: found)
    }
}

extension MessagePlan.Draft {
    /// Whether `message` is this one as the bot sent it; MAX may have trimmed its ends.
    fileprivate func isSame(as message: JSON) -> Bool {
        guard message["sender"]?["is_bot"]?.bool == true else { return false }
        let body = message["body"]
        let types = (body?["attachments"]?.array ?? []).compactMap { $0["type"]?.string.flatMap(UploadType.init(rawValue:)) }
        return types == [file].compactMap(\.self) && (body?["text"]?.string ?? "").withoutMargins == text.withoutMargins
    }
}
