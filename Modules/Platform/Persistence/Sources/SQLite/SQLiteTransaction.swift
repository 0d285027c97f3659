import Kernel

/// One caller's share of a SQLite transaction.
final class SQLiteTransaction: SQLTransaction {
    let dialect = Dialect.sqlite
    let account: AccountID?
    private let connection: SQLiteConnection
    private let sink: (any EventSink)?
    private var actions: [@Sendable (Bool) -> Void] = []

    init(_ connection: SQLiteConnection, account: AccountID?, sink: (any EventSink)?) {
        (self.connection, self.account, self.sink) = (connection, account, sink)
    }

    func execute(_ sql: SQL) throws -> Int { try connection.execute(sql) }

    func each(_ sql: SQL, _ body: (any SQLRow) throws -> Void) throws { try connection.each(sql, body) }

    func publish(_ event: some Event) throws {
        guard let sink else { throw SQLError.noEvents }
        try sink.record(event, in: self)
    }

    func enqueue(_ payload: some JobPayload, _ options: JobOptions) throws -> Bool {
        guard let sink else { throw SQLError.noEvents }
        return try sink.enqueue(payload, options, in: self)
    }

    func atEnd(_ action: @escaping @Sendable (Bool) -> Void) { actions.append(action) }

    func end(committed: Bool) {
        for action in actions { action(committed) }
        actions = []
    }
}
