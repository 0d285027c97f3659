import Kernel

/// A JSON Schema, as far as the API document needs it.
package indirect enum Schema: Sendable {
    case string, integer, number, boolean, any
    case array(Schema)
    case object([(name: String, schema: Schema, required: Bool)])
    case map(Schema)

    /// Derives the schema of a request or answer from the Swift type that decodes it, so that the two cannot drift apart.
    package static func of<Value: Decodable>(_ type: Value.Type) -> Schema { SchemaProbe.schema(of: type) }

    /// One keyset page of `Value`.
    package static func page<Value: Decodable>(of type: Value.Type) -> Schema {
        .object([("items", .array(.of(type)), true), ("next", .string, false)])
    }

    var document: JSONDocument {
        switch self {
        case .string: ["type": "string"]
        case .integer: ["type": "integer"]
        case .number: ["type": "number"]
        case .boolean: ["type": "boolean"]
        case .any: [:]
        case .array(let element): ["type": "array", "items": element.document]
        case .map(let value): ["type": "object", "additionalProperties": value.document]
        case .object(let fields):
            .object([
                "type": "object", "required": .array(fields.filter(\.required).map { .string($0.name) }),
                "properties": .object(Dictionary(fields.map { ($0.name, $0.schema.document) }, uniquingKeysWith: { a, _ in a })),
            ])
        }
    }
}

/// A JSON value to be encoded with sorted keys.
indirect enum JSONDocument: Encodable, ExpressibleByDictionaryLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case array([JSONDocument])
    case object([String: JSONDocument])

    init(stringLiteral text: String) { self = .string(text) }
    init(arrayLiteral elements: JSONDocument...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSONDocument)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { a, _ in a }))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .string(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .boolean(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
