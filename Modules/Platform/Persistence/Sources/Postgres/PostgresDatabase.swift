import Foundation
package import Kernel

/// A PostgreSQL schema behind a pool of connections, each with a thread of its own.
///
/// A transaction carries its account as a `SET LOCAL`, so a pooled connection never keeps it. After a serialization failure
/// or deadlock the whole transaction runs again, up to five times.
package final class PostgresDatabase: Database {
    package let dialect = Dialect.postgres
    private let workers: ConnectionWorkers
    private let sink: (any EventSink)?

    /// Creates the schema when it is missing. Throws `Problem.unavailable` when the server does not answer.
    ///
    /// `schema` is made of letters, digits and underscores.
    package init(_ url: PostgresURL, schema: String, connections: Int = 8, sink: (any EventSink)? = nil) throws {
        guard !schema.isEmpty, schema.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }) else {
            throw Problem.invalid(field: "schema", "expected lower-case letters, digits and underscores")
        }
        self.sink = sink
        let first = PostgresConnection(url, schema: schema)
        try first.ensureConnected()
        // Two processes that start at once both try; PostgreSQL lets one of them fail.
        do { try first.run("CREATE SCHEMA IF NOT EXISTS \(schema)") } catch SQLError.notUnique {}
        first.disconnect()
        workers = ConnectionWorkers(count: connections) { PostgresConnection(url, schema: schema) }
    }

    package func read<Value: Sendable>(
        in account: AccountID, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value {
        try await transact(Self.reading + scope(account), account, nil, body)
    }

    package func readSystem<Value: Sendable>(
        _ reason: SystemScope, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value {
        try await transact(Self.reading + scope(nil), nil, nil, body)
    }

    package func write<Value: Sendable>(
        in account: AccountID, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value { try await transact("BEGIN; \(scope(account))", account, sink, body) }

    package func writeSystem<Value: Sendable>(
        _ reason: SystemScope, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value { try await transact("BEGIN; \(scope(nil))", nil, sink, body) }

    private static let reading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; "

    private func scope(_ account: AccountID?) -> String {
        guard let account else { return "SET LOCAL sevensales.scope = 'system'" }
        return "SET LOCAL sevensales.account = '\(account)'"
    }

    private func transact<Value: Sendable>(
        _ begin: String, _ account: AccountID?, _ sink: (any EventSink)?,
        _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            workers.submit { connection in
                do {
                    continuation.resume(returning: try Self.attempt(connection.get(), begin, account, sink, body))
                } catch { continuation.resume(throwing: error) }
            }
        }
    }

    private static func attempt<Value>(
        _ connection: PostgresConnection, _ begin: String, _ account: AccountID?, _ sink: (any EventSink)?,
        _ body: (any SQLTransaction) throws -> Value
    ) throws -> Value {
        var tries = 0
        let isReading = begin.hasPrefix(reading)
        while true {
            tries += 1
            let transaction = PostgresTransaction(connection, account: account, sink: sink)
            do { try connection.run(begin) } catch Problem.unavailable where tries == 1 {
                // The server closed an idle connection; nothing was sent on it yet, so a new one may serve.
                try connection.ensureConnected()
                continue
            } catch {
                // Whatever state the connection is in now, nobody shall inherit it.
                connection.disconnect()
                throw error
            }
            do {
                let value = try body(transaction)
                if isReading {
                    try connection.endReading()
                    transaction.end(committed: true)
                    return value
                }
                failpoint("postgres.commit.before")
                try connection.commit()
                failpoint("postgres.commit.after")
                transaction.end(committed: true)
                return value
            } catch {
                // A lost connection has rolled back by itself; the error that matters is the first one.
                try? connection.run("ROLLBACK")
                transaction.end(committed: false)
                guard case SQLError.serialization = error, tries < 5 else { throw error }
                Thread.sleep(forTimeInterval: Double.random(in: 0.001...0.02) * Double(tries))
            }
        }
    }

    package func close() async { workers.close() }
}

/// One caller's PostgreSQL transaction.
final class PostgresTransaction: SQLTransaction {
    let dialect = Dialect.postgres
    let account: AccountID?
    private let connection: PostgresConnection
    private let sink: (any EventSink)?
    private var actions: [@Sendable (Bool) -> Void] = []

    init(_ connection: PostgresConnection, account: AccountID?, sink: (any EventSink)?) {
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
