import Kernel
import Vault

/// A piece of what goes to a provider. All text of a request is made of these, so that the ledger can list every byte.
struct PromptSegment: Hashable, Sendable {
    enum Kind: String, Sendable {
        /// Our own and the owner's words.
        case instruction
        /// What was said in the conversation.
        case message
        /// A passage of the company's materials.
        case knowledge
        /// What the model itself said before in this turn.
        case modelOutput = "model_output"
        /// The descriptions of the tools.
        case tools
    }

    let kind: Kind
    let text: String
    var source: String?

    var ledgerEntry: CallSegment {
        CallSegment(
            type: kind.rawValue, bytes: text.utf8.count, tokens: Self.tokens(bytes: text.utf8.count),
            sha256: Digest.sha256(text).hex, source: source)
    }

    /// Without the model's own tokenizer, a third of the bytes is on the safe side.
    static func tokens(bytes: Int) -> Int { (bytes + 2) / 3 }
}

/// One message of a request.
struct ChatMessage: Sendable {
    enum Role: String, Sendable { case developer, system, user, assistant, tool }

    let role: Role
    var segments: [PromptSegment]
    var toolCalls: [ToolCall] = []
    var toolCallID: String?

    var text: String { segments.map(\.text).joined() }
}

/// A tool call as the model wrote it.
struct ToolCall: Hashable, Sendable {
    var id = ""
    var name = ""
    /// JSON text, not to be trusted.
    var arguments = ""
}
