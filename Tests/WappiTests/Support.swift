import Kernel
import PluginHost
import PluginTestSupport
import Testing
import WappiPlugin
import WireJSON

extension Loading {
    var wappi: any ChannelDriver { get throws { try driver(WappiPlugin.table, "Wappi") } }
}

let now = Instant(seconds: 1_791_210_000)
let webhookSecret = "k3Jw_9-aZ0123456789"
let profile = "4c1d77a2-9e05"
let hook = "https://inbox.example.kz/hooks/6f0c2b"
let whatsAppThread = "77015550011@c.us"

/// Of a WhatsApp profile, unless `settings` say otherwise.
func context(
    _ settings: [String: String] = [:], secrets: Set<String> = [], memory: [String: String] = [:], at now: Instant = now
) -> ChannelContext {
    let known = ["webhook_secret": webhookSecret, "profile_id": profile, "platform": "whatsapp"]
    return ChannelContext(
        now: now, settings: known.merging(settings) { _, given in given }, secrets: secrets.union(["token", "webhook_secret"]),
        memory: memory)
}

/// A profile of each messenger and the prefix it works under.
let platforms = [("whatsapp", "/api"), ("telegram", "/tapi"), ("max", "/maxapi")]

extension ChannelDriver {
    /// The events of one delivery, which must verify.
    func events(_ body: String, in context: ChannelContext = context()) async throws -> [InboundEvent] {
        let request = WebhookRequest(query: [NameValue("key", webhookSecret)], body: Array(body.utf8))
        guard case .accepted = try await verify(request, in: context) else { throw Unexpected("rejected") }
        return try await parse(request, in: context).events
    }

    /// The single event of one delivery.
    func event(_ body: String) async throws -> InboundEvent {
        let events = try await events(body)
        guard let event = events.first, events.count == 1 else { throw Unexpected("\(events.count) events") }
        return event
    }

    /// The message of a delivery that holds one from Айгуль with these members.
    func message(_ fields: String) async throws -> InboundMessage {
        try await event(incoming(fields)).message
    }

    func run(
        _ operation: ChannelOperation, state: PluginState? = nil, in context: ChannelContext = context(), _ answers: [StepInput]
    ) async throws -> Run {
        try await run(operation, state: state, answers: answers) { _ in context }
    }

    /// How `operation` fails.
    func failure(
        _ operation: ChannelOperation, in context: ChannelContext = context(), _ answers: [StepInput]
    ) async throws -> OperationFailure {
        try await run(operation, in: context, answers).failure
    }
}

extension StepInput {
    /// A success with these further members.
    static func done(_ members: String = #""detail":"ok""#) -> StepInput {
        .body(
            200, #"{"status":"done","timestamp":1791000000,"time":"2026-10-05T12:00:00+03:00",\#(members),"uuid":"\#(profile)"}"#)
    }

    static func sent(_ id: String) -> StepInput { .done(#""message_id":"\#(id)","task_id":"0d6f2a18""#) }

    static func error(_ code: Int, _ detail: String) -> StepInput {
        .body(code, #"{"status":"error","timestamp":1791000000,"detail":"\#(detail)","uuid":"\#(profile)"}"#)
    }
}

extension PluginRequest {
    private var pieces: [Substring] { url.redacted.split(separator: "?", maxSplits: 1) }

    /// The address without host and query.
    var path: String { String(pieces.first?.dropFirst("https://wappi.pro".count) ?? "") }

    /// The query without the profile, which must be the first parameter.
    var query: String {
        let start = "profile_id=\(profile)"
        guard let query = pieces.last, query.hasPrefix(start) else { return "no profile" }
        return String(query.dropFirst(start.count))
    }
}

/// A WhatsApp message from Айгуль with these members.
func incoming(_ fields: String, type: String = "incoming_message") -> String {
    #"""
    {"messages":[{"wh_type":"\#(type)","profile_id":"\#(profile)","id":"3A71B2E84F0C9D6512AA",
    "timestamp":"2026-10-05T11:27:57+03:00","time":1791188877,"from":"77015550011@c.us","to":"77010000001@c.us",
    "chatId":"77015550011@c.us","senderName":"Айгуль","senderLastName":"","contact_name":"Айгуль","contact_last_name":"",
    "contact_phone":"","contact_username":"","chat_type":"dialog","is_me":false,\#(fields)}]}
    """#
}

let aigul = ContactIdentity(id: whatsAppThread, name: "Айгуль", phone: "+77015550011")

func action(_ kind: OutboundAction.Kind, thread: String = whatsAppThread) -> ChannelOperation {
    .deliver(OutboundAction(thread: thread, correlation: "0199-abc", kind: kind))
}
