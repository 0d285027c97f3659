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
            calls = try DeliveryPlan(action, thread, api, state).calls()
        } catch { return failed(.permanent, error.reason) }
        switch input {
        case .start: return next(calls)
        case .notSent: return failed(.retry(after: nil, scope: .channel), .unavailable)
        case .unknown:
            // There is no idempotency key: sending again could send twice.
            guard current(calls)?.makesMessage == true else { return failed(.retry(after: nil, scope: .channel), .unavailable) }
            return failed(.uncertain, .outcomeUnknown)
        case .response(let response):
            guard let call = current(calls) else { return .result(.sent(state.sent)) }
            return read(response, call, calls)
        }
    }

    private func current(_ calls: [BotCall]) -> BotCall? { calls.element(at: state.part) }

    private func next(_ calls: [BotCall]) -> ChannelStep {
        guard let call = current(calls) else { return .result(.sent(state.sent)) }
        return .request(call.request, state: state.json)
    }

    private func read(_ response: HTTPResponse, _ call: BotCall, _ calls: [BotCall]) -> ChannelStep {
        var later = self
        switch call.purpose {
        case .upload(let type):
            switch UploadAnswer(response, type, earlier: state.fileToken) {
            case .done(let token): later.state.fileToken = token
            case .failed(let kind, let reason): return failed(kind, reason)
            }
        default:
            switch Verdict(BotAnswer(response), call) {
            case .done(let result):
                if let fault = later.state.learn(result, call, api) { return failed(fault.kind, fault.reason) }
            case .withoutReply:
                later.state.withoutReply = true
                return later.step(.start)
            case .notReady: return later.wait()
            case .failed(let kind, let reason): return failed(kind, reason)
            }
        }
        later.state.part += 1
        // The answer may be part of the next request: plan it anew.
        return later.state.part < calls.count ? later.step(.start) : .result(.sent(later.state.sent))
    }

    /// MAX takes its time with files, videos above all.
    private func wait() -> ChannelStep {
        var later = self
        let longest: Int64 = if case .media(let media) = action.kind, UploadType(media) == .video { 32_000 } else { 8_000 }
        let pause = min(1_000 << state.waits, longest)
        later.state.waits = min(state.waits + 1, 10)
        return later.failed(.retry(after: pause, scope: .chat), .fileNotReady)
    }

    private func failed(_ kind: OperationFailure.Kind, _ reason: Reason) -> ChannelStep {
        // A half-made upload starts again; a finished one is kept.
        let isUploading = state.uploadAddress != nil && state.part == 1
        let resume = isUploading ? state.beforeUpload : state
        return .failed(kind, reason, sent: state.sent, resume: resume.json)
    }
}

extension DeliveryState {
    /// Takes from a good answer what later requests need; returns what is wrong with it.
    fileprivate mutating func learn(_ result: JSON.Object, _ call: BotCall, _ api: BotAPI) -> ChannelFailure? {
        switch call.purpose {
        case .message:
            guard let id = Update.identifier(result["message"]?["body"]?["mid"]) else { return .unknownOutcome }
            sent.append(id)
        case .uploadAddress:
            guard let address = result["url"]?.string.flatMap(api.uploadAddress) else { return .oddAnswer }
            (uploadAddress, fileToken) = (address, result["token"]?.string)
        case .look:
            let body = result["body"] ?? result["message"]?["body"]
            kept = (body?["attachments"]?.array ?? []).prefix(MaxLimit.attachments).compactMap(\.reattached)
        case .edit, .deletion, .answer, .signal, .upload: break
        }
        return nil
    }
}
