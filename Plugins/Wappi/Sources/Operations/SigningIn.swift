import ChannelKit

/// Signs the account of a profile in as a linked device: by a QR code, or by the phone's number and a code.
struct SigningIn {
    private let act: SignInAct
    private let context: ChannelContext

    init(_ act: SignInAct, _ context: ChannelContext) { (self.act, self.context) = (act, context) }

    func step(_ state: JSON?, _ input: StepInput) -> ChannelStep {
        switch input {
        case .start: return start(state)
        // Nothing here does harm when it is repeated.
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            guard let attempt = SignInAttempt(state, context) else { return .failed(.permanent, .unexpected) }
            let answer = Answer(response)
            if case .refused(let refusal) = answer, attempt.at == .status, refusal.isWrongPlatform {
                return another(attempt)
            }
            return attempt.read(answer, at: context.now)
        }
    }

    private func start(_ state: JSON?) -> ChannelStep {
        switch act {
        case .begin(let method, let phone):
            let number = phone.map(PhoneNumber.typed) ?? ""
            if method == .phone, !(8...15).contains(number.count) { return .failed(.permanent, .badPhone) }
            let candidates = ProfilePlatforms(context).candidates
            guard let first = candidates.first else { return .failed(.permanent, .wrongPlatform) }
            return SignInAttempt(context, first, method, phone: number).ask(.status)
        case .look:
            guard let attempt = SignInAttempt(state, context) else { return .failed(.permanent, .unexpected) }
            return attempt.ask(.look)
        case .answer:
            guard let attempt = SignInAttempt(state, context), let question = attempt.question,
                context.hasSecret(SignInAct.answerSecret)
            else { return .failed(.permanent, .unexpected) }
            return attempt.ask(question == .code ? .code : .password)
        }
    }

    /// The profile is of another messenger.
    private func another(_ attempt: SignInAttempt) -> ChannelStep {
        guard let next = ProfilePlatforms(context).after(attempt.platform) else {
            return .failed(.reconnectNeeded, .wrongPlatform)
        }
        return attempt.of(next).ask(.status)
    }
}

/// Which messengers a profile may belong to.
struct ProfilePlatforms {
    private let context: ChannelContext

    init(_ context: ChannelContext) { self.context = context }

    /// What the owner named; else all, the last known first. Empty when they named something else.
    var candidates: [Platform] {
        if let given = context.setting(Setting.platform) { return Platform(setting: given).map { [$0] } ?? [] }
        let first = WappiAPI.platform(context) ?? .whatsapp
        return [first] + Platform.all.filter { $0 != first }
    }

    func after(_ platform: Platform) -> Platform? {
        guard let index = candidates.firstIndex(of: platform) else { return nil }
        return candidates.dropFirst(index + 1).first
    }
}
