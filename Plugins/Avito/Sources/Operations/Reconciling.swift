import ChannelKit

/// Looks for a delivery of unknown outcome in the chat's newest messages: Avito takes no key of ours, so the same content
/// sent after the attempt began is it.
struct Reconciling {
    private let api: MessengerAPI
    private let action: OutboundAction
    /// Seconds since 1970.
    private let since: Int64

    /// `since` in milliseconds; Avito's clock may be a little behind.
    init(_ api: MessengerAPI, _ action: OutboundAction, since: Int64) {
        (self.api, self.action) = (api, action)
        self.since = max(since, 5_000) / 1_000 - 5
    }

    func step(_ input: StepInput) -> ChannelStep {
        guard let chat = PercentEncoding.segment(action.thread) else { return .failed(.permanent, .chatNotFound) }
        let calls: [DeliveryCall]
        do throws(PlanningFault) { calls = try DeliveryPlan(action).calls } catch {
            return .failed(.permanent, error.reason)
        }
        // Whatever else there is may be done again.
        guard calls.contains(where: \.makesMessage) else { return .result(.notFound) }
        switch input {
        case .start: return .request(api.messages(chat, limit: AvitoLimit.page, offset: 0), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = AvitoAnswer(response)
            guard case .ok(let result) = answer, let values = result.array ?? result["messages"]?.array else {
                return ChannelFailure(answer).step
            }
            return judge(values, calls)
        }
    }

    private func judge(_ newestFirst: [JSON], _ calls: [DeliveryCall]) -> ChannelStep {
        var own = newestFirst.reversed().filter { value in
            value["direction"]?.string == "out" && (value["created"]?.int ?? 0) >= since && value["id"]?.identifier != nil
        }[...]
        var state = DeliveryState()
        for call in calls {
            if call.makesMessage {
                guard let index = own.firstIndex(where: call.made) else { break }
                state.sent += [own[index]["id"]?.identifier].compactMap(\.self)
                own = own[(index + 1)...]
            }
            state.part += 1
        }
        if state.part == calls.count { return .result(.sent(state.sent)) }
        if state.sent.isEmpty { return .result(.notFound) }
        // The first parts are there: only the rest may be sent.
        return .failed(.retry(after: nil, scope: .chat), .partlySent, sent: state.sent, resume: state.json)
    }
}
