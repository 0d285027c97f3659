import GRDB
import GRDBSQLite
import Kernel

/// Prepared statements over one SQLite connection that GRDB opened and owns.
///
/// The hot path binds and steps through SQLite's C interface: GRDB's argument and row values cost several microseconds a
/// statement, more than the statement itself.
final class SQLiteConnection {
    private let handle: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]

    init(_ database: GRDB.Database) throws {
        guard let handle = database.sqliteConnection else {
            throw SQLError.engine(code: "closed", message: "the database is closed")
        }
        self.handle = handle
    }

    deinit { for statement in statements.values { statement.finalize() } }

    /// Runs a statement without values, such as BEGIN.
    func run(_ text: String) throws {
        let statement = try prepared(text)
        defer { statement.reset() }
        while try step(statement) {}
    }

    /// False after an error that made SQLite roll the whole transaction back.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    func execute(_ sql: SQL) throws -> Int {
        try withStatement(sql) { statement in
            while try step(statement) {}
            return Int(sqlite3_changes(handle))
        }
    }

    func each(_ sql: SQL, _ body: (any SQLRow) throws -> Void) throws {
        _ = try withStatement(sql) { statement in
            while try step(statement) { try body(statement) }
            return 0
        }
    }

    private func withStatement(_ sql: SQL, _ body: (SQLiteStatement) throws -> Int) throws -> Int {
        let statement = try prepared(sql.template)
        // A statement in use by an outer loop is not shared: the inner one gets a copy of its own.
        guard !statement.isBusy else {
            let copy = try compile(sql.template)
            defer { copy.finalize() }
            try copy.bind(sql.values)
            return try body(copy)
        }
        statement.isBusy = true
        defer {
            statement.reset()
            statement.isBusy = false
        }
        try statement.bind(sql.values)
        return try body(statement)
    }

    private func prepared(_ template: String) throws -> SQLiteStatement {
        if let statement = statements[template] { return statement }
        if statements.count >= 500 {
            for (text, statement) in statements where !statement.isBusy {
                statement.finalize()
                statements[text] = nil
            }
        }
        let statement = try compile(template)
        statements[template] = statement
        return statement
    }

    private func compile(_ template: String) throws -> SQLiteStatement {
        let text = String(template.map { $0 == SQL.placeholder ? "?" : $0 })
        var pointer: OpaquePointer?
        var hasMore = false
        let code = text.withCString { start in
            var rest: UnsafePointer<CChar>?
            defer { hasMore = rest.map { String(cString: $0).contains { !$0.isWhitespace && $0 != ";" } } ?? false }
            return sqlite3_prepare_v2(handle, start, -1, &pointer, &rest)
        }
        guard code == SQLITE_OK, let pointer else { throw error(code) }
        // SQLite would silently run the first statement alone.
        guard !hasMore else {
            sqlite3_finalize(pointer)
            throw SQLError.engine(code: "statements", message: "one statement at a time: \(text.prefix(80))")
        }
        return SQLiteStatement(pointer)
    }

    private func step(_ statement: SQLiteStatement) throws -> Bool {
        switch statement.step() {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw error(code)
        }
    }

    private func error(_ code: Int32) -> any Error {
        let message = String(cString: sqlite3_errmsg(handle))
        let extended = sqlite3_extended_errcode(handle)
        switch (code & 0xFF, extended) {
        case (SQLITE_CONSTRAINT, SQLITE_CONSTRAINT_UNIQUE), (SQLITE_CONSTRAINT, SQLITE_CONSTRAINT_PRIMARYKEY):
            return SQLError.notUnique(message)
        case (SQLITE_BUSY, _), (SQLITE_LOCKED, _):
            return Problem.unavailable("the database file is locked by another program")
        case (SQLITE_FULL, _): return Problem.unavailable("the disk is full")
        default: return SQLError.engine(code: "sqlite-\(extended)", message: message)
        }
    }

    /// Whether a failure means that what SQLite wrote may not be on disk.
    static func isStorageFailure(_ error: any Error) -> Bool {
        guard case SQLError.engine(let code, _) = error else { return false }
        return [SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC].contains { code == "sqlite-\($0)" }
    }
}

/// `SQLITE_IOERR | (n << 8)`: macros that Swift does not import.
private let SQLITE_IOERR_FSYNC: Int32 = 10 | 4 << 8
private let SQLITE_IOERR_DIR_FSYNC: Int32 = 10 | 5 << 8
private let SQLITE_CONSTRAINT_UNIQUE: Int32 = 19 | 8 << 8
private let SQLITE_CONSTRAINT_PRIMARYKEY: Int32 = 19 | 6 << 8
