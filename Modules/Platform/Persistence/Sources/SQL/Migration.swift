package import Kernel

/// A named step of a schema. Runs once, in a transaction, and is recorded with its name.
///
/// Tables with an `account_id` column get row-level security on PostgreSQL without further words.
package struct Migration: Sendable {
    /// `module.number-what`: `crm.1-contacts`. Never renamed once released.
    package let name: String
    let sqlite: [SQL]
    let postgres: [SQL]

    /// The same statements on both engines. `WITHOUT ROWID` after a table is for SQLite, which then stores the rows in the order of the
    /// primary key, in one tree instead of two.
    package init(_ name: String, _ statements: SQL...) {
        (self.name, sqlite, postgres) = (name, statements, statements.map(\.withoutSQLiteStorage))
    }

    /// For what the engines do differently: full-text search, unlogged tables.
    package init(_ name: String, sqlite: [SQL], postgres: [SQL]) {
        (self.name, self.sqlite, self.postgres) = (name, sqlite, postgres)
    }

    func statements(for dialect: Dialect) -> [SQL] { dialect == .sqlite ? sqlite : postgres }
}

/// Brings a database to the schema that the code expects.
package struct Migrator: Sendable {
    let migrations: [Migration]

    package init(_ migrations: [Migration]) { self.migrations = migrations }

    /// Applies what is missing, in order, each in its own transaction; returns the names applied.
    ///
    /// Processes that migrate at once wait for each other, and each step is applied by one of them.
    /// Throws `SchemaTooNew` and changes nothing when the database knows a migration that this program does not.
    @discardableResult
    package func migrate(_ database: any Database, at now: Instant) async throws -> [String] {
        var applied: [String] = []
        for migration in try await pending(in: database) {
            failpoint("migrate.step_n.before")
            let isMine = try await database.writeSystem(.migration) { transaction in
                try waitForOtherMigrators(in: transaction)
                let done = try transaction.count(
                    "SELECT count(*) AS count FROM platform_migration WHERE name = \(migration.name)")
                guard done == 0 else { return false }
                for statement in migration.statements(for: transaction.dialect) { try transaction.execute(statement) }
                if transaction.dialect == .postgres { try RowLevelSecurity.enable(in: transaction) }
                try transaction.execute(
                    "INSERT INTO platform_migration (name, applied_at) VALUES (\(migration.name), \(now))")
                return true
            }
            if isMine { applied.append(migration.name) }
            failpoint("migrate.step_n.after")
        }
        return applied
    }

    /// What `migrate` would apply.
    package func pending(in database: any Database) async throws -> [Migration] {
        let known = Set(migrations.map(\.name))
        let applied = try await names(in: database)
        if let unknown = applied.filter({ !known.contains($0) }).min() { throw SchemaTooNew(migration: unknown) }
        return migrations.filter { !applied.contains($0.name) }
    }

    private func names(in database: any Database) async throws -> [String] {
        try await database.writeSystem(.migration) { transaction in
            try waitForOtherMigrators(in: transaction)
            try transaction.execute(
                "CREATE TABLE IF NOT EXISTS platform_migration (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)")
            return try transaction.rows("SELECT name FROM platform_migration") { try $0.text("name") }
        }
    }

    /// Held until the transaction ends. SQLite has one writer anyway.
    ///
    /// A lock on the table itself would come too late: PostgreSQL's `IF NOT EXISTS` fails, with one of several errors, for
    /// the slower of two that make a table at once.
    private func waitForOtherMigrators(in transaction: any SQLTransaction) throws {
        guard transaction.dialect == .postgres else { return }
        _ = try transaction.rows("SELECT pg_advisory_xact_lock(hashtext('platform_migration'))::text AS held") { _ in () }
    }
}

/// The data was written by a newer version.
package struct SchemaTooNew: Error, CustomStringConvertible {
    package let migration: String

    package var description: String {
        "the data has the schema step \"\(migration)\", which this version does not know: "
            + "start the newer version again, or restore a backup made before the upgrade"
    }
}

/// The account rule, repeated in PostgreSQL itself.
enum RowLevelSecurity {
    /// Puts the policy on every table of the schema that has an `account_id` and lacks the policy.
    static func enable(in transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            DO $$
            DECLARE target record;
            BEGIN
              FOR target IN
                SELECT c.relname FROM pg_class c
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id' AND NOT a.attisdropped
                WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relforcerowsecurity
              LOOP
                EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', target.relname);
                EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', target.relname);
                EXECUTE format(
                  'CREATE POLICY account_scope ON %I USING (current_setting(''sevensales.scope'', true) = ''system''
                     OR account_id = NULLIF(current_setting(''sevensales.account'', true), '''')::uuid)', target.relname);
              END LOOP;
            END $$
            """)
    }
}
