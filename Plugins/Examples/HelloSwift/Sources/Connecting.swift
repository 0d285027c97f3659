import ChannelKit

/// Checks the token, then tells the messenger our address and the secret to sign with.
struct Connecting {
    private let api: HelloAPI
    private let webhook: String?

    init(_ api: HelloAPI, _ webhook: String?) { (self.api, self.webhook) = (api, webhook) }

    func step(_ state: JSON?, _ input: StepInput) -> ChannelStep {
        switch input {
        case .start: return .request(api.request("GET", "/me"), state: ["at": "identity"])
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = HelloAnswer(response)
            guard case .ok(let result) = answer else { return ChannelFailure(answer).step }
            let isRegistered = state?["at"]?.string == "webhook"
            guard let account = ChannelAccount(hello: isRegistered ? state?["account"] : result) else {
                return ChannelFailure(answer).step
            }
            guard !isRegistered, let webhook else { return .result(.connected(account)) }
            var body = JSON.Object()
            body.add("url", webhook)
            return .request(
                api.request("PUT", "/webhook", .json(RequestTemplate(body, member: "secret", secret: Setting.secret))),
                state: ["at": "webhook", "account": ["id": .string(account.id), "name": .string(account.name)]])
        }
    }
}

/// Ends the deliveries.
struct Disconnecting {
    private let api: HelloAPI

    init(_ api: HelloAPI) { self.api = api }

    func step(_ input: StepInput) -> ChannelStep {
        switch input {
        case .start: return .request(api.request("DELETE", "/webhook"), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            switch HelloAnswer(response) {
            // A dead token receives nothing any more: that is as disconnected as it gets.
            case .ok, .refused(401, _), .refused(404, _): return .result(.disconnected)
            case let answer: return ChannelFailure(answer).step
            }
        }
    }
}

/// Whether the token still works. What only the owner can repair is a finding, not a failure of the check.
struct HealthCheck {
    private let api: HelloAPI

    init(_ api: HelloAPI) { self.api = api }

    func step(_ input: StepInput) -> ChannelStep {
        switch input {
        case .start: return .request(api.request("GET", "/me"), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = HelloAnswer(response)
            if case .ok(let result) = answer, let account = ChannelAccount(hello: result) {
                return .result(.health(ChannelHealth(.healthy, account: account)))
            }
            let failure = ChannelFailure(answer)
            guard case .reconnectNeeded = failure.kind else { return failure.step }
            return .result(.health(ChannelHealth(.broken, reason: failure.reason)))
        }
    }
}

extension ChannelAccount {
    /// From `{"id", "name"}`; nil when it names nobody.
    fileprivate init?(hello value: JSON?) {
        guard let id = value?["id"]?.identifier(upTo: HelloLimit.identifierBytes) else { return nil }
        self.init(id: id, name: value?["name"]?.words(upTo: 900) ?? id)
    }
}
