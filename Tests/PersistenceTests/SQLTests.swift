import Kernel
import Persistence
import TestSupport
import Testing

struct SQLTests {
    let account = AccountID()

    static let hostileTexts = [
        "'; DROP TABLE test_thing; --", "\" OR 1=1 --", "$1 ? ?1 :name @x", "\\'; \\x00", "%_\\", "", " ", "\u{1}",
        "a\u{1}b\u{1}",
        "line\r\nline", "Қазақша, русский, 日本語, 👩‍👩‍👧‍👦", "e\u{301} é", "\u{202E}evil", "\u{FEFF}bom",
        String(repeating: "ж", count: 100_000),
    ]

    @Test(arguments: TestEngine.all, hostileTexts)
    func `a value is data, whatever it says`(engine: TestEngine, text: String) async throws {
        let database = try await engine.database([Things.migration])
        let account = account
        try await database.write(in: account) { try Things.insert(text, in: $0) }
        let found = try await database.read(in: account) { transaction in
            try transaction.rows("SELECT text FROM test_thing WHERE account_id = \(account) AND text = \(text)") {
                try $0.text("text")
            }
        }
        #expect(found.count == 1)
        #expect(found.first.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
    }

    @Test(arguments: TestEngine.all) func `NUL is dropped from text and kept in bytes`(engine: TestEngine) async throws {
        let database = try await engine.database([Things.migration])
        let account = account
        let found = try await database.write(in: account) { transaction in
            try transaction.execute(
                "INSERT INTO test_thing (account_id, id, text, bytes) VALUES (\(account), \(account), \("a\0b\0"), \([0, 1, 0] as [UInt8]))"
            )
            return try transaction.row("SELECT text, bytes FROM test_thing") { (try $0.text("text"), try $0.blob("bytes")) }
        }
        #expect(found?.0 == "ab")
        #expect(found?.1 == [0, 1, 0])
    }

    @Test(arguments: TestEngine.all) func `every kind of value comes back as it went`(engine: TestEngine) async throws {
        let database = try await engine.database([Things.migration])
        let account = account
        for number in [Int64.min, -1, 0, 1, .max] {
            for fraction in [-0.1, 0, 1e300, 2.3e-308] {
                try await database.write(in: account) { transaction in
                    let id = Identifier<Never>()
                    try transaction.execute(
                        """
                        INSERT INTO test_thing (account_id, id, number, fraction, bytes, flag)
                        VALUES (\(account), \(id), \(number), \(fraction), \([] as [UInt8]), \(true))
                        """)
                    let ok = try transaction.row("SELECT * FROM test_thing WHERE id = \(id)") { row in
                        let sameID: Identifier<Never> = try row.id("id")
                        return try sameID == id && row.integer("number") == number && row.real("fraction") == fraction
                            && row.blob("bytes").isEmpty && row.bool("flag") && row.optionalText("text") == nil
                            && row.optionalReal("text") == nil
                    }
                    #expect(ok == true, "\(number) \(fraction)")
                }
            }
        }
    }

    @Test(arguments: TestEngine.all) func `lists and pieces bind in order`(engine: TestEngine) async throws {
        let database = try await engine.database([Things.migration])
        let account = account
        let found = try await database.write(in: account) { transaction in
            for text in ["a", "b", "c", "d"] { try Things.insert(text, in: transaction) }
            var sql: SQL = "SELECT text FROM test_thing WHERE account_id = \(account) AND text IN (\(list: ["b", "c", "x"]))"
            let last: SQL = "text <> \("c")"
            sql += " AND \(sql: last)" + " ORDER BY text LIMIT \(10)"
            return try transaction.rows(sql) { try $0.text("text") }
        }
        #expect(found == ["b"])
    }

    @Test(arguments: TestEngine.all) func `a missing column and a wrong type are errors`(engine: TestEngine) async throws {
        let database = try await engine.database([Things.migration])
        let account = account
        try await database.write(in: account) { try Things.insert("x", in: $0) }
        for read in [{ row in _ = try row.text("nothing") }, { row in _ = try row.integer("text") }]
            as [@Sendable (any SQLRow) throws -> Void]
        {
            await #expect(throws: SQLError.self) {
                try await database.read(in: account) { _ = try $0.rows("SELECT * FROM test_thing", read) }
            }
        }
    }

    @Test(arguments: TestEngine.all) func `two statements in one text are refused`(engine: TestEngine) async throws {
        let database = try await engine.database([Things.migration])
        await #expect(throws: SQLError.self) {
            try await database.write(in: Things.account) { _ = try $0.execute("DELETE FROM test_thing; DELETE FROM test_thing") }
        }
    }

    @Test(arguments: TestEngine.all) func `identifiers sort in the database as in the program`(engine: TestEngine) async throws {
        let database = try await engine.database([Things.migration])
        let account = account
        let random = Randomness.seeded(42)
        var ids = (0..<200).map { _ in Identifier<Never>(high: random.next(), low: random.next()) }
        ids += [
            Identifier(high: 0, low: 0), Identifier(high: .max, low: .max), Identifier(high: 0, low: .max),
            Identifier(high: 1 << 63, low: 0),
        ]
        let all = ids
        let found = try await database.write(in: account) { transaction in
            for id in all { try Things.insert("", id: id, in: transaction) }
            return try transaction.rows("SELECT id FROM test_thing ORDER BY id") { row -> Identifier<Never> in try row.id("id") }
        }
        #expect(found == all.sorted())
        let middle = all.sorted()[100]
        let after = try await database.read(in: account) { transaction in
            try transaction.count("SELECT count(*) AS count FROM test_thing WHERE (account_id, id) > (\(account), \(middle))")
        }
        #expect(after == all.count - 101)
    }
}
