import ChannelKit

/// Whether the token works, events are subscribed to, and how long the token will live.
struct HealthCheck {
    private static let week: Int64 = 7 * Milliseconds.day
    /// An Instagram token is renewed when less than this is left of it.
    private static let month: Int64 = 30 * Milliseconds.day
    private let api: GraphAPI
    private let context: ChannelContext

    init(_ api: GraphAPI, _ context: ChannelContext) { (self.api, self.context) = (api, context) }

    func step(_ state: JSON?, _ input: StepInput) -> ChannelStep {
        guard case .response(let response) = input else {
            if case .start = input { return .request(api.identity(), state: ["at": "identity"]) }
            return ChannelFailure.silence
        }
        let answer = GraphAnswer(response)
        switch state?["at"]?.string {
        case "subscription": return subscribed(answer, state)
        case "token": return .result(.health(health(state, tokenProblem(answer))))
        case "renewal": return renewed(answer, state)
        default: return identified(answer)
        }
    }

    private func identified(_ answer: GraphAnswer) -> ChannelStep {
        guard case .ok(let result) = answer else { return failed(answer) }
        guard Identity(result, api.transport) != nil else {
            return .result(
                .health(ChannelHealth(.broken, reason: api.transport == .instagramPage ? .noInstagramAccount : .badToken)))
        }
        return .request(
            api.request("GET", "\(api.node)/subscribed_apps"), state: ["at": "subscription", "account": Identity.carried(result)])
    }

    /// A refusal that the owner must act on is a finding; anything else says nothing about the channel.
    private func failed(_ answer: GraphAnswer) -> ChannelStep {
        let failure = ChannelFailure(answer)
        guard case .reconnectNeeded = failure.kind else { return failure.step }
        return .result(.health(ChannelHealth(.broken, reason: failure.reason)))
    }

    private func subscribed(_ answer: GraphAnswer, _ state: JSON?) -> ChannelStep {
        guard case .ok(let result) = answer else { return failed(answer) }
        let problem = subscriptionProblem(result)
        var next = JSON.Object()
        next.add("account", state?["account"])
        next.add("problem", problem.map { .string($0.reason.code) })
        if let check = api.tokenCheck() {
            next.add("at", "token")
            return .request(check, state: .object(next))
        }
        if needsRenewal {
            next.add("at", "renewal")
            return .request(api.renewal(), state: .object(next))
        }
        return .result(.health(health(.object(next), nil)))
    }

    private var needsRenewal: Bool {
        guard api.transport == .instagramLogin else { return false }
        guard api.usesRenewedToken, let end = context.expiry(of: Memory.renewedToken) else { return true }
        return remaining(until: end) < Self.month
    }

    private func remaining(until end: Int64) -> Int64 { end.saturatingSubtracting(context.now) }

    private typealias Problem = (state: ChannelHealth.State, reason: Reason)

    private func subscriptionProblem(_ result: JSON) -> Problem? {
        let apps = (result["data"]?.array ?? []).filter { app in
            guard let own = api.appID, let id = app["id"]?.identifier else { return true }
            return id == own
        }
        guard !apps.isEmpty else { return (.broken, .notSubscribed) }
        // Instagram does not list fields for each account; where they are listed, the needed ones must be there.
        let lists = apps.compactMap { $0["subscribed_fields"]?.array }
        guard !lists.isEmpty else { return nil }
        let fields = Set(lists.flatMap(\.self).compactMap { $0.string ?? $0["name"]?.string })
        if fields.isDisjoint(with: ["messages"]) { return (.broken, .notSubscribed) }
        return Set(Transport.neededFields).isSubset(of: fields) ? nil : (.degraded, .fieldsMissing)
    }

    private func tokenProblem(_ answer: GraphAnswer) -> Problem? {
        // The app's id or secret may be wrong: that hinders nothing but this question.
        guard case .ok(let result) = answer, let data = result["data"] else { return nil }
        if data["is_valid"]?.bool == false { return (.broken, .badToken) }
        let ends = ["expires_at", "data_access_expires_at"].compactMap { data[$0]?.wholeNumber }.filter { $0 > 0 }
        guard let end = ends.min().map(Milliseconds.ofSeconds), remaining(until: end) < Self.week else { return nil }
        return (.degraded, .tokenEnding)
    }

    private func renewed(_ answer: GraphAnswer, _ state: JSON?) -> ChannelStep {
        if case .ok(let result) = answer, let token = RenewedToken(result, now: context.now) {
            return .result(.health(health(state, nil)), remember: [token.remembered])
        }
        let end = api.usesRenewedToken ? context.expiry(of: Memory.renewedToken) : nil
        let isEnding = end.map { remaining(until: $0) < Self.week } ?? false
        return .result(.health(health(state, isEnding ? (.degraded, .tokenEnding) : nil)))
    }

    private func health(_ state: JSON?, _ token: Problem?) -> ChannelHealth {
        let problems: [Problem] = [(.broken, .notSubscribed), (.degraded, .fieldsMissing)]
        let subscription = problems.first { $0.reason.code == state?["problem"]?.string }
        let account = state?["account"].flatMap { Identity($0, api.transport)?.account }
        guard let worst = token?.state == .broken ? token : subscription ?? token else {
            return ChannelHealth(.healthy, account: account)
        }
        return ChannelHealth(worst.state, account: account, reason: worst.reason)
    }
}
