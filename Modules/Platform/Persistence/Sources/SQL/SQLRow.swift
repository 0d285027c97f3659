package import Kernel

/// The current row of a result. Valid only inside the decoding closure.
package protocol SQLRow {
    /// Throws `SQLError.noColumn` when the statement has no such column.
    func value(_ column: String) throws -> SQLValue
    func isNull(_ column: String) throws -> Bool
    /// The two halves of an identifier; nil for NULL and for what is none.
    func identifier(_ column: String) throws -> (high: UInt64, low: UInt64)?
}

/// The database and the code disagree, or the database refused. Never caused by a user's input alone.
package enum SQLError: Error, CustomStringConvertible {
    case noColumn(String)
    case unexpected(column: String, SQLValue)
    /// A UNIQUE or exclusion rule said no. Stores turn it into their module's own error.
    case notUnique(String)
    case engine(code: String, message: String)
    /// The statement may succeed if the whole transaction is run again.
    case serialization(String)

    /// Search and key stores hold derived data and keys; they publish nothing.
    static let noEvents = SQLError.engine(code: "events", message: "this store has no events and jobs")

    package var description: String {
        switch self {
        case .noColumn(let name): "the result has no column \"\(name)\""
        case .unexpected(let column, _): "column \"\(column)\" holds a value of another type than expected"
        case .notUnique(let message): "already there: \(message)"
        case .engine(let code, let message): "database error \(code): \(message)"
        case .serialization(let message): "concurrent change: \(message)"
        }
    }
}

extension SQLRow {
    package func integer(_ column: String) throws -> Int64 {
        guard case .integer(let value) = try value(column) else { throw try unexpected(column) }
        return value
    }
    package func int(_ column: String) throws -> Int {
        guard let value = Int(exactly: try integer(column)) else { throw try unexpected(column) }
        return value
    }
    package func bool(_ column: String) throws -> Bool { try integer(column) != 0 }
    package func real(_ column: String) throws -> Double {
        switch try value(column) {
        case .real(let value): value
        case .integer(let value): Double(value)
        default: throw try unexpected(column)
        }
    }
    package func text(_ column: String) throws -> String {
        guard case .text(let value) = try value(column) else { throw try unexpected(column) }
        return value
    }
    package func blob(_ column: String) throws -> [UInt8] {
        switch try value(column) {
        case .blob(let value): value
        case .uuid(let high, let low): Identifier<Never>(high: high, low: low).bytes
        default: throw try unexpected(column)
        }
    }
    @inlinable
    package func id<Subject>(_ column: String) throws -> Identifier<Subject> {
        guard let (high, low) = try identifier(column) else { throw try unexpected(column) }
        return Identifier(high: high, low: low)
    }
    package func instant(_ column: String) throws -> Instant { Instant(microseconds: try integer(column)) }
    package func choice<Choice: RawRepresentable>(_ column: String, as type: Choice.Type = Choice.self) throws -> Choice
    where Choice.RawValue == String {
        guard let choice = Choice(rawValue: try text(column)) else { throw try unexpected(column) }
        return choice
    }

    package func optionalText(_ column: String) throws -> String? { try isNull(column) ? nil : text(column) }
    package func optionalInteger(_ column: String) throws -> Int64? { try isNull(column) ? nil : integer(column) }
    package func optionalReal(_ column: String) throws -> Double? { try isNull(column) ? nil : real(column) }
    package func optionalBlob(_ column: String) throws -> [UInt8]? { try isNull(column) ? nil : blob(column) }
    package func optionalInstant(_ column: String) throws -> Instant? { try isNull(column) ? nil : instant(column) }
    @inlinable
    package func optionalID<Subject>(_ column: String) throws -> Identifier<Subject>? {
        if let (high, low) = try identifier(column) { return Identifier(high: high, low: low) }
        guard try isNull(column) else { throw try unexpected(column) }
        return nil
    }

    @usableFromInline
    package func unexpected(_ column: String) throws -> SQLError { .unexpected(column: column, try value(column)) }
}
