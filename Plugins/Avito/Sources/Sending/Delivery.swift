import ChannelKit

/// Carries out one action: plans its requests, sends one after the other, and reads what became of them.
struct Delivery {
    private let action: OutboundAction
    private let api: MessengerAPI
    private var state: DeliveryState

    init(_ action: OutboundAction, _ api: MessengerAPI, _ state: DeliveryState) {
        (self.action, self.api, self.state) = (action, api, state)
    }

    func step(_ input: StepInput) -> ChannelStep {
        guard let chat = PercentEncoding.segment(action.thread) else { return failed(.permanent, .chatNotFound) }
        let calls: [DeliveryCall]
        do throws(PlanningFault) { calls = try DeliveryPlan(action).calls } catch { return failed(.permanent, error.reason) }
        switch input {
        case .start: return next(calls, chat)
        case .notSent: return failed(.retry(after: nil, scope: .channel), .unavailable)
        case .unknown:
            // There is no idempotency key: sending again could send twice.
            guard !state.isProbing, current(calls)?.makesMessage == true else {
                return failed(.retry(after: nil, scope: .channel), .unavailable)
            }
            return failed(.uncertain, .outcomeUnknown)
        case .response(let response):
            let answer = AvitoAnswer(response)
            return state.isProbing ? probed(answer) : read(answer, calls, chat)
        }
    }

    private func current(_ calls: [DeliveryCall]) -> DeliveryCall? { calls.element(at: state.part) }

    private func next(_ calls: [DeliveryCall], _ chat: String) -> ChannelStep {
        if state.isProbing { return .request(api.chats(limit: 1, offset: 0), state: state.json) }
        guard let call = current(calls) else { return .result(.sent(state.sent)) }
        return .request(call.request(api, chat: chat, image: state.image), state: state.json)
    }

    private func read(_ answer: AvitoAnswer, _ calls: [DeliveryCall], _ chat: String) -> ChannelStep {
        guard let call = current(calls) else { return .result(.sent(state.sent)) }
        var later = self
        switch Verdict(answer, call) {
        case .done(let result):
            later.state.part += 1
            if call.makesMessage, let id = result["id"]?.identifier { later.state.sent.append(id) }
            if case .upload = call { later.state.image = Verdict.uploaded(result) }
        case .forbidden: later.state.isProbing = true
        case .failed(let kind, let reason): return failed(kind, reason)
        }
        return later.next(calls, chat)
    }

    /// The chats can be listed: then it is this one that is closed.
    private func probed(_ answer: AvitoAnswer) -> ChannelStep {
        var later = self
        later.state.isProbing = false
        if case .ok = answer { return later.failed(.blocked, .blocked) }
        let failure = ChannelFailure(answer)
        return later.failed(failure.kind, failure.reason)
    }

    private func failed(_ kind: OperationFailure.Kind, _ reason: Reason) -> ChannelStep {
        .failed(kind, reason, sent: state.sent, resume: state.json)
    }
}
