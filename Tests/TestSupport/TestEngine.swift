package import Foundation
import Kernel
package import Persistence
import Synchronization

/// The two databases a store's tests run on.
package enum TestEngine: String, Sendable, CustomStringConvertible, CaseIterable {
    case sqlite
    case postgres

    /// What this run can reach: PostgreSQL only where `SEVENSALES_TEST_POSTGRES` names a server. PersistenceTests fail when it
    /// does not, so that nobody leaves it out by accident.
    package static let all: [TestEngine] = postgresAddress == nil ? [.sqlite] : [.sqlite, .postgres]

    /// `postgres://sevensales@127.0.0.1:54329/sevensales`.
    package static let postgresAddress: String? = variable("SEVENSALES_TEST_POSTGRES")

    /// `SEVENSALES_TEST_SQLITE_ONLY=1`: somebody left PostgreSQL out on purpose.
    package static let isSQLiteOnly = variable("SEVENSALES_TEST_SQLITE_ONLY") == "1"

    package var description: String { rawValue }

    /// A fresh, empty database with the platform's tables and then `migrations`.
    ///
    /// SQLite gets a file in a new folder, PostgreSQL a schema of its own. Both are removed some time after the last reference
    /// to the database is gone. `sink` receives what is published and queued; without one, publishing throws.
    package func database(_ migrations: [Migration] = [], sink: (any EventSink)? = nil) async throws -> any Database {
        let database = try place().open(sink: sink)
        try await Migrator(PersistenceSchema.data + migrations).migrate(database, at: VirtualTime.start)
        return database
    }

    /// A fresh place for databases that a test opens itself: twice, after a restart, as two processes.
    package func place() throws -> DatabasePlace {
        switch self {
        case .sqlite: try DatabasePlace(folder: TemporaryFolder())
        case .postgres:
            try DatabasePlace(
                url: Self.postgresAddress ?? "postgres://unset",
                schema: "test_\(UUID().uuidString.lowercased().filter { $0 != "-" })")
        }
    }

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// Where one test's data lies. Every `open` is another view of the same data, as another process would have it.
package final class DatabasePlace: Sendable {
    private enum Kind: Sendable {
        case file(TemporaryFolder)
        case schema(PostgresURL, String)
    }

    private let kind: Kind

    fileprivate init(folder: TemporaryFolder) throws { kind = .file(folder) }
    fileprivate init(url: String, schema: String) throws { kind = .schema(try PostgresURL(url), schema) }

    /// Three connections each: hundreds of tests share one server.
    package func open(sink: (any EventSink)? = nil) throws -> any Database {
        let inner: any Database =
            switch kind {
            case .file(let folder): try SQLiteDatabase(file: folder.url.appending(path: "data.sqlite"), sink: sink, readers: 3)
            case .schema(let url, let schema): try PostgresDatabase(url, schema: schema, connections: 3, sink: sink)
            }
        return ClosingDatabase(inner, place: self)
    }

    /// The SQLite file; nil on PostgreSQL.
    package var file: URL? { if case .file(let folder) = kind { folder.url.appending(path: "data.sqlite") } else { nil } }

    deinit {
        guard case .schema(let url, let schema) = kind else { return }
        Task.detached {
            guard let database = try? PostgresDatabase(url, schema: schema, connections: 1) else { return }
            _ = try? await database.writeSystem(.migration) { try $0.execute(Self.drop) }
            await database.close()
        }
    }

    /// A schema's name cannot be a bound value, so PostgreSQL splices it in itself.
    private static let drop: SQL = "DO $$ BEGIN EXECUTE format('DROP SCHEMA %I CASCADE', current_schema()); END $$"
}

/// Closes the real database when the test drops its last reference.
private final class ClosingDatabase: Database {
    private let inner: any Database
    /// Removed after the database is closed.
    private let place: DatabasePlace

    init(_ inner: any Database, place: DatabasePlace) { (self.inner, self.place) = (inner, place) }

    deinit {
        let (inner, place) = (inner, place)
        Task.detached {
            await inner.close()
            withExtendedLifetime(place) {}
        }
    }

    var dialect: Dialect { inner.dialect }
    func read<Value: Sendable>(
        in account: AccountID, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value { try await inner.read(in: account, body) }
    func write<Value: Sendable>(
        in account: AccountID, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value { try await inner.write(in: account, body) }
    func readSystem<Value: Sendable>(
        _ reason: SystemScope, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value { try await inner.readSystem(reason, body) }
    func writeSystem<Value: Sendable>(
        _ reason: SystemScope, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value { try await inner.writeSystem(reason, body) }
    func close() async { await inner.close() }
}
