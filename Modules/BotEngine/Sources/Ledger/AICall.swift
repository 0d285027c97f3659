import Kernel

enum AICallSubject {}
typealias AICallID = Identifier<AICallSubject>

/// One piece of what was handed to a provider, as the ledger keeps it: never the text itself.
struct CallSegment: Codable, Hashable, Sendable {
    let type: String
    let bytes: Int
    /// An estimate.
    let tokens: Int
    let sha256: String
    /// `entry/<id>@<version>` or `message/<id>`; nil for our own words.
    let source: String?

    private enum Key: String, CodingKey { case type, bytes, tokens, sha256, source }

    /// `source` is written also when it is null: whoever reads the ledger must not guess.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(type, forKey: .type)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(tokens, forKey: .tokens)
        try container.encode(sha256, forKey: .sha256)
        try container.encode(source, forKey: .source)
    }
}

struct CallRedaction: Codable, Hashable, Sendable {
    let kind: String
    let count: Int
}

struct CallTool: Codable, Hashable, Sendable {
    let name: String
    let argsSha256: String
    /// `allowed`, `invalid_arguments`, `repeated`, `limit`, `unknown`.
    let decision: String
}

/// How a call stands or ended.
enum CallResult: String, Codable, Sendable {
    /// Being made; or the process died meanwhile and nobody has tried again yet.
    case started
    /// The process died before the outcome was written; the call may have been made and billed.
    case interrupted
    case answered
    case blocked
    case handedOver = "handed_over"
    case toolCalls = "tool_calls"
    case failed
    /// It answered, but a person had taken the turn.
    case stale
}

/// What is known of a call when it starts.
struct AICall: Sendable {
    let id: AICallID
    let at: Instant
    let conversation: ConversationID?
    let trigger: MessageID?
    let provider: String
    let model: String
    /// Where the provider works, as far as its host tells.
    let region: String?
    let purpose: String
    let segments: [CallSegment]
    let redactions: [CallRedaction]
    let toolsOffered: [String]
}

/// What is known of it at the end.
struct CallOutcome: Sendable {
    let id: AICallID
    var result: CallResult
    /// A short code, never a text of the provider's.
    var detail = ""
    /// The model that answered, as the provider names it.
    var model: String?
    var tokensIn = 0
    var tokensOut = 0
    var cost: Money?
    var latency = Duration.zero
    var tools: [CallTool] = []
    var requestID: String?
}
