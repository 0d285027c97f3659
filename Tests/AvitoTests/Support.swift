import AvitoPlugin
import Kernel
import PluginHost
import PluginTestSupport
import Testing
import WireJSON

extension Loading {
    var avito: any ChannelDriver { get throws { try driver(AvitoPlugin.table, "Avito") } }
}

let now = Instant(seconds: 1_781_512_000)
let webhookKey = "k3Jw_9-aZ0123456789"
let chatID = "u2i-q1W2e3R4~t5"
/// The path that all of the account's requests share.
let account = "/accounts/94235311"

/// What the host knows of a channel.
struct Known {
    var settings = ["client_id": "client-1", "webhook_secret": webhookKey]
    var secrets: Set<String> = ["client_secret", "webhook_secret"]
    var memory: [String: String] = [:]
    var expiries: [String: Instant] = [:]

    /// Nothing was asked of Avito yet.
    static let fresh = Known()
    /// The token is good for another hour.
    static let connected = Known(
        secrets: ["client_secret", "webhook_secret", "access_token"],
        memory: ["token_client_id": "client-1", "user_id": "94235311"],
        expiries: ["access_token": Instant(seconds: 1_781_515_600)])

    func remembering(_ name: String, _ value: String) -> Known {
        var copy = self
        copy.memory[name] = value
        return copy
    }

    var context: ChannelContext {
        ChannelContext(now: now, settings: settings, secrets: secrets, memory: memory, expiries: expiries)
    }

    /// As the contract says: stored before the next request.
    mutating func apply(_ values: [Remembered]) {
        for value in values {
            memory[value.name] = value.isSecret ? nil : value.value
            if value.isSecret, value.value != nil { secrets.insert(value.name) }
            expiries[value.name] = value.value == nil ? nil : value.expiresAt
        }
    }
}

extension ChannelDriver {
    /// The events of one delivery, which must verify.
    func events(_ body: String, known: Known = .connected) async throws -> ParsedWebhook {
        let request = WebhookRequest(query: [NameValue("key", webhookKey)], body: Array(body.utf8))
        guard case .accepted = try await verify(request, in: known.context) else { throw Unexpected("rejected") }
        return try await parse(request, in: known.context)
    }

    /// The single event of one delivery.
    func event(_ body: String, known: Known = .connected) async throws -> InboundEvent {
        try await events(body, known: known).single
    }

    /// The message of a delivery that holds one of the buyer's.
    func message(_ fields: String) async throws -> InboundMessage {
        try await event(delivery(fields)).message
    }

    /// Runs `operation` against scripted answers, all of which it must take, with a memory.
    func run(
        _ operation: ChannelOperation, state: PluginState? = nil, known: Known = .connected, _ answers: [StepInput]
    ) async throws -> Run {
        var known = known
        let run = try await run(operation, state: state, answers: answers) { remembered in
            known.apply(remembered)
            return known.context
        }
        guard run.requests.count == answers.count else {
            throw Unexpected("\(answers.count - run.requests.count) answers too many")
        }
        return run
    }
}

extension Run {
    /// Method and path of each request.
    var paths: [String] { requests.map { "\($0.method) \($0.url.redacted.dropFirst("https://api.avito.ru".count))" } }
}

extension StepInput {
    static func ok(_ body: String) -> StepInput { .body(200, body) }

    static func error(_ code: Int, _ message: String = "Bad Request", headers: [NameValue] = []) -> StepInput {
        let body = #"{"error":{"code":\#(code),"message":"\#(message)"}}"#
        return .response(PluginResponse(status: code, headers: headers, body: Array(body.utf8)))
    }

    static let token = StepInput.ok(#"{"access_token":"kQx-1","expires_in":86400,"token_type":"Bearer"}"#)
    static let myself = StepInput.ok(
        #"""
        {"id":94235311,"name":"ИП Петров","email":"shop@example.ru","phone":71112223344,"phones":["71112223344"],
        "profile_url":"https://avito.ru/user/7d04/profile"}
        """#)
    static let sent = StepInput.ok(
        #"{"id":"c9e2","created":1781510500,"direction":"out","type":"text","content":{"text":"Да"}}"#)
}

extension PluginRequest {
    var text: String {
        get throws {
            guard case .text(let template, _) = body else { throw Unexpected("no text body") }
            return template.redacted
        }
    }
}

/// A delivery of the buyer's message with these members.
func delivery(
    _ fields: String, id: String = "b5d1c0ffee00345f1cc66fa657813958", author: String = "238867123", chatType: String = "u2i",
    item: String = "1768287444"
) -> String {
    #"""
    {"id":"0f6c0e0e-6c39-4a0b-9d5e-3f2c1b7a9e10","version":"v3.0.0","timestamp":1781510400,"payload":{"type":"message",
    "value":{"id":"\#(id)","chat_id":"\#(chatID)","chat_type":"\#(chatType)","user_id":94235311,"author_id":\#(author),
    "item_id":\#(item),"created":1781510399,"published_at":"2026-06-15T07:59:59Z","read":null,\#(fields)}}}
    """#
}

let hello = #""type":"text","content":{"text":"Здравствуйте! Ещё продаёте?"}"#

func action(_ kind: OutboundAction.Kind, thread: String = chatID) -> ChannelOperation {
    .deliver(OutboundAction(thread: thread, correlation: "0199-abc", kind: kind))
}
