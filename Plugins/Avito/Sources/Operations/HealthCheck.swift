import ChannelKit

/// Whether the keys still work, messages still reach us, and the tariff still lets us read them.
struct HealthCheck {
    private enum Moment: String { case identity, subscriptions, chats }
    private let api: AvitoAPI
    private let webhook: String?
    private let context: ChannelContext

    init(_ api: AvitoAPI, webhook: String?, _ context: ChannelContext) {
        (self.api, self.webhook, self.context) = (api, webhook, context)
    }

    func step(_ state: JSON?, _ input: StepInput) -> ChannelStep {
        let moment = state?["at"]?.string.flatMap(Moment.init) ?? .identity
        let account = state?["account"].flatMap(ChannelAccount.init(avito:))
        switch input {
        case .start: return ask(moment, account)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = AvitoAnswer(response)
            guard case .ok(let result) = answer else { return ChannelFailure(answer).step }
            switch moment {
            case .identity:
                guard let account = ChannelAccount(avito: result) else { return ChannelFailure.unexpected }
                return ask(webhook == nil ? .chats : .subscriptions, account)
            case .subscriptions:
                // With an older key everything that arrives is turned away.
                guard let webhook, Subscriptions.urls(result).contains(where: { WebhookAddress(webhook).isCurrent($0, context) })
                else { return broken(.webhookMissing, account) }
                return ask(.chats, account)
            case .chats: return judge(result, account)
            }
        }
    }

    private func ask(_ moment: Moment, _ account: ChannelAccount?) -> ChannelStep {
        guard moment != .identity, let account, let user = Int64(account.id) else {
            return .request(api.myself(), state: ["at": .string(Moment.identity.rawValue)])
        }
        let state: JSON = ["at": .string(moment.rawValue), "account": account.avito]
        guard moment == .chats else { return .request(api.subscriptions(), state: state) }
        return .request(MessengerAPI(api: api, user: user).chats(limit: 10, offset: 0), state: state)
    }

    private func judge(_ result: JSON, _ account: ChannelAccount?) -> ChannelStep {
        let isHidden = (result["chats"]?.array ?? []).contains { chat in
            chat["last_message"]?.object.map { MessageContent($0).isSubscriptionStub } ?? false
        }
        if isHidden { return broken(.subscriptionRequired, account) }
        return .result(.health(ChannelHealth(.healthy, account: account)))
    }

    private func broken(_ reason: Reason, _ account: ChannelAccount?) -> ChannelStep {
        .result(.health(ChannelHealth(.broken, account: account, reason: reason)))
    }

    /// What only the owner can repair is a finding, not a failure of the check.
    static func judged(_ step: ChannelStep) -> ChannelStep {
        guard case .result(.failed(let failure), let remember) = step else { return step }
        switch failure.kind {
        case .reconnectNeeded: break
        case .retry where failure.reason.code == Reason.subscriptionRequired.code: break
        default: return step
        }
        return .result(.health(ChannelHealth(.broken, reason: failure.reason)), remember: remember)
    }
}
