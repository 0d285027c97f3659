import Kernel
import MaxPlugin
import PluginHost
import PluginTestSupport
import Testing
import WireJSON

extension Loading {
    var max: any ChannelDriver { get throws { try driver(MaxPlugin.table, "Max") } }
}

let now = Instant(seconds: 1_791_200_000)
let webhookSecret = "k3Jw_9-aZ0123456789"
let token = "f9LHodD0cOLsAMz"

func context(memory: [String: String] = [:]) -> ChannelContext {
    ChannelContext(
        now: now, settings: ["webhook_secret": webhookSecret, "token": token], secrets: ["token", "webhook_secret"],
        memory: memory)
}

extension ChannelDriver {
    /// The events of one update, which must verify.
    func events(_ update: String, memory: [String: String] = [:]) async throws -> ParsedWebhook {
        let request = WebhookRequest(
            headers: [NameValue("X-Max-Bot-Api-Secret", webhookSecret)], body: Array(update.utf8))
        guard case .accepted = try await verify(request, in: context()) else { throw Unexpected("rejected") }
        return try await parse(request, in: context(memory: memory))
    }

    /// The single event of one update.
    func event(_ update: String, memory: [String: String] = [:]) async throws -> InboundEvent {
        try await events(update, memory: memory).single
    }

    /// The message of an update whose message has these members of a body, and this link.
    func message(_ body: String, link: String = "null") async throws -> InboundMessage {
        try await event(customerMessage(body, link: link)).message
    }

    func run(
        _ operation: ChannelOperation, state: PluginState? = nil, memory: [String: String] = [:], _ answers: [StepInput]
    ) async throws -> Run {
        try await run(operation, state: state, answers: answers) { _ in context(memory: memory) }
    }

    /// How `operation` fails against scripted answers.
    func failure(
        _ operation: ChannelOperation, state: PluginState? = nil, _ answers: [StepInput]
    ) async throws -> OperationFailure {
        try await run(operation, state: state, answers).failure
    }
}

extension StepInput {
    static func ok(_ body: String) -> StepInput { .body(200, body) }
    static let success = ok(#"{"success":true}"#)

    /// The answer to a new message.
    static func message(_ id: String) -> StepInput {
        .ok(
            #"""
            {"message":{"recipient":{"chat_id":240118305,"chat_type":"dialog","user_id":51730264},"timestamp":1791200700000,
            "body":{"mid":"\#(id)","seq":116541207734915072,"text":"…"},"sender":{"user_id":900410077,"is_bot":true}}}
            """#)
    }

    static func error(_ status: Int, _ code: String, _ message: String = "") -> StepInput {
        .body(status, #"{"code":"\#(code)","message":"\#(message)"}"#)
    }
}

extension PluginRequest {
    /// Method, path and query.
    var call: String { method + " " + url.redacted.replacing("https://platform-api2.max.ru", with: "") }
}

/// The update of the reference's section 6.1 with another body and link.
func customerMessage(_ body: String, link: String = "null", kind: String = "message_created") -> String {
    #"""
    {"update_type":"\#(kind)","timestamp":1791200000499,"user_locale":"ru","message":{
    "sender":{"user_id":51730264,"first_name":"Айгуль","last_name":"С","is_bot":false,"last_activity_time":1791199990000,
    "name":"Айгуль С"},"recipient":{"chat_id":240118305,"chat_type":"dialog","user_id":900410077},"timestamp":1791200000399,
    "body":{"mid":"mid.000000000e4fa261019e2b7c51d03a4e","seq":116541207734915072,\#(body)},"link":\#(link)}}
    """#
}

let aigul = ContactIdentity(id: "51730264", name: "Айгуль С", language: "ru")

func action(_ kind: OutboundAction.Kind, thread: String = "240118305") -> ChannelOperation {
    .deliver(OutboundAction(thread: thread, correlation: "0199-abc", kind: kind))
}

/// Milliseconds since 1970.
func at(_ milliseconds: Int64) -> Instant { Instant(microseconds: milliseconds * 1_000) }
