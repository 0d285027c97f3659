import Kernel
package import Persistence

extension Database {
    /// The columns of every table whose name begins with `prefix`, as the engine itself knows them.
    package func columns(ofTablesNamed prefix: String) async throws -> [String: Set<String>] {
        let statement = dialect == .sqlite ? Self.columnsInSQLite : Self.columnsInPostgres
        let found = try await readSystem(.migration) { transaction in
            try transaction.rows(statement) { (table: try $0.text("table_name"), column: try $0.text("column_name")) }
        }
        return Dictionary(grouping: found.filter { $0.table.hasPrefix(prefix) }, by: \.table)
            .mapValues { Set($0.map(\.column)) }
    }

    private static var columnsInSQLite: SQL {
        """
        SELECT m.name AS table_name, p.name AS column_name FROM sqlite_master m JOIN pragma_table_info(m.name) p
        WHERE m.type = 'table'
        """
    }

    private static var columnsInPostgres: SQL {
        """
        SELECT CAST(table_name AS TEXT) AS table_name, CAST(column_name AS TEXT) AS column_name
        FROM information_schema.columns WHERE table_schema = current_schema()
        """
    }
}
