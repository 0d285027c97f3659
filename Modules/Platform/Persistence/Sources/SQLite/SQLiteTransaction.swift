import Kernel

/// One caller's share of a SQLite transaction.
final class SQLiteTransaction: SQLTransaction {
    let dialect = Dialect.sqlite
    let account: AccountID?
    private let connection: SQLiteConnection
    private let sink: (any EventSink)?
    private(set) var committed: [@Sendable () -> Void] = []

    init(_ connection: SQLiteConnection, account: AccountID?, sink: (any EventSink)?) {
        (self.connection, self.account, self.sink) = (connection, account, sink)
    }

    func execute(_ sql: SQL) throws -> Int { try connection.execute(sql) }

    func rows<Value>(_ sql: SQL, _ decode: (any SQLRow) throws -> Value) throws -> [Value] {
        try connection.rows(sql, decode)
    }

    func publish(_ event: some Event) throws {
        guard let sink else { throw SQLError.noEvents }
        try sink.record(event, in: self)
    }

    func enqueue(_ payload: some JobPayload, _ options: JobOptions) throws -> Bool {
        guard let sink else { throw SQLError.noEvents }
        return try sink.enqueue(payload, options, in: self)
    }

    func afterCommit(_ action: @escaping @Sendable () -> Void) { committed.append(action) }
}
