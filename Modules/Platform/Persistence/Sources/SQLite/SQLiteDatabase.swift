package import Foundation
import GRDB
package import Kernel
import Synchronization

/// One SQLite file in WAL mode with `synchronous=FULL`: readers on snapshots, writers group-committed.
package final class SQLiteDatabase: Database {
    package let dialect = Dialect.sqlite
    private let pool: DatabasePool
    private let commits: GroupCommit
    private let sink: (any EventSink)?
    private let writer = Writer()
    /// One statement cache per reading connection, keyed by GRDB's object.
    private let readers = Mutex<[ObjectIdentifier: Reader]>([:])

    private struct Reader: @unchecked Sendable { let connection: SQLiteConnection }

    /// Opens or creates the file. `sink` receives published events; stores of derived data have none.
    package init(file: URL, sink: (any EventSink)? = nil, readers: Int = 4) throws {
        var configuration = Configuration()
        configuration.maximumReaderCount = readers
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 268435456;
                    PRAGMA cache_size = -16384; PRAGMA trusted_schema = OFF
                    """)
        }
        pool = try DatabasePool(path: file.path, configuration: configuration)
        self.sink = sink
        let pool = pool
        // GRDB sets NORMAL when it opens, which loses acknowledged commits on a power cut.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let writer = writer
        commits = GroupCommit(name: "sqlite-\(file.lastPathComponent)") { body in
            try pool.writeWithoutTransaction { try body(try writer.connection(over: $0)) }
        }
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
            pool.asyncRead { [self] result in
                continuation.resume(
                    with: Result {
                        let transaction = SQLiteTransaction(try reader(over: try result.get()), account: account, sink: nil)
                        return try body(transaction)
                    })
            }
        }
    }

    private func reader(over database: GRDB.Database) throws -> SQLiteConnection {
        try readers.withLock { readers in
            if let reader = readers[ObjectIdentifier(database)] { return reader }
            let made = Reader(connection: try SQLiteConnection(database))
            readers[ObjectIdentifier(database)] = made
            return made
        }.connection
    }

    private func write<Value: Sendable>(
        _ account: AccountID?, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value {
        let sink = sink
        return try await withCheckedThrowingContinuation { continuation in
            var value: Value?
            commits.submit(
                GroupCommit.Write(
                    run: { connection in
                        let transaction = SQLiteTransaction(connection, account: account, sink: sink)
                        value = try body(transaction)
                        return transaction.committed
                    },
                    finish: { error in
                        if let error {
                            continuation.resume(throwing: error)
                        } else if let value {
                            continuation.resume(returning: value)
                        } else {
                            continuation.resume(throwing: Problem.unavailable("the write was not run"))
                        }
                    }))
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
        readers.withLock { $0.removeAll() }
        try? pool.close()
    }
}
