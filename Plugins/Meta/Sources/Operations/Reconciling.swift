import ChannelKit

/// Looks among the newest messages of a conversation for a text whose delivery nobody knows the end of.
struct Reconciling {
    /// Meta's clock and ours may differ by this much.
    private static let slack: Int64 = 5_000
    private let action: OutboundAction
    private let api: GraphAPI
    private let since: Int64

    init(_ action: OutboundAction, _ api: GraphAPI, since: Int64) {
        (self.action, self.api, self.since) = (action, api, since)
    }

    func step(_ input: StepInput) -> ChannelStep {
        guard let texts else { return unknown([]) }
        switch input {
        case .start:
            // Only the 20 newest have their details.
            let request = api.request(
                "GET", "\(api.node)/conversations",
                [
                    ("platform", api.transport.platform), ("user_id", action.thread),
                    ("fields", "messages.limit(20){id,created_time,from,message}"),
                ])
            return .request(request, state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = GraphAnswer(response)
            guard case .ok(let result) = answer else { return ChannelFailure(answer).step }
            return search(result, texts)
        }
    }

    /// What the messages say; nil for what cannot be told apart afterwards, like files and templates.
    private var texts: [String]? {
        guard case .text(let text) = action.kind, let choices = try? Choices(text.buttons, api.transport), !choices.isTemplate
        else { return nil }
        let parts = DeliveryPlan.parts(text.text, choices, api.transport)
        return parts.isEmpty ? nil : parts
    }

    private func search(_ result: JSON, _ texts: [String]) -> ChannelStep {
        let earliest = since.saturatingSubtracting(Self.slack)
        let messages = result["data"]?[0]?["messages"]?["data"]?.array ?? []
        var wanted = texts[...]
        var found: [String] = []
        var reachesBack = messages.count < 20
        // They come newest first.
        for message in messages.reversed() {
            guard let at = Timestamp.milliseconds(message["created_time"]), let id = message["id"]?.identifier else { continue }
            guard at >= earliest else {
                reachesBack = true
                continue
            }
            guard message["from"]?["id"]?.identifier != action.thread, Self.same(message["message"]?.string, wanted.first) else {
                continue
            }
            found.append(id)
            wanted = wanted.dropFirst()
            if wanted.isEmpty { return .result(.sent(found)) }
        }
        // Half a message, or a page too short to prove that there is none.
        return found.isEmpty && reachesBack ? .result(.notFound) : unknown(found)
    }

    private static func same(_ stored: String?, _ wanted: String?) -> Bool {
        guard let stored, let wanted else { return false }
        return stored.withoutMargins == wanted.withoutMargins
    }

    private func unknown(_ found: [String]) -> ChannelStep {
        .failed(.uncertain, .outcomeUnknown, sent: found)
    }
}
