import Kernel
import KnowledgeBaseInterface
import WireJSON

/// Something the model may ask for. Account, conversation and contact come from the turn, never from its arguments.
protocol BotTool: Sendable {
    var name: String { get }
    var description: String { get }
    /// JSON Schema of the arguments; every property required, no others.
    var parameters: JSON { get }

    /// Throws `InvalidArguments` when they do not fit the schema.
    func run(_ arguments: JSON.Object, for question: BotQuestion) async throws -> ToolResult
}

enum ToolResult: Sendable {
    case passages([KnowledgeHit])
    case handOver(HandOffReason)
    case failed(String)
}

struct InvalidArguments: Error {
    let reason: String
}

/// The tools of a turn, by name.
struct ToolRegistry: Sendable {
    let tools: [any BotTool]

    static let standard = ToolRegistry(tools: [SearchKnowledgeTool(), HandOverTool()])

    subscript(name: String) -> (any BotTool)? { tools.first { $0.name == name } }

    var json: JSON {
        .array(
            tools.map { tool in
                [
                    "type": "function",
                    "function": [
                        "name": .string(tool.name), "description": .string(tool.description), "strict": true,
                        "parameters": tool.parameters,
                    ],
                ]
            })
    }

    static func schema(_ property: String, _ type: JSON) -> JSON {
        [
            "type": "object", "additionalProperties": false, "properties": [property: type],
            "required": .array([.string(property)]),
        ]
    }
}

extension JSON.Object {
    /// The text of the only member, which must be called `name`.
    func only(_ name: String) throws -> String {
        guard members.count == 1, let text = self[name]?.string, (1...500).contains(text.unicodeScalars.count) else {
            throw InvalidArguments(reason: "expected exactly one text called \(name), of 1 to 500 characters")
        }
        return text
    }
}

/// Looks for more passages.
struct SearchKnowledgeTool: BotTool {
    let name = "search_knowledge"
    let description = "Searches the company's materials and returns numbered passages."
    var parameters: JSON { ToolRegistry.schema("query", ["type": "string"]) }

    func run(_ arguments: JSON.Object, for question: BotQuestion) async throws -> ToolResult {
        .passages(try await question.search(try arguments.only("query")))
    }
}

/// Calls a person.
struct HandOverTool: BotTool {
    let name = "hand_over"
    let description = "Hands the conversation to a person, when the materials do not answer or the customer asks for one."
    var parameters: JSON {
        ToolRegistry.schema("reason", ["type": "string", "enum": ["no_answer", "asked_for_human"]])
    }

    func run(_ arguments: JSON.Object, for question: BotQuestion) async throws -> ToolResult {
        switch try arguments.only("reason") {
        case "no_answer": .handOver(.noAnswer)
        case "asked_for_human": .handOver(.askedForHuman)
        default: throw InvalidArguments(reason: "reason is no_answer or asked_for_human")
        }
    }
}
