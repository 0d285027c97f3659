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
        let events = try await events(update, memory: memory).events
        guard let event = events.first, events.count == 1 else { throw Unexpected("\(events.count) events") }
        return event
    }

    /// The message of an update that holds one.
    func message(_ fields: String) async throws -> InboundMessage {
        let event = try await event(customerMessage(fields))
        guard case .message(let message) = event.kind else { throw Unexpected("no message") }
        return message
    }

    /// Runs `operation` against scripted answers and returns its result, the requests and what was to be remembered.
    func run(
        _ operation: ChannelOperation, state: PluginState? = nil, memory: [String: String] = [:], _ answers: [StepInput]
    ) async throws -> (result: OperationResult, requests: [PluginRequest], remembered: [Remembered]) {
        var (state, input, rest) = (state, StepInput.start, answers[...])
        var (requests, remembered): ([PluginRequest], [Remembered]) = ([], [])
        while true {
            switch try await step(operation, state: state, input: input, in: context(memory: memory)) {
            case .result(let result, let remember): return (result, requests, remembered + remember)
            case .request(let request, let next, let remember):
                requests.append(request)
                remembered += remember
                state = next
                guard let answer = rest.popFirst() else { throw Unexpected("another request: \(request.url.redacted)") }
                input = answer
            }
        }
    }
}

extension StepInput {
    static func ok(_ result: String) -> StepInput { .body(200, #"{"ok":true,"result":\#(result)}"#) }

    static func error(_ code: Int, _ description: String, parameters: String = "{}") -> StepInput {
        .body(
            code,
            #"{"ok":false,"error_code":\#(code),"description":"\#(description)","parameters":\#(parameters)}"#)
    }

    static func body(_ status: Int, _ text: String) -> StepInput {
        .response(PluginResponse(status: status, body: Array(text.utf8)))
    }
}

extension PluginRequest {
    /// The last part of the URL's path.
    var apiMethod: String { String(url.redacted.split(separator: "/").last ?? "") }

    /// The JSON body, with `…` in the places of secrets.
    var json: JSON {
        get throws {
            guard case .text(let template, _) = body else { throw Unexpected("no JSON body") }
            return try JSON.parse(template.redacted)
        }
    }
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
