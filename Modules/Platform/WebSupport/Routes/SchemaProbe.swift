import Kernel

/// A decoder that has no data: it notes what a type asks for and hands out empty values.
final class SchemaProbe: Decoder {
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private var noted: Schema = .any
    private var fields: [(name: String, schema: Schema, required: Bool)]?

    static func schema(of type: any Decodable.Type) -> Schema {
        switch type {
        case is String.Type: return .string
        case is Bool.Type: return .boolean
        case is Double.Type, is Float.Type: return .number
        case is any FixedWidthInteger.Type: return .integer
        case is Instant.Type, is any IdentifierType.Type: return .string
        case let known as any CaseIterable.Type where Self.isText(known): return .string
        default: break
        }
        let probe = SchemaProbe()
        _ = try? type.init(from: probe)
        return probe.fields.map(Schema.object) ?? probe.noted
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        if fields == nil { fields = [] }
        return KeyedDecodingContainer(Keyed(probe: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { Unkeyed(probe: self) }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(probe: self) }

    private func note(_ name: String, _ schema: Schema, required: Bool) {
        guard fields?.contains(where: { $0.name == name }) != true else { return }
        fields?.append((name.snakeCased, schema, required))
    }

    /// A value of the type that means nothing.
    private static func empty<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if let value = Instant(microseconds: 0) as? Value { return value }
        if let known = type as? any IdentifierType.Type, let value = known.empty as? Value { return value }
        if let known = type as? any CaseIterable.Type, let value = Self.first(known) as? Value { return value }
        return try Value(from: SchemaProbe())
    }

    /// String enumerations refuse the empty text that a probe would hand them; so each hands out its first case.
    private static func isText(_ type: any CaseIterable.Type) -> Bool { first(type) is any RawRepresentable<String> }

    private static func first<Known: CaseIterable>(_ type: Known.Type) -> Any? { type.allCases.first }

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let probe: SchemaProbe
        let codingPath: [any CodingKey] = []
        let allKeys: [Key] = []
        func contains(_ key: Key) -> Bool { true }
        func decodeNil(forKey key: Key) throws -> Bool { false }
        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            probe.note(key.stringValue, SchemaProbe.schema(of: type), required: true)
            return try SchemaProbe.empty(type)
        }
        func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
            absent(key, type)
        }
        // The compiler calls these for optional scalars; the protocol's own would ask `decode` and make the field required.
        func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { absent(key, type) }
        func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { absent(key, type) }
        func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { absent(key, type) }
        func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? { absent(key, type) }
        func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { absent(key, type) }
        func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? { absent(key, type) }
        func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? { absent(key, type) }
        func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? { absent(key, type) }
        func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { absent(key, type) }
        func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? { absent(key, type) }
        func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? { absent(key, type) }
        func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? { absent(key, type) }
        func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? { absent(key, type) }
        func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? { absent(key, type) }
        private func absent<Value: Decodable>(_ key: Key, _ type: Value.Type) -> Value? {
            probe.note(key.stringValue, SchemaProbe.schema(of: type), required: false)
            return nil
        }
        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> { KeyedDecodingContainer(SchemaProbe.Keyed<Nested>(probe: SchemaProbe())) }
        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { Unkeyed(probe: SchemaProbe()) }
        func superDecoder() throws -> any Decoder { SchemaProbe() }
        func superDecoder(forKey key: Key) throws -> any Decoder { SchemaProbe() }
    }

    /// Yields one element so that its type is learnt, then ends.
    private struct Unkeyed: UnkeyedDecodingContainer {
        let probe: SchemaProbe
        let codingPath: [any CodingKey] = []
        let count: Int? = nil
        var isAtEnd = false
        var currentIndex = 0
        mutating func decodeNil() throws -> Bool { false }
        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            probe.noted = .array(SchemaProbe.schema(of: type))
            isAtEnd = true
            return try SchemaProbe.empty(type)
        }
        mutating func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type
        ) throws -> KeyedDecodingContainer<Nested> { KeyedDecodingContainer(SchemaProbe.Keyed<Nested>(probe: SchemaProbe())) }
        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { Unkeyed(probe: SchemaProbe()) }
        mutating func superDecoder() throws -> any Decoder { SchemaProbe() }
    }

    private struct Single: SingleValueDecodingContainer {
        let probe: SchemaProbe
        let codingPath: [any CodingKey] = []
        func decodeNil() -> Bool { false }
        func decode(_ type: Bool.Type) throws -> Bool { noting(.boolean, false) }
        func decode(_ type: String.Type) throws -> String { noting(.string, "") }
        func decode(_ type: Double.Type) throws -> Double { noting(.number, 0) }
        func decode(_ type: Float.Type) throws -> Float { noting(.number, 0) }
        func decode(_ type: Int.Type) throws -> Int { noting(.integer, 0) }
        func decode(_ type: Int8.Type) throws -> Int8 { noting(.integer, 0) }
        func decode(_ type: Int16.Type) throws -> Int16 { noting(.integer, 0) }
        func decode(_ type: Int32.Type) throws -> Int32 { noting(.integer, 0) }
        func decode(_ type: Int64.Type) throws -> Int64 { noting(.integer, 0) }
        func decode(_ type: UInt.Type) throws -> UInt { noting(.integer, 0) }
        func decode(_ type: UInt8.Type) throws -> UInt8 { noting(.integer, 0) }
        func decode(_ type: UInt16.Type) throws -> UInt16 { noting(.integer, 0) }
        func decode(_ type: UInt32.Type) throws -> UInt32 { noting(.integer, 0) }
        func decode(_ type: UInt64.Type) throws -> UInt64 { noting(.integer, 0) }
        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            probe.noted = SchemaProbe.schema(of: type)
            return try SchemaProbe.empty(type)
        }
        private func noting<Value>(_ schema: Schema, _ value: Value) -> Value {
            probe.noted = schema
            return value
        }
    }
}

/// Ids refuse the empty text that a probe would hand them.
private protocol IdentifierType { static var empty: Self { get } }
extension Identifier: IdentifierType { static var empty: Self { Identifier(high: 0, low: 0) } }
