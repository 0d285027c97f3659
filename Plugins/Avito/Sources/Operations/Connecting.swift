import ChannelKit

/// Proves the keys, learns who we are, registers the webhook and takes back addresses of ours that are no longer valid: Avito
/// would go on delivering to each of them.
struct Connecting {
    private enum Moment: String { case identity, register, list, clean }
    /// Stale addresses taken back in one connection.
    private static let rounds: Int64 = 4
    private let api: AvitoAPI
    private let webhook: String?
    private let context: ChannelContext

    init(_ api: AvitoAPI, webhook: String?, _ context: ChannelContext) {
        (self.api, self.webhook, self.context) = (api, webhook, context)
    }

    /// What lies between two requests: where we are, who we are, and the address registered before.
    private struct Notes {
        var moment = Moment.identity
        var account: JSON = .null
        var previous: String?
        var round: Int64 = 0

        init(_ state: JSON?) {
            moment = state?["at"]?.string.flatMap(Moment.init) ?? .identity
            account = state?["account"] ?? .null
            previous = state?["previous"]?.string
            round = state?["round"]?.int ?? 0
        }

        var json: JSON {
            var object = JSON.Object()
            object.add("at", moment.rawValue)
            object.add("account", account)
            object.add("previous", previous)
            object.add("round", round)
            return .object(object)
        }
    }

    func step(_ state: JSON?, _ input: StepInput) -> ChannelStep {
        let notes = Notes(state)
        switch input {
        case .start: return perform(notes)
        case .notSent, .unknown:
            return notes.moment == .clean || notes.moment == .list ? connected(notes) : ChannelFailure.silence
        case .response(let response): return read(AvitoAnswer(response), notes)
        }
    }

    private func perform(_ notes: Notes) -> ChannelStep {
        switch notes.moment {
        case .identity: return .request(api.myself(), state: notes.json)
        case .register:
            guard let webhook else { return list(notes) }
            // Remembered before it is registered, so that it can be taken back whatever happens then.
            return .request(
                api.register(WebhookAddress(webhook)), state: notes.json, remember: [Remembered(Memory.webhook, webhook)])
        case .list, .clean: return list(notes)
        }
    }

    private func read(_ answer: AvitoAnswer, _ notes: Notes) -> ChannelStep {
        var notes = notes
        switch (notes.moment, answer) {
        case (.identity, .ok(let result)):
            guard let account = ChannelAccount(avito: result) else { return ChannelFailure(answer).step }
            (notes.moment, notes.previous) = (.register, context.remembered(Memory.webhook))
            notes.account = account.avito
            return perform(notes).remembering([Remembered(Memory.user, account.id)])
        case (.register, .ok): return list(notes)
        case (.register, .error(let error)) where error.code == 400: return .failed(.permanent, .badWebhook)
        case (.list, .ok(let result)): return clean(result, notes)
        case (.clean, .ok): return list(notes)
        // What is left over does no harm: its deliveries are turned away or known already.
        case (.list, _), (.clean, _): return connected(notes)
        case (.identity, _), (.register, _): return ChannelFailure(answer).step
        }
    }

    private func list(_ notes: Notes) -> ChannelStep {
        guard webhook != nil || notes.previous != nil, notes.round < Self.rounds else { return connected(notes) }
        var notes = notes
        notes.moment = .list
        return .request(api.subscriptions(), state: notes.json)
    }

    /// Takes back the first stale address. Other programs' subscriptions stay.
    private func clean(_ result: JSON, _ notes: Notes) -> ChannelStep {
        let current = webhook.map(WebhookAddress.init)
        let ours = [current, notes.previous.map(WebhookAddress.init)].compactMap(\.self)
        let stale = Subscriptions.urls(result).first { url in
            ours.contains { $0.isSame(url) } && !(current?.isCurrent(url, context) ?? false)
        }
        guard let stale else { return connected(notes) }
        var notes = notes
        (notes.moment, notes.round) = (.clean, notes.round + 1)
        let body = RequestTemplate([.text(JSON.object(JSON.Object([JSON.Member(key: "url", value: .string(stale))])).text)])
        return .request(api.unregister(body), state: notes.json)
    }

    private func connected(_ notes: Notes) -> ChannelStep {
        guard let account = ChannelAccount(avito: notes.account) else { return ChannelFailure.silence }
        return .result(.connected(account), remember: webhook == nil ? [Remembered(Memory.webhook, nil)] : [])
    }
}

/// The addresses that Avito delivers to.
enum Subscriptions {
    static func urls(_ result: JSON) -> [String] {
        (result["subscriptions"]?.array ?? []).compactMap { $0["url"]?.string ?? $0.string }
    }
}
