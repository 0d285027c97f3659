import Kernel
import KnowledgeBase
import Persistence
import TestSupport
import Testing

struct KnowledgeSchemaTests {
    @Test func `the data map lists every column and no other`() async throws {
        let database = try await TestEngine.sqlite.database(KnowledgeBaseModule.migrations)
        let columns = try await database.readSystem(.migration) { transaction in
            try transaction.rows(
                """
                SELECT t.name AS table_name, c.name AS column_name FROM sqlite_master t, pragma_table_info(t.name) c
                WHERE t.type = 'table' AND t.name LIKE 'knowledge%'
                """
            ) { (try $0.text("table_name"), try $0.text("column_name")) }
        }
        let found = Dictionary(grouping: columns, by: \.0).mapValues { Set($0.map(\.1)) }
        #expect(found == KnowledgeBaseModule.dataMap.mapValues { Set($0.keys) })
    }
}
