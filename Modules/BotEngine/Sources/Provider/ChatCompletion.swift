import Kernel
import WireJSON

/// A provider's answer, put together from the pieces of its stream.
struct ChatCompletion: Sendable {
    /// In characters; no reply to a customer is longer.
    static let longestContent = 16_000
    private static let mostCalls = 16

    private(set) var content = ""
    private(set) var refusal = ""
    private(set) var calls: [ToolCall] = []
    private(set) var finish: String?
    private(set) var model: String?
    private(set) var tokensIn: Int?
    private(set) var tokensOut: Int?
    /// Something of the answer itself has come.
    private(set) var hasContent = false
    private var indices: [Int64] = []

    /// Takes one chunk, or a whole answer of a server that does not stream.
    mutating func take(_ json: JSON) throws(ProviderFailure) {
        if let error = json["error"], !error.isNull { throw ProviderFailure(streamed: error, hadContent: hasContent) }
        guard json.object != nil else { throw ProviderFailure("invalid_json", isOutage: true) }
        if let name = json["model"]?.string, !name.isEmpty { model = String(name.prefix(200)) }
        if let usage = json["usage"], usage.object != nil {
            // Cached and reasoning tokens are parts of these.
            tokensIn = usage["prompt_tokens"]?.int.flatMap { Int(exactly: $0) }.map { min(max(0, $0), 1 << 40) }
            tokensOut = usage["completion_tokens"]?.int.flatMap { Int(exactly: $0) }.map { min(max(0, $0), 1 << 40) }
        }
        // Usage chunks and Azure's first one have no choices.
        guard let choice = json["choices"]?[0] else { return }
        if let reason = choice["finish_reason"]?.string { finish = reason }
        guard let delta = choice["delta"] ?? choice["message"] else { return }
        if let text = delta["content"]?.string, !text.isEmpty {
            hasContent = true
            content += text
            guard content.utf8.count <= Self.longestContent * 4 else { throw ProviderFailure("too_large", isOutage: true) }
        }
        if let text = delta["refusal"]?.string { refusal += text.prefix(1_000) }
        for (offset, call) in (delta["tool_calls"]?.array ?? []).enumerated() { try take(call, offset: Int64(offset)) }
    }

    /// Pieces of a call belong together by their index; the id comes once.
    private mutating func take(_ piece: JSON, offset: Int64) throws(ProviderFailure) {
        hasContent = true
        let index = piece["index"]?.int ?? offset
        let position: Int
        if let known = indices.firstIndex(of: index) {
            position = known
        } else {
            guard calls.count < Self.mostCalls else { throw ProviderFailure("too_many_calls") }
            indices.append(index)
            calls.append(ToolCall())
            position = calls.count - 1
        }
        if let id = piece["id"]?.string, calls[position].id.isEmpty { calls[position].id = String(id.prefix(200)) }
        if let name = piece["function"]?["name"]?.string { calls[position].name += name.prefix(64) }
        if let text = piece["function"]?["arguments"]?.string { calls[position].arguments += text }
        guard calls[position].arguments.utf8.count <= 16_384 else { throw ProviderFailure("too_large") }
    }

    /// Throws unless the answer is whole and says something.
    func check() throws(ProviderFailure) {
        guard let finish else { throw ProviderFailure("cut", hasContent ? .none : .retry(after: nil), isOutage: true) }
        if !refusal.isEmpty { throw ProviderFailure("refusal") }
        switch finish {
        case "content_filter": throw ProviderFailure("content_filter")
        case "length": throw ProviderFailure("length")
        default: break
        }
        if calls.isEmpty, content.trimmingSpaces.isEmpty { throw ProviderFailure("empty", isOutage: true) }
    }
}
