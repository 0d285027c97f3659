import ChannelKit

/// Whether the token still works and updates still reach us. MAX ends a subscription after eight hours of failed deliveries.
struct HealthCheck {
    private let api: BotAPI
    private let webhook: String?

    init(_ api: BotAPI, webhook: String?) { (self.api, self.webhook) = (api, webhook) }

    func step(_ state: JSON?, _ input: StepInput) -> ChannelStep {
        guard case .response(let response) = input else {
            if case .start = input { return .request(api.me, state: ["at": "identity"]) }
            return ChannelFailure.silence
        }
        let answer = BotAnswer(response)
        guard case .ok(let result) = answer else {
            let failure = ChannelFailure(answer)
            guard case .reconnectNeeded = failure.kind else { return failure.step }
            return .result(.health(ChannelHealth(.broken, reason: failure.reason)))
        }
        guard state?["at"]?.string == "subscriptions" else {
            guard let account = ChannelAccount(bot: result) else { return ChannelFailure.oddAnswer.step }
            return .request(api.subscriptions, state: ["at": "subscriptions", "account": account.stored])
        }
        let account = state?["account"].flatMap(ChannelAccount.init(stored:))
        let (condition, reason) = assess(Subscription.all(in: result))
        return .result(.health(ChannelHealth(condition, account: account, reason: reason)))
    }

    private func assess(_ subscriptions: [Subscription]) -> (ChannelHealth.State, Reason?) {
        // While anybody is subscribed, polling brings nothing.
        guard let webhook else { return subscriptions.isEmpty ? (.healthy, nil) : (.broken, .webhookElsewhere) }
        guard let ours = subscriptions.first(where: { $0.address == webhook }) else { return (.broken, .webhookElsewhere) }
        let isComplete = ours.updates.map { Set(BotAPI.updates).isSubset(of: $0) } ?? true
        return isComplete ? (.healthy, nil) : (.degraded, .updatesMissing)
    }
}
