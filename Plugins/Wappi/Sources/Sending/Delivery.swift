import ChannelKit

/// Carries out one action: plans its requests, sends one after the other, and reads what became of them.
struct Delivery {
    private let action: OutboundAction
    private let api: WappiAPI
    private var state: DeliveryState

    init(_ action: OutboundAction, _ api: WappiAPI, _ state: DeliveryState) {
        (self.action, self.api, self.state) = (action, api, state)
    }

    func step(_ input: StepInput) -> ChannelStep {
        guard let chat = ChatID(action.thread), chat.recipient(api.platform).value != "" else {
            return failed(.permanent, .unknownRecipient)
        }
        let calls: [WappiCall]
        do throws(PlanningFault) {
            calls = try DeliveryPlan(action, chat, api.platform, state).calls()
        } catch { return failed(.permanent, error.reason) }
        switch input {
        case .start: return next(calls)
        case .notSent: return failed(.retry(after: nil, scope: .channel), .unavailable)
        case .unknown:
            // There is no idempotency key: sending again could send twice.
            guard state.doubt == nil, current(calls)?.makesMessage == true else {
                return failed(.retry(after: nil, scope: .channel), .unavailable)
            }
            return failed(.uncertain, .outcomeUnknown)
        case .response(let response): return read(Answer(response), calls)
        }
    }

    private func current(_ calls: [WappiCall]) -> WappiCall? { calls.element(at: state.part) }

    private func next(_ calls: [WappiCall]) -> ChannelStep {
        guard let call = current(calls) else { return .result(.sent(state.sent)) }
        return .request(call.request(api), state: state.json)
    }

    private func read(_ answer: Answer, _ calls: [WappiCall]) -> ChannelStep {
        guard let call = current(calls) else { return .result(.sent(state.sent)) }
        if let doubt = state.doubt { return settle(doubt, answer) }
        var later = self
        switch Verdict(answer, call) {
        case .done(let object):
            if call.makesMessage {
                // Without an id nobody can tell whether there is a message.
                guard let id = object.id("message_id") else { return failed(.uncertain, .outcomeUnknown) }
                later.state.sent.append(id)
            }
            later.state.part += 1
            return later.next(calls)
        case .withoutReply:
            // What was learnt changes the request: plan it anew.
            later.state.withoutReply = true
            return later.step(.start)
        case .doubtful(let doubt):
            later.state.doubt = doubt
            return .request(api.get("/sync/get/status"), state: later.state.json)
        case .failed(let kind, let reason): return failed(kind, reason)
        }
    }

    /// A message that was refused while the profile is away waits until it is back.
    private func settle(_ doubt: Doubt, _ answer: Answer) -> ChannelStep {
        guard case .done(let object) = answer else {
            let failure = ChannelFailure(answer)
            if case .permanent = failure.kind { return failed(.permanent, doubt.reason) }
            return failed(failure.kind, failure.reason)
        }
        let profile = ProfileStatus(object)
        if !profile.isSignedIn { return failed(.reconnectNeeded, .signedOut) }
        if !profile.isOpen { return failed(.retry(after: 60_000, scope: .channel), .phoneOffline) }
        return failed(.permanent, doubt.reason)
    }

    private func failed(_ kind: OperationFailure.Kind, _ reason: Reason) -> ChannelStep {
        var resume = state
        resume.doubt = nil
        return .failed(kind, reason, sent: state.sent, resume: resume.json)
    }
}
