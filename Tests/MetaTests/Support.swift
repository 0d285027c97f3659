import Kernel
import MetaPlugin
import PluginHost
import PluginTestSupport
import WireJSON

extension Loading {
    var facebook: any ChannelDriver { get throws { try driver(FacebookPlugin.table, "MetaFacebook") } }
    var instagram: any ChannelDriver { get throws { try driver(InstagramPlugin.table, "MetaInstagram") } }

    func channel(_ place: Place) throws -> any ChannelDriver { try place == .messenger ? facebook : instagram }
}

/// The three ways to a customer.
enum Place: CaseIterable {
    case messenger, instagramPage, instagramLogin

    var settings: [String: String] {
        switch self {
        case .messenger: [:]
        case .instagramPage: ["through_page": "true"]
        case .instagramLogin: ["instagram_app_secret": instagramAppSecret]
        }
    }

    var account: String { self == .messenger ? pageID : instagramID }
    var customer: String { self == .messenger ? psid : igsid }
    var object: String { self == .messenger ? "page" : "instagram" }
    var host: String { self == .instagramLogin ? "graph.instagram.com" : "graph.facebook.com" }
}

let now = Instant(seconds: 1_781_512_000)
let appSecret = "3f1d0b6c9a8e47d2b5c4e1f0a9b8c7d6"
let instagramAppSecret = "77aa0b6c9a8e47d2b5c4e1f0a9b8c700"
let verifyToken = "k3Jw_9-aZ0123456789"
let appID = "1517776481860111"
let pageID = "108812345678901"
let instagramID = "17841400008460056"
let psid = "7012345678901234"
let igsid = "1234567890123456"

func context(
    _ place: Place = .messenger, settings: [String: String] = [:], secrets: Set<String> = [], memory: [String: String]? = nil,
    expiries: [String: Instant] = [:]
) -> ChannelContext {
    var all = ["app_secret": appSecret, "verify_token": verifyToken].merging(place.settings) { $1 }
    all.merge(settings) { $1 }
    return ChannelContext(
        now: now, settings: all, secrets: secrets.union(["access_token", "app_secret", "verify_token"]),
        memory: memory ?? ["account_id": place.account, "page_id": pageID], expiries: expiries)
}

func signed(_ body: String, with secret: String = appSecret) -> WebhookRequest {
    let code = Signature.hmac(of: body, key: secret)
    return WebhookRequest(headers: [NameValue("X-Hub-Signature-256", "sha256=" + code)], body: Array(body.utf8))
}

/// A webhook whose single element has these members.
func webhook(
    _ members: String, _ place: Place = .messenger, isEcho: Bool = false, timestamp: String = "1781510400233"
) -> String {
    let (from, to) = isEcho ? (place.account, place.customer) : (place.customer, place.account)
    return #"""
        {"object":"\#(place.object)","entry":[{"id":"\#(place.account)","time":1781510400612,"messaging":[{"sender":{"id":"\#(from)"},
        "recipient":{"id":"\#(to)"},"timestamp":\#(timestamp),\#(members)}]}]}
        """#
}

extension ChannelDriver {
    /// The events of one webhook, which must verify.
    func events(
        _ body: String, _ place: Place = .messenger, settings: [String: String] = [:], memory: [String: String]? = nil
    ) async throws -> [InboundEvent] {
        let context = context(place, settings: settings, memory: memory)
        guard case .accepted = try await verify(signed(body), in: context) else { throw Unexpected("rejected") }
        let parsed = try await parse(signed(body), in: context)
        guard parsed.answer == WebhookAnswer(status: 200), parsed.remember.isEmpty else { throw Unexpected("more than events") }
        return parsed.events
    }

    /// The single event of one webhook.
    func event(
        _ members: String, _ place: Place = .messenger, isEcho: Bool = false, timestamp: String = "1781510400233",
        settings: [String: String] = [:]
    ) async throws -> InboundEvent {
        let body = webhook(members, place, isEcho: isEcho, timestamp: timestamp)
        let events = try await events(body, place, settings: settings)
        guard let event = events.first, events.count == 1 else { throw Unexpected("\(events.count) events") }
        return event
    }

    func message(_ members: String, _ place: Place = .messenger) async throws -> InboundMessage {
        try await event(#""message":{\#(members)}"#, place).message
    }

    func run(
        _ operation: ChannelOperation, in context: ChannelContext = context(), state: PluginState? = nil, _ answers: [StepInput]
    ) async throws -> Run {
        try await run(operation, state: state, answers: answers) { _ in context }
    }

    func failure(
        _ operation: ChannelOperation, in context: ChannelContext = context(), _ answers: [StepInput]
    ) async throws -> OperationFailure {
        let run = try await run(operation, in: context, answers)
        guard run.requests.count == answers.count else { throw Unexpected("\(run.requests.count) requests") }
        return try run.failure
    }
}

extension StepInput {
    static func ok(_ body: String) -> StepInput { .body(200, body) }

    static func sent(_ id: String) -> StepInput { .ok(#"{"recipient_id":"\#(psid)","message_id":"\#(id)"}"#) }

    static func error(
        _ code: Int, _ subcode: Int? = nil, _ message: String = "(#0) refused", status: Int = 400, isTransient: Bool = false,
        headers: [NameValue] = []
    ) -> StepInput {
        let sub = subcode.map { #","error_subcode":\#($0)"# } ?? ""
        let text = #"""
            {"error":{"message":\#(JSON.string(message).text),"type":"OAuthException","code":\#(code)\#(sub),
            "is_transient":\#(isTransient),"fbtrace_id":"AxIIVeNpuf3"}}
            """#
        return .response(PluginResponse(status: status, headers: headers, body: Array(text.utf8)))
    }
}

extension PluginRequest {
    /// Method and address without host and version.
    var line: String {
        let address = url.redacted
        guard let start = address.range(of: "/v25.0/") ?? address.range(of: ".com/") else { return address }
        return "\(method) \(address[start.upperBound...])"
    }
}

extension String {
    /// The first place where `text` occurs.
    func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}

func action(
    _ kind: OutboundAction.Kind, _ place: Place = .messenger, author: OutboundAction.Author = .bot,
    lastInboundAt: Instant? = Instant(seconds: 1_781_511_000)
) -> ChannelOperation {
    .deliver(
        OutboundAction(
            thread: place.customer, correlation: "0199-abc", author: author, lastInboundAt: lastInboundAt, kind: kind))
}
