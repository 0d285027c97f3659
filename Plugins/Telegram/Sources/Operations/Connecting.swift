import ChannelKit

/// Checks the token, then subscribes to updates, or ends a subscription so that polling works.
struct Connecting {
    private let api: BotAPI
    private let webhook: String?

    init(_ api: BotAPI, webhook: String?) { (self.api, self.webhook) = (api, webhook) }

    func step(_ state: JSON?, _ input: StepInput) -> ChannelStep {
        guard case .response(let response) = input else {
            if case .start = input { return .request(api.call("getMe"), state: ["at": "identity"]) }
            return ChannelFailure.silence
        }
        let answer = BotAnswer(response)
        guard case .ok(let result) = answer else { return failed(answer, state) }
        guard let state, state["at"]?.string == "subscription" else {
            guard let account = ChannelAccount(bot: result) else { return ChannelFailure(answer).step }
            let request = webhook.map(api.setWebhook) ?? api.deleteWebhook()
            return .request(
                request, state: ["at": "subscription", "account": result],
                remember: [Remembered(Memory.botID, account.id)])
        }
        guard let account = state["account"].flatMap(ChannelAccount.init(bot:)) else { return ChannelFailure(answer).step }
        return .result(.connected(account))
    }

    private func failed(_ answer: BotAnswer, _ state: JSON?) -> ChannelStep {
        guard case .error(let error) = answer, error.code == 400, state?["at"]?.string == "subscription" else {
            return ChannelFailure(answer).step
        }
        return .failed(.permanent, .badWebhook)
    }
}

/// Ends the subscription. Messages that wait at Telegram stay there for a day.
struct Disconnecting {
    private let api: BotAPI

    init(_ api: BotAPI) { self.api = api }

    func step(_ input: StepInput) -> ChannelStep {
        switch input {
        case .start: return .request(api.deleteWebhook(), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = BotAnswer(response)
            if case .ok = answer { return .result(.disconnected) }
            // A dead token receives nothing any more: that is as disconnected as it gets.
            if case .error(let error) = answer, error.code == 401 { return .result(.disconnected) }
            return ChannelFailure(answer).step
        }
    }
}

extension BotAPI {
    func deleteWebhook() -> HTTPRequest {
        var parameters = JSON.Object()
        parameters.add("drop_pending_updates", false)
        return call("deleteWebhook", parameters)
    }
}

extension ChannelAccount {
    /// From the `User` that `getMe` returns.
    init?(bot: JSON) {
        guard let id = bot["id"]?.int, bot["is_bot"]?.bool == true else { return nil }
        let username = bot["username"]?.string
        self.init(
            id: String(id), name: bot["first_name"]?.string ?? username ?? String(id), username: username,
            url: username.map { "https://t.me/\($0)" })
    }
}
