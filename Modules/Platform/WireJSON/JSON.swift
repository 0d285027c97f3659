/// A JSON value: what crosses the plugin boundary and what providers send.
///
/// Whole numbers stay 64-bit integers, so identifiers above 2^53 survive; objects keep the order of their members, so the
/// same value always serializes to the same bytes.
public enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    /// Finite when parsed. A whole number beyond 64 bits also becomes a `double`, so that `int` refuses it.
    case double(Double)
    case string(String)
    case array([JSON])
    case object(Object)

    /// One key of an object with its value.
    public struct Member: Sendable, Equatable {
        public let key: String
        public var value: JSON

        @inlinable public init(key: String, value: JSON) { (self.key, self.value) = (key, value) }
    }

    /// Members in the order they were written.
    public struct Object: Sendable, Equatable {
        public var members: [Member]

        @inlinable public init(_ members: [Member] = []) { self.members = members }
        @inlinable public init(reserving count: Int) {
            members = []
            members.reserveCapacity(count)
        }

        @inlinable public subscript(key: String) -> JSON? {
            for member in members where member.key == key { return member.value }
            return nil
        }

        /// Appends a member unless `value` is nil. The key must be new: the caller knows its own keys.
        @inlinable public mutating func add(_ key: String, _ value: JSON?) {
            if let value { members.append(Member(key: key, value: value)) }
        }
        @inlinable public mutating func add(_ key: String, _ value: String?) { add(key, value.map(JSON.string)) }
        @inlinable public mutating func add(_ key: String, _ value: Int64?) { add(key, value.map(JSON.int)) }
        @inlinable public mutating func add(_ key: String, _ value: Bool?) { add(key, value.map(JSON.bool)) }
        @inlinable public mutating func add(_ key: String, _ value: Double?) { add(key, value.map(JSON.double)) }
        @inlinable public mutating func add(_ key: String, _ value: Object?) { add(key, value.map(JSON.object)) }
    }
}

/// Reading without trapping: a value of another type, or a missing one, is nil.
extension JSON {
    @inlinable public var string: String? { if case .string(let value) = self { value } else { nil } }
    @inlinable public var int: Int64? { if case .int(let value) = self { value } else { nil } }
    @inlinable public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    @inlinable public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
    @inlinable public var object: Object? { if case .object(let value) = self { value } else { nil } }
    @inlinable public var isNull: Bool { if case .null = self { true } else { false } }
    /// A number of either kind.
    @inlinable public var double: Double? {
        switch self {
        case .double(let value): value
        case .int(let value): Double(value)
        default: nil
        }
    }

    /// The member of an object; nil when there is none or this is no object.
    @inlinable public subscript(key: String) -> JSON? {
        if case .object(let object) = self { object[key] } else { nil }
    }
    /// The element of an array; nil when there is none or this is no array.
    @inlinable public subscript(index: Int) -> JSON? {
        if case .array(let values) = self, values.indices.contains(index) { values[index] } else { nil }
    }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral {
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Object(elements.map { Member(key: $0.0, value: $0.1) }))
    }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(stringLiteral value: String) { self = .string(value) }
}

extension JSON: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral {
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}
