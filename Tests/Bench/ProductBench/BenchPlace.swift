import Foundation
import Kernel
import Persistence

/// A fresh place for one measurement's data, removed afterwards: a folder for SQLite, a schema of its own on PostgreSQL.
struct BenchPlace {
    private let folder: URL
    private let postgres: PostgresURL?
    private let schema = "bench_\(ProcessInfo.processInfo.processIdentifier)"

    init(postgres address: String?) throws {
        postgres = try address.map { try PostgresURL($0) }
        folder = URL(filePath: NSTemporaryDirectory()).appending(path: "sevensales-\(schema)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// As the server opens its own, with the platform's tables.
    func open(sink: (any EventSink)? = nil, also migrations: [Migration] = []) async throws -> any Database {
        let database: any Database =
            if let postgres { try PostgresDatabase(postgres, schema: schema, sink: sink) } else {
                try SQLiteDatabase(file: folder.appending(path: "data.sqlite"), sink: sink)
            }
        try await Migrator(PersistenceSchema.data + migrations).migrate(database, at: SystemTime().now())
        return database
    }

    func remove() async throws {
        try FileManager.default.removeItem(at: folder)
        guard let postgres else { return }
        let database = try PostgresDatabase(postgres, schema: schema, connections: 1)
        // A schema's name cannot be a bound value, so PostgreSQL splices it in itself.
        _ = try await database.writeSystem(.migration) {
            try $0.execute("DO $$ BEGIN EXECUTE format('DROP SCHEMA %I CASCADE', current_schema()); END $$")
        }
        await database.close()
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
