package import Kernel

/// The engine, for the few places where a pair of named functions must differ.
package enum Dialect: Sendable { case sqlite, postgres }

/// An open transaction, as stores see it. Used on one thread, never kept beyond the closure that received it.
package protocol SQLTransaction: Transaction {
    var dialect: Dialect { get }

    /// Runs a statement that returns no rows and says how many rows it changed.
    @discardableResult
    func execute(_ sql: SQL) throws -> Int

    /// Runs a statement and calls `body` with each row it returns, in its order.
    func each(_ sql: SQL, _ body: (any SQLRow) throws -> Void) throws

    /// Queues `payload` if, and only if, this transaction commits. False when `options.unique` is already queued.
    @discardableResult
    func enqueue(_ payload: some JobPayload, _ options: JobOptions) throws -> Bool

    /// Runs `action` once the transaction has ended, with whether it was committed. After a commit it runs before the caller goes on.
    func atEnd(_ action: @escaping @Sendable (_ committed: Bool) -> Void)
}

extension SQLTransaction {
    // Inlined into the stores: as calls through the protocol's table these would build their types anew for every statement.

    /// Runs a statement and decodes every row it returns, in its order.
    @inlinable
    package func rows<Value>(_ sql: SQL, _ decode: (any SQLRow) throws -> Value) throws -> [Value] {
        var values: [Value] = []
        try each(sql) { values.append(try decode($0)) }
        return values
    }

    /// The first row, if any.
    @inlinable
    package func row<Value>(_ sql: SQL, _ decode: (any SQLRow) throws -> Value) throws -> Value? {
        var first: Value?
        try each(sql) { row in
            if first == nil { first = try decode(row) }
        }
        return first
    }

    package func afterCommit(_ action: @escaping @Sendable () -> Void) {
        atEnd { committed in
            if committed { action() }
        }
    }

    @discardableResult
    package func enqueue(_ payload: some JobPayload) throws -> Bool { try enqueue(payload, JobOptions()) }

    /// A `SELECT count(*) AS count …` and its like.
    package func count(_ sql: SQL) throws -> Int { try row(sql) { try $0.int("count") } ?? 0 }
}

extension Transaction {
    /// The SQL behind a transaction that came through another module's interface.
    package var sql: any SQLTransaction {
        get throws {
            guard let sql = self as? any SQLTransaction else {
                throw SQLError.engine(code: "transaction", message: "the transaction is not one of this database")
            }
            return sql
        }
    }

    /// The account the transaction is open for; a system transaction has none.
    package var scopedAccount: AccountID {
        get throws {
            guard let account else {
                throw SQLError.engine(code: "scope", message: "this needs a transaction of one account")
            }
            return account
        }
    }
}
