import ChannelKit

/// Carries out one action: plans its requests, sends one after the other, and reads what became of them.
struct Delivery {
    private let action: OutboundAction
    private let api: BotAPI
    private var state: DeliveryState

    init(_ action: OutboundAction, _ api: BotAPI, _ state: DeliveryState) {
        (self.action, self.api, self.state) = (action, api, state)
    }

    func step(_ input: StepInput) -> ChannelStep {
        guard let thread = ChatThread(action.thread) else { return failed(.permanent, .chatNotFound) }
        let calls: [BotCall]
        do throws(PlanningFault) {
            calls = try DeliveryPlan(action, thread, state).calls()
        } catch { return failed(.permanent, error.reason) }
        switch input {
        case .start: return next(calls)
        case .notSent: return failed(.retry(after: nil, scope: .channel), .unavailable)
        case .unknown:
            // There is no idempotency key: sending again could send twice.
            guard current(calls)?.makesMessage == true else { return failed(.retry(after: nil, scope: .channel), .unavailable) }
            return failed(.uncertain, .outcomeUnknown)
        case .response(let response): return read(response, calls)
        }
    }

    private func current(_ calls: [BotCall]) -> BotCall? { calls.element(at: state.part) }

    private func next(_ calls: [BotCall]) -> ChannelStep {
        guard let call = current(calls) else { return .result(.sent(state.sent)) }
        return .request(call.request(api), state: state.json)
    }

    private func read(_ response: HTTPResponse, _ calls: [BotCall]) -> ChannelStep {
        guard let call = current(calls) else { return .result(.sent(state.sent)) }
        var later = self
        switch Verdict(BotAnswer(response), call) {
        case .done(let result):
            later.state.part += 1
            if call.makesMessage, let id = result["message_id"]?.int { later.state.sent.append(String(id)) }
            return later.next(calls)
        case .withoutReply where !state.withoutReply: later.state.withoutReply = true
        case .asCaption where !state.asCaption: later.state.asCaption = true
        case .moved(let chat) where state.chat == nil: later.state.chat = chat
        case .withoutReply, .asCaption, .moved: return failed(.permanent, .refused)
        case .failed(let kind, let reason): return failed(kind, reason)
        }
        // What was learnt changes the request: plan it anew.
        return later.step(.start)
    }

    private func failed(_ kind: OperationFailure.Kind, _ reason: Reason) -> ChannelStep {
        .failed(kind, reason, sent: state.sent, resume: state.json)
    }
}
