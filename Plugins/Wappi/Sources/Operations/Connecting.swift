import ChannelKit

/// Finds the profile, then has its events delivered, or stops that for polling. An account that is signed out needs `SigningIn` first.
struct Connecting {
    /// Which answer comes next.
    enum Stage: String { case status, address, types }

    private let context: ChannelContext
    private let webhook: String?

    init(_ context: ChannelContext, webhook: String?) { (self.context, self.webhook) = (context, webhook) }

    func step(_ state: JSON?, _ input: StepInput) -> ChannelStep {
        guard case .response(let response) = input else {
            guard case .start = input else { return ChannelFailure.silence }
            guard let first = ProfilePlatforms(context).candidates.first else { return .failed(.permanent, .wrongPlatform) }
            return askStatus(first)
        }
        guard let stage = state?["at"]?.string.flatMap(Stage.init),
            let platform = state?["platform"]?.string.flatMap(Platform.init(rawValue:))
        else { return ChannelFailure.silence }
        let attempt = ConnectAttempt(context, webhook, WappiAPI(context, platform), state?["account"] ?? .null)
        switch (Answer(response), stage) {
        case (.done(let object), .status): return attempt.found(ProfileStatus(object))
        case (.done(let object), _): return attempt.continued(stage, object)
        case (.refused(let refusal), .status) where refusal.isWrongPlatform: return another(platform)
        case (.refused(let refusal), _) where refusal.code == 400 || refusal.code == 200: return attempt.refused(stage, refusal)
        case (let answer, _): return ChannelFailure(answer).step
        }
    }

    private func askStatus(_ platform: Platform) -> ChannelStep {
        .request(
            WappiAPI(context, platform).get("/sync/get/status"), state: ["at": "status", "platform": .string(platform.rawValue)])
    }

    /// The profile is of another messenger.
    private func another(_ platform: Platform) -> ChannelStep {
        guard let next = ProfilePlatforms(context).after(platform) else { return .failed(.reconnectNeeded, .wrongPlatform) }
        return askStatus(next)
    }
}

/// The steps after the profile has been found.
struct ConnectAttempt {
    private let context: ChannelContext
    private let webhook: String?
    private let api: WappiAPI
    private let account: JSON

    init(_ context: ChannelContext, _ webhook: String?, _ api: WappiAPI, _ account: JSON) {
        (self.context, self.webhook, self.api, self.account) = (context, webhook, api, account)
    }

    func found(_ status: ProfileStatus) -> ChannelStep {
        let known = ConnectAttempt(context, webhook, api, status.account(api.profile, api.platform).state)
        let remember = [Remembered(Memory.platform, api.platform.rawValue)]
        let step = status.isSignedIn ? known.subscribe() : .failed(.reconnectNeeded, .signedOut)
        switch step {
        case .request(let request, let state, _): return .request(request, state: state, remember: remember)
        case .result(let result, _): return .result(result, remember: remember)
        }
    }

    func continued(_ stage: Connecting.Stage, _ answer: JSON.Object) -> ChannelStep {
        switch stage {
        case .status, .types: return connected
        case .address:
            guard webhook != nil else { return connected }
            return request(api.post("/webhook/types/set", [], .array(api.platform.webhookTypes.map(JSON.string))), .types)
        }
    }

    func refused(_ stage: Connecting.Stage, _ refusal: Refusal) -> ChannelStep {
        let general = ChannelFailure(refusal)
        switch stage {
        case .address, .types:
            guard case .permanent = general.kind else { return general.step }
            return .failed(.permanent, .badWebhook)
        case .status: return general.step
        }
    }

    private func subscribe() -> ChannelStep {
        request(webhook.map(api.setWebhook) ?? api.post("/webhook/url/delete"), .address)
    }

    private func request(_ request: HTTPRequest, _ stage: Connecting.Stage) -> ChannelStep {
        .request(
            request, state: ["at": .string(stage.rawValue), "platform": .string(api.platform.rawValue), "account": account])
    }

    private var connected: ChannelStep { .result(.connected(ChannelAccount(state: account, profile: api.profile))) }
}

/// Ends the deliveries. The account stays signed in at Wappi.
struct Disconnecting {
    private let api: WappiAPI

    init(_ api: WappiAPI) { self.api = api }

    func step(_ input: StepInput) -> ChannelStep {
        switch input {
        case .start: return .request(api.post("/webhook/url/delete"), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = Answer(response)
            if case .done = answer { return .result(.disconnected) }
            // A profile that is gone, or whose token is dead, delivers nothing that we could stop.
            if case .refused(let refusal) = answer, refusal.code == 401 || refusal.isUnknownProfile {
                return .result(.disconnected)
            }
            return ChannelFailure(answer).step
        }
    }
}

extension ChannelAccount {
    var state: JSON {
        var object = JSON.Object(reserving: 3)
        object.add("name", name)
        object.add("username", username)
        object.add("url", url)
        return .object(object)
    }

    init(state: JSON, profile: String) {
        self.init(
            id: profile, name: state["name"]?.string ?? profile, username: state["username"]?.string, url: state["url"]?.string)
    }
}
