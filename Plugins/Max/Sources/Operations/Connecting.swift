import ChannelKit

/// Checks the token, then subscribes to updates, or ends all subscriptions so that polling works.
struct Connecting {
    private let api: BotAPI
    private let webhook: String?
    /// The subscription made by an earlier connection.
    private let earlier: String?

    init(_ api: BotAPI, _ context: ChannelContext, webhook: String?) {
        (self.api, self.webhook, earlier) = (api, webhook, context.remembered(Memory.webhook))
    }

    func step(_ state: JSON?, _ input: StepInput) -> ChannelStep {
        if case .start = input { return .request(api.me, state: ["at": "identity"]) }
        let account = state?["account"].flatMap(ChannelAccount.init(stored:))
        // The new subscription stands, whatever became of the old one.
        if let account, state?["at"]?.string == "replacing" { return .result(.connected(account)) }
        guard case .response(let response) = input else { return ChannelFailure.silence }
        let answer = BotAnswer(response)
        if state?["at"]?.string == "identity" { return identified(answer) }
        guard let account else { return ChannelFailure.oddAnswer.step }
        switch state?["at"]?.string {
        case "subscription": return subscribed(answer, account)
        case "listing":
            guard case .ok(let result) = answer else { return ChannelFailure(answer).step }
            return clear(Subscription.all(in: result).map(\.address), account)
        default: return cleared(answer, state, account)
        }
    }

    private func identified(_ answer: BotAnswer) -> ChannelStep {
        guard case .ok(let result) = answer else { return ChannelFailure(answer).step }
        guard let account = ChannelAccount(bot: result) else { return ChannelFailure.oddAnswer.step }
        let remember = [Remembered(Memory.botID, account.id)]
        guard let webhook else {
            return .request(api.subscriptions, state: ["at": "listing", "account": account.stored], remember: remember)
        }
        return .request(
            api.subscribe(webhook), state: ["at": "subscription", "account": account.stored], remember: remember)
    }

    private func subscribed(_ answer: BotAnswer, _ account: ChannelAccount) -> ChannelStep {
        switch answer {
        case .ok:
            let remember = [Remembered(Memory.webhook, webhook)]
            guard let earlier, earlier != webhook else { return .result(.connected(account), remember: remember) }
            return .request(
                api.unsubscribe(earlier), state: ["at": "replacing", "account": account.stored], remember: remember)
        case .error(let error) where error.status == 400 || error.status == 200:
            return .failed(.permanent, .badWebhook)
        case .error, .unreadable: return ChannelFailure(answer).step
        }
    }

    /// Ends one subscription after the other.
    private func clear(_ addresses: [String], _ account: ChannelAccount) -> ChannelStep {
        guard let address = addresses.first else {
            return .result(.connected(account), remember: [Remembered(Memory.webhook, nil)])
        }
        return .request(
            api.unsubscribe(address),
            state: [
                "at": "clearing", "account": account.stored, "left": .array(addresses.dropFirst().map(JSON.string)),
            ])
    }

    private func cleared(_ answer: BotAnswer, _ state: JSON?, _ account: ChannelAccount) -> ChannelStep {
        switch answer {
        case .error(let error) where !error.isGone: return ChannelFailure(error).step
        case .unreadable: return ChannelFailure(answer).step
        case .ok, .error: return clear(state?["left"]?.texts ?? [], account)
        }
    }
}

/// Ends the subscription that `Connecting` made. Those of other programs stay.
struct Disconnecting {
    private let api: BotAPI
    private let webhook: String?

    init(_ api: BotAPI, _ context: ChannelContext) { (self.api, webhook) = (api, context.remembered(Memory.webhook)) }

    func step(_ input: StepInput) -> ChannelStep {
        guard let webhook else { return .result(.disconnected) }
        switch input {
        case .start: return .request(api.unsubscribe(webhook), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = BotAnswer(response)
            let forget = [Remembered(Memory.webhook, nil)]
            if case .ok = answer { return .result(.disconnected, remember: forget) }
            // A dead token receives nothing any more: that is as disconnected as it gets.
            if case .error(let error) = answer, error.isGone || error.status == 401 || error.isAboutToken {
                return .result(.disconnected, remember: forget)
            }
            return ChannelFailure(answer).step
        }
    }
}

/// Where MAX sends a bot's updates.
struct Subscription {
    let address: String
    /// Nil: all.
    let updates: Set<String>?

    static func all(in answer: JSON.Object) -> [Subscription] {
        // Far more than a bot can have, and few enough for a state.
        (answer["subscriptions"]?.array ?? []).prefix(10).compactMap { value in
            guard let address = value["url"]?.string, address.utf8.count <= 2_048 else { return nil }
            let updates = value["update_types"]?.texts ?? []
            return Subscription(address: address, updates: updates.isEmpty ? nil : Set(updates))
        }
    }
}

extension BotError {
    /// There is no such subscription.
    fileprivate var isGone: Bool { status == 404 || status == 200 }
}

extension ChannelAccount {
    /// From the answer of `GET /me`.
    init?(bot: JSON.Object) {
        guard let id = bot["user_id"]?.int, bot["is_bot"]?.bool == true else { return nil }
        let username = bot["username"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        let names = [bot["first_name"]?.string, bot["name"]?.string, username].compactMap(\.self)
        let name = names.first { !$0.isEmpty } ?? String(id)
        let limit = TextLimit(512, .utf8)
        self.init(
            id: String(id), name: limit.truncated(name), username: username.map(limit.truncated),
            url: username.map { "https://max.ru/\(PercentEncoding.encoded(limit.truncated($0)))" })
    }

    init?(stored: JSON) {
        guard let id = stored["id"]?.string, let name = stored["name"]?.string else { return nil }
        self.init(id: id, name: name, username: stored["username"]?.string, url: stored["url"]?.string)
    }

    var stored: JSON {
        var object = JSON.Object(reserving: 4)
        object.add("id", id)
        object.add("name", name)
        object.add("username", username)
        object.add("url", url)
        return .object(object)
    }
}
