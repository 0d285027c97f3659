import Kernel
import Persistence
import TestSupport
import Testing

struct MigrationTests {
    static let one = Migration(
        "test.1-one", "CREATE TABLE test_one (account_id UUID NOT NULL, id UUID NOT NULL, PRIMARY KEY (account_id, id))")
    static let two = Migration(
        "test.2-two", "CREATE TABLE test_two (name TEXT PRIMARY KEY)", "INSERT INTO test_two (name) VALUES ('made')")

    @Test(arguments: TestEngine.all) func `missing steps are applied in order, and once`(engine: TestEngine) async throws {
        let database = try engine.place().open()
        #expect(try await Migrator([Self.one]).migrate(database, at: VirtualTime.start) == ["test.1-one"])
        #expect(try await Migrator([Self.one, Self.two]).migrate(database, at: VirtualTime.start) == ["test.2-two"])
        #expect(try await Migrator([Self.one, Self.two]).migrate(database, at: VirtualTime.start) == [])
        #expect(try await Migrator([Self.one, Self.two]).pending(in: database).isEmpty)
        #expect(try await database.readSystem(.migration) { try $0.count("SELECT count(*) AS count FROM test_two") } == 1)
    }

    /// F-28.
    @Test(arguments: TestEngine.all) func `an older program refuses newer data and changes nothing`(engine: TestEngine)
        async throws
    {
        let database = try engine.place().open()
        try await Migrator([Self.one, Self.two]).migrate(database, at: VirtualTime.start)
        let three = Migration("test.3-three", "CREATE TABLE test_three (name TEXT PRIMARY KEY)")
        do {
            try await Migrator([Self.one, three]).migrate(database, at: VirtualTime.start)
            Issue.record("the older program went on")
        } catch let error as SchemaTooNew {
            #expect(error.migration == "test.2-two")
            #expect(error.description.contains("test.2-two"))
        }
        await #expect(throws: (any Error).self) {
            try await database.readSystem(.migration) { try $0.count("SELECT count(*) AS count FROM test_three") }
        }
    }

    @Test(arguments: TestEngine.all) func `a failing step leaves nothing of itself and keeps the steps before`(engine: TestEngine)
        async throws
    {
        let database = try engine.place().open()
        let broken = Migration(
            "test.2-broken", "CREATE TABLE test_broken (name TEXT PRIMARY KEY)", "INSERT INTO test_broken (name) VALUES ('x')",
            "INSERT INTO nowhere (name) VALUES ('x')")
        await #expect(throws: SQLError.self) { try await Migrator([Self.one, broken]).migrate(database, at: VirtualTime.start) }
        #expect(try await Migrator([Self.one, broken]).pending(in: database).map(\.name) == ["test.2-broken"])
        #expect(try await database.readSystem(.migration) { try $0.count("SELECT count(*) AS count FROM test_one") } == 0)
        await #expect(throws: (any Error).self) {
            try await database.readSystem(.migration) { try $0.count("SELECT count(*) AS count FROM test_broken") }
        }
        // Mended, it goes on where it stopped.
        #expect(try await Migrator([Self.one, Self.two]).migrate(database, at: VirtualTime.start) == ["test.2-two"])
    }

    @Test(arguments: TestEngine.all) func `processes that migrate at once apply each step once`(engine: TestEngine) async throws {
        let steps = PersistenceSchema.data + [Self.one, Self.two]
        // The first moment is the delicate one: nothing exists yet that could be locked. Several rounds, to meet it.
        for _ in 0..<8 {
            let place = try engine.place()
            let databases = try (0..<6).map { _ in try place.open() }
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for database in databases { group.addTask { try await Migrator(steps).migrate(database, at: VirtualTime.start) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.sorted() == steps.map(\.name).sorted())
        }
    }
}
