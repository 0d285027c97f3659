package import Kernel

/// A statement with its values. Text comes from literals alone; whatever is interpolated is bound, never spliced.
///
/// ```swift
/// let sql: SQL = "SELECT name FROM crm_contact WHERE account_id = \(account) AND id = \(id)"
/// ```
package struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// The text with `placeholder` where a value goes.
    private(set) var template: String
    private(set) var values: [SQLValue]

    /// Cannot occur in a literal by accident, so text and values stay apart whatever the statement quotes.
    static let placeholder: Character = "\u{1}"

    package init(stringLiteral text: StaticStringText) { (template, values) = (text, []) }
    package init(stringInterpolation parts: Interpolation) { (template, values) = (parts.template, parts.values) }
    package typealias StaticStringText = String

    package static func += (left: inout SQL, right: SQL) {
        left.template += right.template
        left.values += right.values
    }

    package static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum += right
        return sum
    }

    var withoutSQLiteStorage: SQL {
        var copy = self
        copy.template = template.replacing(" WITHOUT ROWID", with: "")
        return copy
    }

    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var template = ""
        fileprivate var values: [SQLValue] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            template.reserveCapacity(literalCapacity + interpolationCount)
            values.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) { template += literal }

        package mutating func appendInterpolation(_ value: some SQLBindable) { append(value.sqlValue) }
        package mutating func appendInterpolation(_ value: (some SQLBindable)?) { append(value?.sqlValue ?? .null) }

        /// The values separated by commas, for `IN (…)`. There must be at least one.
        package mutating func appendInterpolation(list: some Collection<some SQLBindable>) {
            for (offset, value) in list.enumerated() {
                if offset > 0 { template += ", " }
                append(value.sqlValue)
            }
        }

        /// Another statement's text and values, in place.
        package mutating func appendInterpolation(sql: SQL) {
            template += sql.template
            values += sql.values
        }

        private mutating func append(_ value: SQLValue) {
            template.append(SQL.placeholder)
            values.append(value)
        }
    }
}

/// What a column holds, in the types both engines share.
package enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
    case uuid(high: UInt64, low: UInt64)
}

/// A value that can stand in a statement.
package protocol SQLBindable: Sendable {
    var sqlValue: SQLValue { get }
}

extension Int: SQLBindable { package var sqlValue: SQLValue { .integer(Int64(self)) } }
extension Int64: SQLBindable { package var sqlValue: SQLValue { .integer(self) } }
/// 0 or 1: SQLite has no boolean.
extension Bool: SQLBindable { package var sqlValue: SQLValue { .integer(self ? 1 : 0) } }
extension Double: SQLBindable { package var sqlValue: SQLValue { .real(self) } }
/// NUL is dropped: PostgreSQL has no text with it, and nothing a person writes needs it.
extension String: SQLBindable {
    package var sqlValue: SQLValue { .text(utf8.contains(0) ? filter { $0 != "\0" } : self) }
}
extension [UInt8]: SQLBindable { package var sqlValue: SQLValue { .blob(self) } }
extension Identifier: SQLBindable { package var sqlValue: SQLValue { .uuid(high: high, low: low) } }
extension Instant: SQLBindable { package var sqlValue: SQLValue { .integer(microseconds) } }
extension SQLBindable where Self: RawRepresentable, RawValue: SQLBindable {
    package var sqlValue: SQLValue { rawValue.sqlValue }
}
extension Language: SQLBindable {}
extension Role: SQLBindable {}
