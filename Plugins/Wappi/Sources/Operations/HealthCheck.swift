import ChannelKit

/// Whether the account is signed in, paid for, reachable, and its events come here. A profile can be dead without any webhook
/// saying so; restarts take minutes, so an alarm is for several bad checks in a row.
struct HealthCheck {
    private let api: WappiAPI
    private let context: ChannelContext
    private let webhook: String?

    init(_ api: WappiAPI, _ context: ChannelContext, webhook: String?) {
        (self.api, self.context, self.webhook) = (api, context, webhook)
    }

    func step(_ state: JSON?, _ input: StepInput) -> ChannelStep {
        guard case .response(let response) = input else {
            if case .start = input { return .request(api.get("/sync/get/status"), state: ["at": "status"]) }
            return ChannelFailure.silence
        }
        let answer = Answer(response)
        guard case .done(let object) = answer else {
            let failure = ChannelFailure(answer)
            guard case .reconnectNeeded = failure.kind else { return failure.step }
            return .result(.health(ChannelHealth(.broken, reason: failure.reason)))
        }
        guard state?["at"]?.string == "address", let earlier = state?["status"]?.object else { return first(object) }
        return .result(.health(assess(ProfileStatus(earlier), registered: object.text("url") ?? "")))
    }

    private func first(_ object: JSON.Object) -> ChannelStep {
        let status = ProfileStatus(object)
        // Some profiles leave the address out of their status: it has a call of its own.
        guard webhook != nil, status.webhook == nil, JSON.object(object).text.utf8.count < 60_000 else {
            return .result(.health(assess(status, registered: status.webhook ?? "")))
        }
        return .request(api.get("/webhook/url/get"), state: ["at": "address", "status": .object(object)])
    }

    private func assess(_ status: ProfileStatus, registered: String) -> ChannelHealth {
        var health = ChannelHealth(.healthy, account: status.account(api.profile, api.platform))
        health.detail = status.appStatus.map { String($0.prefix(300)) }
        (health.state, health.reason) = judgement(status, registered)
        return health
    }

    /// The worst first.
    private func judgement(_ status: ProfileStatus, _ registered: String) -> (ChannelHealth.State, Reason?) {
        if let end = status.paidUntil, end <= context.now { return (.broken, .unpaid) }
        if !status.isSignedIn { return (.broken, .signedOut) }
        if let webhook {
            let expected = WappiAPI.withKey(webhook) + (context.setting(Setting.webhookSecret) ?? "")
            if registered != expected { return (.broken, .webhookElsewhere) }
            if let types = status.webhookTypes {
                if !types.contains("incoming_message") { return (.broken, .typesMissing) }
                if !types.isSuperset(of: api.platform.webhookTypes) { return (.degraded, .typesMissing) }
            }
        }
        if !status.isOpen { return (.degraded, .phoneOffline) }
        if let end = status.paidUntil, end.saturatingSubtracting(3 * Milliseconds.day) <= context.now {
            return (.degraded, .paymentDue)
        }
        return (.healthy, nil)
    }
}
