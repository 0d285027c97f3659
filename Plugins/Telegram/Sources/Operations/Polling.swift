import ChannelKit

/// One round of `getUpdates`. An update counts as received when a later round asks beyond it, so the offset is remembered
/// together with the events.
struct Polling {
    /// Seconds that Telegram may hold the answer back.
    private static let wait: Int64 = 25
    /// Small enough for one answer of the plugin interface, whatever the messages hold.
    private static let limit: Int64 = 30
    private let api: BotAPI
    private let context: ChannelContext

    init(_ api: BotAPI, _ context: ChannelContext) { (self.api, self.context) = (api, context) }

    func step(_ state: JSON?, _ input: StepInput) -> ChannelStep {
        let isClearing = state?["at"]?.string == "clearing"
        switch input {
        case .start:
            // Polling and a webhook exclude each other; the first round makes sure.
            return context.remembered(Memory.offset) == nil ? clear() : ask()
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = BotAnswer(response)
            switch answer {
            case .ok where isClearing: return ask()
            case .ok(let result): return received(result)
            case .error(let error) where error.code == 409 && error.says("webhook") && !isClearing: return clear()
            case .error, .unreadable: return ChannelFailure(answer).step
            }
        }
    }

    private func clear() -> ChannelStep { .request(api.deleteWebhook(), state: ["at": "clearing"]) }

    private func ask() -> ChannelStep {
        var parameters = JSON.Object()
        parameters.add("offset", context.remembered(Memory.offset).flatMap { Int64($0) })
        parameters.add("limit", Self.limit)
        parameters.add("timeout", Self.wait)
        parameters.add("allowed_updates", .array(BotAPI.updates))
        var request = api.call("getUpdates", parameters)
        request.timeout = (Self.wait + 10) * 1_000
        return .request(request, state: ["at": "asking"])
    }

    private func received(_ result: JSON) -> ChannelStep {
        var events: [InboundEvent] = []
        var remember: [Remembered] = []
        var highest: Int64?
        for value in result.array ?? [] {
            // A single unreadable update must not hold up the rest for ever.
            guard let object = value.object, let update = Update(object, context) else { continue }
            highest = max(highest ?? update.id, update.id)
            let parsed = update.parsed
            events += parsed.events
            remember += parsed.remember
        }
        if let highest, highest < .max { remember.append(Remembered(Memory.offset, String(highest + 1))) }
        if highest == nil, context.remembered(Memory.offset) == nil { remember.append(Remembered(Memory.offset, "0")) }
        return .result(.polled(events, pause: 0), remember: remember)
    }
}
