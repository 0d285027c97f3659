import ChannelKit

/// Whether the token still works and updates still reach us.
struct HealthCheck {
    private let api: BotAPI
    private let webhook: String?
    private let now: Int64

    init(_ api: BotAPI, webhook: String?, now: Int64) { (self.api, self.webhook, self.now) = (api, webhook, now) }

    func step(_ state: JSON?, _ input: StepInput) -> ChannelStep {
        guard case .response(let response) = input else {
            if case .start = input { return .request(api.call("getMe"), state: ["at": "identity"]) }
            return ChannelFailure.silence
        }
        let answer = BotAnswer(response)
        guard case .ok(let result) = answer else {
            let failure = ChannelFailure(answer)
            guard case .reconnectNeeded = failure.kind else { return failure.step }
            return .result(.health(ChannelHealth(.broken, reason: failure.reason)))
        }
        guard let state, state["at"]?.string == "subscription" else {
            return .request(api.call("getWebhookInfo"), state: ["at": "subscription", "account": result])
        }
        return .result(.health(assess(result, state["account"].flatMap(ChannelAccount.init(bot:)))))
    }

    private func assess(_ info: JSON, _ account: ChannelAccount?) -> ChannelHealth {
        var health = ChannelHealth(.healthy, account: account)
        health.pending = info["pending_update_count"]?.natural
        health.detail = info["last_error_message"]?.string.map { String($0.prefix(300)) }
        if (info["url"]?.string ?? "") != (webhook ?? "") {
            (health.state, health.reason) = (.broken, .webhookElsewhere)
            return health
        }
        guard webhook != nil else { return health }
        let subscribed = Set((info["allowed_updates"]?.array ?? []).compactMap(\.string))
        if !Set(BotAPI.updates.compactMap(\.string)).isSubset(of: subscribed) {
            (health.state, health.reason) = (.degraded, .updatesMissing)
        }
        let failedAt = info["last_error_date"]?.int.map(Milliseconds.ofSeconds)
        if let failedAt, failedAt > now.saturatingSubtracting(600_000), (health.pending ?? 0) > 0 {
            (health.state, health.reason) = (.degraded, .webhookFailing)
        }
        return health
    }
}
