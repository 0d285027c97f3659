import ChannelKit

/// Carries out one action: plans its requests, sends one after the other, and reads what became of them.
struct Delivery {
    private let action: OutboundAction
    private let api: GraphAPI
    private let window: ReplyWindow
    private var state: DeliveryState

    init(_ action: OutboundAction, _ api: GraphAPI, _ context: ChannelContext, _ state: DeliveryState) {
        (self.action, self.api, self.state) = (action, api, state)
        window = ReplyWindow(action, context)
    }

    func step(_ input: StepInput) -> ChannelStep {
        let calls: [SendCall]
        do throws(PlanningFault) {
            calls = try DeliveryPlan(action, api.transport, state).calls()
        } catch { return failed(.permanent, error.reason) }
        switch input {
        case .start: return next(calls)
        case .notSent: return failed(.retry(after: nil, scope: .channel), .unavailable)
        case .unknown:
            // There is no idempotency key: sending again could send twice.
            guard current(calls)?.makesMessage == true else { return failed(.retry(after: nil, scope: .channel), .unavailable) }
            return failed(.uncertain, .outcomeUnknown)
        case .response(let response): return read(GraphAnswer(response), calls)
        }
    }

    private func current(_ calls: [SendCall]) -> SendCall? { calls.element(at: state.part) }

    private func next(_ calls: [SendCall]) -> ChannelStep {
        guard let call = current(calls) else { return .result(.sent(state.sent)) }
        var isTagged = false
        if call.makesMessage {
            switch window.passage(isRefused: state.tagged) {
            case .open: break
            case .tagged: isTagged = true
            case .closed(let reason): return failed(.permanent, reason)
            }
        }
        let api = state.enteredToken ? api.withEnteredToken : api
        return .request(call.request(api, isTagged: isTagged), state: state.json)
    }

    private func read(_ answer: GraphAnswer, _ calls: [SendCall]) -> ChannelStep {
        guard let call = current(calls) else { return .result(.sent(state.sent)) }
        if case .ok(let result) = answer {
            guard call.makesMessage else { return advanced(calls, by: nil) }
            if let id = result["message_id"]?.identifier { return advanced(calls, by: id) }
        }
        if case .error(let error) = answer, let changed = adapted(to: error, call) { return changed.step(.start) }
        let failure = ChannelFailure(answer, makesMessage: call.makesMessage)
        // Meta says the same of people who blocked us and of a day that is over: our clock decides.
        if case .blocked = failure.kind, window.isOver { return failed(.permanent, .windowClosed) }
        return failed(failure.kind, failure.reason)
    }

    private func advanced(_ calls: [SendCall], by id: String?) -> ChannelStep {
        var later = self
        later.state.part += 1
        if let id { later.state.sent.append(id) }
        return later.next(calls)
    }

    /// The delivery as it is to be tried again after a refusal that teaches something; nil when there is nothing to change.
    private func adapted(to error: GraphError, _ call: SendCall) -> Delivery? {
        var later = self
        switch (error.code, error.subcode) {
        case (10, 2_018_278), (10, 2_534_022), (10, 2_018_065):
            guard !state.tagged, !window.isOver, window.mayTag else { return nil }
            later.state.tagged = true
        case (100, 2_018_047), (100, 2_018_008), (100, 2_018_294):
            guard !state.uploading, api.transport.canUpload, case .media = action.kind, call.file == nil, call.isMedia else {
                return nil
            }
            later.state.uploading = true
        // The reply target may be gone: Meta has no code for it.
        case (100, let subcode) where !Self.explained.contains(subcode ?? 0):
            guard !state.withoutReply, call.body["reply_to"] != nil else { return nil }
            later.state.withoutReply = true
        case (190, _):
            guard !state.enteredToken, api.usesRenewedToken else { return nil }
            later.state.enteredToken = true
        default: return nil
        }
        return later
    }

    /// Subcodes of 100 that have a meaning of their own.
    private static let explained: Set<Int64> = [2_018_001, 2_534_014, 2_534_029, 2_018_074, 2_018_218]

    private func failed(_ kind: OperationFailure.Kind, _ reason: Reason) -> ChannelStep {
        .failed(kind, reason, sent: state.sent, resume: state.json)
    }
}
