import Kernel
import PluginHost
import PluginTestSupport
import TelegramPlugin
import Testing
import WireJSON

extension Loading {
    var telegram: any ChannelDriver { get throws { try driver(TelegramPlugin.table, "Telegram") } }
}

let now = Instant(seconds: 1_781_512_000)
let webhookSecret = "k3Jw_9-aZ0123456789"

func context(memory: [String: String] = [:]) -> ChannelContext {
    ChannelContext(
        now: now, settings: ["webhook_secret": webhookSecret], secrets: ["token", "webhook_secret"], memory: memory)
}

extension ChannelDriver {
    /// The events of one update, which must verify.
    func events(_ update: String, memory: [String: String] = [:]) async throws -> ParsedWebhook {
        let request = WebhookRequest(
            headers: [NameValue("X-Telegram-Bot-Api-Secret-Token", webhookSecret)], body: Array(update.utf8))
        guard case .accepted = try await verify(request, in: context()) else { throw Unexpected("rejected") }
        return try await parse(request, in: context(memory: memory))
    }

    /// The single event of one update.
    func event(_ update: String, memory: [String: String] = [:]) async throws -> InboundEvent {
        try await events(update, memory: memory).single
    }

    /// The message of an update that holds one.
    func message(_ fields: String) async throws -> InboundMessage {
        try await event(customerMessage(fields)).message
    }

    func run(
        _ operation: ChannelOperation, state: PluginState? = nil, memory: [String: String] = [:], _ answers: [StepInput]
    ) async throws -> Run {
        try await run(operation, state: state, answers: answers) { _ in context(memory: memory) }
    }
}

extension StepInput {
    static func ok(_ result: String) -> StepInput { .body(200, #"{"ok":true,"result":\#(result)}"#) }

    static func error(_ code: Int, _ description: String, parameters: String = "{}") -> StepInput {
        .body(
            code,
            #"{"ok":false,"error_code":\#(code),"description":"\#(description)","parameters":\#(parameters)}"#)
    }
}

extension PluginRequest {
    /// The last part of the URL's path.
    var apiMethod: String { String(url.redacted.split(separator: "/").last ?? "") }
}

/// A private message from Айгуль with these members.
func customerMessage(_ fields: String, update: Int64 = 512_340_001) -> String {
    #"""
    {"update_id":\#(update),"message":{"message_id":41,"from":{"id":7201345566,"is_bot":false,"first_name":"Айгуль",
    "last_name":"С.","username":"aigul_s","language_code":"ru"},"chat":{"id":7201345566,"first_name":"Айгуль",
    "type":"private"},"date":1781510400,\#(fields)}}
    """#
}

let aigul = ContactIdentity(id: "7201345566", name: "Айгуль С.", username: "aigul_s", language: "ru")

func action(_ kind: OutboundAction.Kind, thread: String = "7201345566") -> ChannelOperation {
    .deliver(OutboundAction(thread: thread, correlation: "0199-abc", kind: kind))
}
