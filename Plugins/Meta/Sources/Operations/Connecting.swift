import ChannelKit

/// Checks the token, learns whose it is, registers the webhook where the app is known, and subscribes the account to it.
///
/// It starts with the token that was entered, so that a new one replaces what had been renewed from an old one.
struct Connecting {
    private let api: GraphAPI
    private let context: ChannelContext
    private let webhook: String?

    init(_ api: GraphAPI, _ context: ChannelContext, webhook: String?) {
        (self.api, self.context, self.webhook) = (api, context, webhook)
    }

    func step(_ state: JSON?, _ input: StepInput) -> ChannelStep {
        let progress = Progress(state)
        switch input {
        case .start: return .request(api(progress).identity(), state: progress.json)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = GraphAnswer(response)
            switch progress.stage {
            case .identity: return identified(answer, progress)
            case .app: return registered(answer, progress)
            case .subscription: return subscribed(answer, progress)
            case .renewal: return renewed(answer, progress)
            }
        }
    }

    private func api(_ progress: Progress) -> GraphAPI { progress.usesRenewed ? api : api.withEnteredToken }

    private func identified(_ answer: GraphAnswer, _ progress: Progress) -> ChannelStep {
        var next = progress
        if case .error(let error) = answer, error.code == 190, !progress.usesRenewed, api.usesRenewedToken {
            next.usesRenewed = true
            return .request(api(next).identity(), state: next.json)
        }
        guard case .ok(let result) = answer else { return ChannelFailure(answer).step }
        guard let identity = Identity(result, api.transport) else {
            let isPageAlone = api.transport == .instagramPage && result["id"]?.identifier != nil
            return isPageAlone
                ? .failed(.permanent, .noInstagramAccount) : ChannelFailure(answer).step
        }
        next.account = Identity.carried(result)
        let memory = identity.remembered(api.transport)
        guard let webhook else { return finish(next, remember: memory) }
        if let request = api(next).appSubscription(webhook) {
            next.stage = .app
            return .request(request, state: next.json, remember: memory)
        }
        return subscribe(next, api.transport.subscribedFields, remember: memory)
    }

    private func registered(_ answer: GraphAnswer, _ progress: Progress) -> ChannelStep {
        guard case .error(let error) = answer else {
            guard case .ok = answer else { return ChannelFailure(answer).step }
            return subscribe(progress, api.transport.subscribedFields)
        }
        switch error.code {
        // The app's own token is its id and secret.
        case 101, 102, 190: return .failed(.permanent, .badApp)
        case 100, 2_200, 2_201: return .failed(.permanent, .badWebhook)
        default: return ChannelFailure(answer).step
        }
    }

    private func subscribe(_ progress: Progress, _ fields: [String], remember: [Remembered] = []) -> ChannelStep {
        var next = progress
        (next.stage, next.fields) = (.subscription, fields)
        let page = next.account?["id"]?.identifier
        let node = api.transport == .instagramLogin ? "me" : page ?? api.node
        let request = api(next).request("POST", "\(node)/subscribed_apps", [("subscribed_fields", fields.joined(separator: ","))])
        return .request(request, state: next.json, remember: remember)
    }

    private func subscribed(_ answer: GraphAnswer, _ progress: Progress) -> ChannelStep {
        if case .ok = answer { return finish(progress, remember: []) }
        guard case .error(let error) = answer, error.code == 100,
            let fewer = Self.allowed(progress.fields, error.message)
        else { return ChannelFailure(answer).step }
        return subscribe(progress, fewer)
    }

    /// Names of fields differ between Meta's pages; an error 100 lists those that exist. Nil when nothing is left to leave out.
    private static func allowed(_ fields: [String], _ message: String) -> [String]? {
        if let open = message.firstIndex(of: "{"), let close = message.lastIndex(of: "}"), open < close {
            let names = message[message.index(after: open)..<close].split { $0 == "," || $0.isWhitespace }.map(String.init)
            let known = fields.filter(names.contains)
            if !known.isEmpty, known.count < fields.count { return known }
        }
        return fields.count > Transport.neededFields.count ? Transport.neededFields : nil
    }

    /// An Instagram token lives for 60 days and is renewed while it does.
    private func finish(_ progress: Progress, remember: [Remembered]) -> ChannelStep {
        guard api.transport == .instagramLogin else { return connected(progress, remember) }
        var next = progress
        next.stage = .renewal
        return .request(api(next).renewal(), state: next.json, remember: remember)
    }

    private func renewed(_ answer: GraphAnswer, _ progress: Progress) -> ChannelStep {
        if case .ok(let result) = answer, let token = RenewedToken(result, now: context.now) {
            return connected(progress, [token.remembered])
        }
        // A token of less than a day cannot be renewed yet: no harm. One renewed from an older entry must not shadow it.
        let forget = !progress.usesRenewed && context.hasSecret(Memory.renewedToken)
        return connected(progress, forget ? [Remembered(Memory.renewedToken, nil, isSecret: true)] : [])
    }

    private func connected(_ progress: Progress, _ remember: [Remembered]) -> ChannelStep {
        guard let identity = progress.account.flatMap({ Identity($0, api.transport) }) else {
            return ChannelFailure.silence
        }
        return .result(.connected(identity.account), remember: remember)
    }

    /// How far connecting has come.
    private struct Progress {
        enum Stage: String { case identity, app, subscription, renewal }
        var stage: Stage
        var account: JSON?
        var fields: [String]
        var usesRenewed: Bool

        init(_ state: JSON?) {
            stage = state?["at"]?.string.flatMap(Stage.init) ?? .identity
            account = state?["account"]
            fields = state?["fields"]?.texts ?? []
            usesRenewed = state?["renewed"]?.bool ?? false
        }

        var json: JSON {
            var object = JSON.Object()
            object.add("at", stage.rawValue)
            object.add("account", account)
            object.add("fields", texts: fields)
            object.add("renewed", flag: usesRenewed)
            return .object(object)
        }
    }
}

extension GraphAPI {
    /// Registers the address for the whole app; nil when the app is not known. Meta asks the address back before it answers.
    fileprivate func appSubscription(_ webhook: String) -> HTTPRequest? {
        guard let appID else { return nil }
        let fields = transport.appFields.joined(separator: ",")
        let start =
            "object=\(transport.webhookObject)&callback_url=\(PercentEncoding.encoded(webhook))"
            + "&fields=\(PercentEncoding.encoded(fields))&include_values=true&access_token=\(appID)%7C"
        // App subscriptions live at Facebook, whatever the sign-in.
        let host = transport == .instagramLogin && base == transport.defaultBase ? Transport.messenger.defaultBase : base
        let address = url("\(appID)/subscriptions").dropFirst(base.count)
        var request = HTTPRequest("POST", RequestTemplate([.text(host + address)]))
        request.body = .formURLEncoded(
            RequestTemplate([
                .text(start), .secret(Setting.appSecret, .percent), .text("&verify_token="),
                .secret(Setting.verifyToken, .percent),
            ]))
        return request
    }
}
