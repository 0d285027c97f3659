import ChannelKit

/// One round of `GET /updates`. Updates count as received when a later round asks with their marker, so it is remembered
/// together with the events.
struct Polling {
    /// Seconds that MAX may hold the answer back.
    private static let wait: Int64 = 25
    /// Small enough for one answer of the plugin interface, whatever the messages hold.
    private static let limit: Int64 = 30
    /// MAX allows two rounds a second.
    private static let pause: Int64 = 500
    private let api: BotAPI
    private let context: ChannelContext

    init(_ api: BotAPI, _ context: ChannelContext) { (self.api, self.context) = (api, context) }

    func step(_ input: StepInput) -> ChannelStep {
        switch input {
        case .start: return ask()
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = BotAnswer(response)
            guard case .ok(let result) = answer, let updates = result["updates"]?.array else {
                return ChannelFailure(answer).step
            }
            return received(updates, marker: result["marker"]?.int)
        }
    }

    private func ask() -> ChannelStep {
        var query: [(String, String)] = [("limit", String(Self.limit)), ("timeout", String(Self.wait))]
        if let marker = context.remembered(Memory.marker) { query.append(("marker", marker)) }
        query.append(("types", BotAPI.updates.joined(separator: ",")))
        var request = api.request("GET", "/updates", query)
        request.timeout = (Self.wait + 10) * 1_000
        return .request(request, state: .null)
    }

    private func received(_ updates: [JSON], marker: Int64?) -> ChannelStep {
        // A single unreadable update must not hold up the rest for ever.
        let events = updates.compactMap { value in value.object.flatMap { Update($0, context) }?.event }
        let remember = marker.map { [Remembered(Memory.marker, String($0))] } ?? []
        return .result(.polled(events, pause: Self.pause), remember: remember)
    }
}
