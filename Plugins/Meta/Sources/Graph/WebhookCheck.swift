import ChannelKit

/// Whether a request comes from Meta: a challenge that names our verify token, or a body signed with the app's secret.
struct WebhookCheck {
    static let header = "x-hub-signature-256"
    private let request: WebhookRequest
    private let context: ChannelContext

    init(_ request: WebhookRequest, _ context: ChannelContext) { (self.request, self.context) = (request, context) }

    var verification: Verification {
        guard request.path.isEmpty else {
            return SignedRequest(request, context) != nil ? .accepted : .rejected(WebhookAnswer(status: 403))
        }
        return switch request.method {
        case "GET": challenge != nil ? .accepted : .rejected(WebhookAnswer(status: 403))
        case "POST": isSigned ? .accepted : .rejected(WebhookAnswer(status: 403))
        default: .rejected(WebhookAnswer(status: 405))
        }
    }

    /// What to give back for `hub.challenge`; nil when the question is not Meta's.
    var challenge: String? {
        guard request.method == "GET", request.query("hub.mode") == "subscribe",
            isSameSecret(request.query("hub.verify_token"), context.setting(Setting.verifyToken)),
            let challenge = request.query("hub.challenge"), (1...256).contains(challenge.utf8.count),
            challenge.utf8.allSatisfy(PercentEncoding.isUnreserved)
        else { return nil }
        return challenge
    }

    /// Over the bytes as they came: Meta signs its own spelling of non-ASCII text.
    private var isSigned: Bool {
        guard let given = request.header(Self.header) else { return false }
        // Both secrets are always tried, so that the time does not tell which one matched.
        let matches = [Setting.appSecret, Setting.instagramAppSecret].map { name -> Bool in
            isSignature(given, of: request.body, key: context.setting(name), prefix: "sha256=")
        }
        return matches.contains(true)
    }
}
