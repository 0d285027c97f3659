package import Foundation
import GRDB
package import Kernel

/// One SQLite file in WAL mode with `synchronous=FULL`: readers on snapshots, writers group-committed.
package final class SQLiteDatabase: Database {
    package let dialect = Dialect.sqlite
    private let pool: DatabasePool
    private let commits: GroupCommit
    private let sink: (any EventSink)?
    private let writer = Writer()
    private let readers: SQLiteReaders

    /// Opens or creates the file. `sink` receives published events; stores of derived data have none.
    ///
    /// `cache` is how much of the file the writing connection may keep in memory, in KiB.
    package init(file: URL, sink: (any EventSink)? = nil, readers: Int = 4, cache: Int = 8_192) throws {
        pool = try DatabasePool(path: file.path, configuration: Self.configuration(cache: cache))
        self.readers = SQLiteReaders(
            file: file, configuration: Self.configuration(cache: 4_096, readonly: true), most: readers)
        self.sink = sink
        let pool = pool
        // GRDB sets NORMAL when it opens, which loses acknowledged commits on a power cut.
        try pool.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = \(Self.checkpointPages)")
        }
        let writer = writer
        commits = GroupCommit(name: "sqlite-\(file.lastPathComponent)") { body in
            try pool.writeWithoutTransaction { try body(try writer.connection(over: $0)) }
        }
    }

    /// 16 MB of log between checkpoints: pages that change often are then written to the file once, not four times.
    private static let checkpointPages = 4_000

    /// `cache` is in KiB. No memory map: the pages it maps count as this process's memory once for each connection.
    private static func configuration(cache: Int, readonly: Bool = false) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.readonly = readonly
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;
                    PRAGMA cache_size = \(-cache); PRAGMA trusted_schema = OFF
                    """)
        }
        return configuration
    }

    /// The writing connection's statement cache; used on the commit thread alone.
    private final class Writer: @unchecked Sendable {
        private var connection: SQLiteConnection?
        func connection(over database: GRDB.Database) throws -> SQLiteConnection {
            if let connection { return connection }
            let made = try SQLiteConnection(database)
            connection = made
            return made
        }
        /// SQLite closes a connection only when its statements are gone.
        func release() { connection = nil }
    }

    package func read<Value: Sendable>(
        in account: AccountID, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value { try await read(account, body) }

    package func readSystem<Value: Sendable>(
        _ reason: SystemScope, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value { try await read(nil, body) }

    package func write<Value: Sendable>(
        in account: AccountID, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value { try await write(account, body) }

    package func writeSystem<Value: Sendable>(
        _ reason: SystemScope, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value { try await write(nil, body) }

    private func read<Value: Sendable>(
        _ account: AccountID?, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            readers.submit { connection in
                continuation.resume(
                    with: Result {
                        let connection = try connection.get()
                        try connection.run("BEGIN")
                        defer { try? connection.run("COMMIT") }
                        return try body(SQLiteTransaction(connection, account: account, sink: nil))
                    })
            }
        }
    }

    private func write<Value: Sendable>(
        _ account: AccountID?, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { commits.submit(Write(account, sink, body, $0)) }
    }

    private final class Write<Value: Sendable>: GroupedWrite {
        let isBackground = WorkClass.isBackground
        private let account: AccountID?
        private let sink: (any EventSink)?
        private let body: @Sendable (any SQLTransaction) throws -> Value
        private let continuation: CheckedContinuation<Value, any Error>
        private var transaction: SQLiteTransaction?
        private var value: Value?

        init(
            _ account: AccountID?, _ sink: (any EventSink)?, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value,
            _ continuation: CheckedContinuation<Value, any Error>
        ) {
            (self.account, self.sink, self.body, self.continuation) = (account, sink, body, continuation)
        }

        func run(_ connection: SQLiteConnection) throws {
            transaction?.end(committed: false)
            let transaction = SQLiteTransaction(connection, account: account, sink: sink)
            self.transaction = transaction
            value = try body(transaction)
        }

        func finish(_ error: (any Error)?) {
            // Before the caller goes on, as on PostgreSQL: whoever awaits a write finds its wake-ups done.
            transaction?.end(committed: error == nil)
            if let error {
                continuation.resume(throwing: error)
            } else if let value {
                continuation.resume(returning: value)
            } else {
                continuation.resume(throwing: Problem.unavailable("the write was not run"))
            }
        }
    }

    /// 2 is FULL, 1 NORMAL, as SQLite numbers them.
    package func synchronousLevel() throws -> Int {
        try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? 0 }
    }

    /// A consistent copy of the whole file, made while others read and write.
    package func backUp(to file: URL) throws {
        let copy = try DatabaseQueue(path: file.path)
        try pool.backup(to: copy)
        try copy.close()
    }

    package func close() async {
        commits.close()
        writer.release()
        readers.close()
        try? pool.close()
    }
}
