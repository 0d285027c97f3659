import ChannelKit

/// Takes the registered address back.
struct Disconnecting {
    private let api: AvitoAPI
    private let webhook: String?

    init(_ api: AvitoAPI, _ context: ChannelContext) { (self.api, webhook) = (api, context.remembered(Memory.webhook)) }

    func step(_ input: StepInput) -> ChannelStep {
        guard let webhook else { return .result(.disconnected) }
        switch input {
        case .start: return .request(api.unregister(WebhookAddress(webhook).body), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = AvitoAnswer(response)
            switch answer {
            case .ok: return Self.done
            // It is not registered, or the tariff lets nobody take it back: then nothing is delivered either.
            case .error(let error) where [400, 402, 404].contains(error.code): return Self.done
            case .error, .unreadable: return ChannelFailure(answer).step
            }
        }
    }

    private static let done = ChannelStep.result(.disconnected, remember: [Remembered(Memory.webhook, nil)])

    /// Keys that Avito refuses can take nothing back: that is as disconnected as it gets.
    static func judged(_ step: ChannelStep) -> ChannelStep {
        guard case .result(.failed(let failure), _) = step, case .reconnectNeeded = failure.kind else { return step }
        return done
    }
}
