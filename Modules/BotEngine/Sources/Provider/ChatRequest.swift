import Egress
import Kernel
import WireJSON

/// The body of `POST /chat/completions`.
struct ChatRequest: Sendable {
    let model: String
    let messages: [ChatMessage]
    let tools: JSON?
    let temperature: Double?
    let asker: String
    /// Parameters that this model refused.
    let dropped: Set<String>

    static let outputTokens: Int64 = 800

    var body: [UInt8] {
        var body = JSON.Object()
        body.add("model", model)
        body.add("messages", JSON.array(messages.map(Self.json)))
        if let tools {
            body.add("tools", tools)
            body.add("parallel_tool_calls", false)
        }
        if !dropped.contains("temperature") { body.add("temperature", temperature) }
        // Older servers know only the older name.
        body.add(dropped.contains("max_completion_tokens") ? "max_tokens" : "max_completion_tokens", Self.outputTokens)
        body.add("store", false)
        body.add("safety_identifier", asker)
        body.add("stream", true)
        body.add("stream_options", ["include_usage": true] as JSON)
        return JSON.object(body).serialized()
    }

    private static func json(_ message: ChatMessage) -> JSON {
        var object = JSON.Object()
        object.add("role", message.role.rawValue)
        object.add("tool_call_id", message.toolCallID)
        object.add("content", message.segments.isEmpty ? JSON.null : .string(message.text))
        if !message.toolCalls.isEmpty {
            object.add(
                "tool_calls",
                .array(
                    message.toolCalls.map { call in
                        [
                            "id": .string(call.id), "type": "function",
                            "function": ["name": .string(call.name), "arguments": .string(call.arguments)],
                        ]
                    }))
        }
        return .object(object)
    }

    /// Ready for Egress; `key` goes to `host` and nowhere else.
    func egressRequest(baseURL: String, host: String, key: String?, account: AccountID, callID: AICallID) -> EgressRequest {
        var request = EgressRequest(
            .post, baseURL + "/chat/completions", purpose: .aiProvider, account: account,
            headers: [
                "Content-Type": "application/json", "Accept": "text/event-stream", "X-Client-Request-Id": callID.description,
            ], body: body)
        if let key { request.credentials = [.bearer(key, host: host)] }
        request.deadlines = EgressDeadlines(
            connect: .seconds(5), firstByte: .seconds(10), total: .seconds(30), idle: .seconds(10))
        request.bodyLimit = 1 << 20
        return request
    }
}
