import Foundation
import Kernel
import Persistence
import Synchronization
import TestSupport
import Testing

@Suite(.enabled(if: TestEngine.postgresAddress != nil))
struct PostgresTests {
    let mine = AccountID()
    let theirs = AccountID()

    private func filled() async throws -> any Database {
        let database = try await TestEngine.postgres.database([Things.migration])
        for account in [mine, theirs] { try await database.write(in: account) { try Things.insert("\(account)", in: $0) } }
        return database
    }

    @Test func `the tests' role cannot bypass row-level security`() async throws {
        let database = try await filled()
        let powers = try await database.readSystem(.installation) { transaction in
            try transaction.row("SELECT rolsuper OR rolbypassrls AS powerful FROM pg_roles WHERE rolname = current_user") {
                try $0.bool("powerful")
            }
        }
        #expect(powers == false)
    }

    @Test func `a query that forgot its account sees and changes its own account alone`() async throws {
        let database = try await filled()
        let (mine, theirs) = (mine, theirs)
        #expect(
            try await database.read(in: mine) { try $0.rows("SELECT text FROM test_thing") { try $0.text("text") } } == [
                "\(mine)"
            ])
        #expect(try await database.write(in: mine) { try $0.execute("UPDATE test_thing SET number = 1") } == 1)
        #expect(try await database.write(in: mine) { try $0.execute("DELETE FROM test_thing WHERE account_id = \(theirs)") } == 0)
        #expect(try await database.readSystem(.installation) { try $0.count("SELECT count(*) AS count FROM test_thing") } == 2)
    }

    @Test func `a row cannot be written into or moved to another account`() async throws {
        let database = try await filled()
        let theirs = theirs
        await #expect(throws: SQLError.self) {
            try await database.write(in: mine) {
                _ = try $0.execute("INSERT INTO test_thing (account_id, id) VALUES (\(theirs), \(EventID()))")
            }
        }
        await #expect(throws: SQLError.self) {
            try await database.write(in: mine) { _ = try $0.execute("UPDATE test_thing SET account_id = \(theirs)") }
        }
    }

    @Test func `every table with an account forces the rule, the platform's own too`() async throws {
        let database = try await filled()
        let open = try await database.readSystem(.installation) { transaction in
            try transaction.rows(
                """
                SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'
                WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
                  AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
                """
            ) { try $0.text("relname") }
        }
        #expect(open.isEmpty)
    }

    @Test func `a pooled connection keeps neither account nor system scope`() async throws {
        let place = try TestEngine.postgres.place()
        let database = try place.open()
        try await Migrator([Things.migration]).migrate(database, at: VirtualTime.start)
        let (mine, theirs) = (mine, theirs)
        let settings: @Sendable (any SQLTransaction) throws -> [String]? = { transaction in
            try transaction.row(
                """
                SELECT coalesce(current_setting('sevensales.account', true), '') AS account,
                  coalesce(current_setting('sevensales.scope', true), '') AS scope
                """
            ) { [try $0.text("account"), try $0.text("scope")] }
        }
        for round in 0..<12 {
            #expect(try await database.write(in: mine, settings) == [mine.description, ""])
            // A rolled-back transaction leaves as little behind as a committed one.
            try? await database.write(in: theirs) { _ in if round % 2 == 0 { throw Broken() } }
            #expect(try await database.readSystem(.installation, settings) == ["", "system"])
            #expect(try await database.read(in: theirs, settings) == [theirs.description, ""])
        }
    }

    @Test func `a deadlock is resolved by running one transaction again`() async throws {
        let database = try await TestEngine.postgres.database([Things.migration])
        let account = mine
        let ids = [Identifier<Never>(), Identifier<Never>()]
        try await database.write(in: account) { for id in ids { try Things.insert("", id: id, in: $0) } }
        let attempts = Recorder<Int>()
        let arrived = Recorder<Int>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for order in [ids, ids.reversed()] {
                group.addTask {
                    try await database.write(in: account) { transaction in
                        attempts.append(1)
                        for (step, id) in order.enumerated() {
                            try transaction.execute(
                                "UPDATE test_thing SET number = coalesce(number, 0) + 1 WHERE account_id = \(account) AND id = \(id)"
                            )
                            guard step == 0 else { continue }
                            arrived.append(1)
                            let end = Date().addingTimeInterval(3)
                            while arrived.count < 2, Date() < end { usleep(1_000) }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(attempts.count == 3)
        let numbers = try await database.read(in: account) {
            try $0.rows("SELECT number FROM test_thing") { try $0.integer("number") }
        }
        #expect(numbers == [2, 2])
    }

    @Test func `a serialization failure is tried five times`() async throws {
        let database = try await TestEngine.postgres.database([Things.migration])
        let attempts = Mutex(0)
        let number = try await database.write(in: mine) { transaction in
            let attempt = attempts.withLock { attempts in
                attempts += 1
                return attempts
            }
            try Things.insert("\(attempt)", in: transaction)
            if attempt < 5 { throw SQLError.serialization("test") }
            return attempt
        }
        #expect(number == 5)
        #expect(try await Things.texts(database, in: mine) == ["5"])
        let more = Mutex(0)
        await #expect(throws: SQLError.self) {
            try await database.write(in: mine) { _ in
                more.withLock { $0 += 1 }
                throw SQLError.serialization("test")
            }
        }
        #expect(more.withLock { $0 } == 5)
    }

    /// F-17, F-18: the server closes every connection.
    @Test func `the pool recovers from closed connections`() async throws {
        let database = try await filled()
        let mine = mine
        for _ in 0..<3 {
            _ = try? await database.writeSystem(.installation) { transaction in
                try transaction.execute(
                    """
                    SELECT pg_terminate_backend(l.pid) FROM pg_locks l
                    WHERE l.relation = 'test_thing'::regclass AND l.pid <> pg_backend_pid()
                    """)
            }
            do {
                try await database.write(in: mine) { transaction in
                    try Things.insert("lost", in: transaction)
                    try transaction.execute("SELECT pg_terminate_backend(pg_backend_pid())")
                }
                Issue.record("a write on a dead connection was acknowledged")
            } catch Problem.unavailable {}
            try await eventually("the next write") {
                do {
                    try await database.write(in: mine) { try Things.insert("kept", in: $0) }
                    return true
                } catch { return false }
            }
        }
        let found = try await Things.texts(database, in: mine)
        #expect(!found.contains("lost"))
        #expect(found.count == 4)
    }

    @Test func `a server that does not answer is unavailable at once`() async throws {
        #expect(throws: Problem.self) { try PostgresDatabase(PostgresURL("postgres://x@127.0.0.1:1/x"), schema: "x") }
    }

    @Test(arguments: ["", "UPPER", "a-b", "a b", "a;drop", "\"", "ж"]) func `a schema's name is plain`(name: String) throws {
        let url = try PostgresURL("postgres://x@127.0.0.1:1/x")
        #expect { try PostgresDatabase(url, schema: name) } throws: { error in
            if case Problem.invalid = error { true } else { false }
        }
    }

    @Test func `the address in logs has no password`() throws {
        #expect("\(try PostgresURL("postgres://me:s3cr@et@host:1/db"))".contains("s3cr") == false)
        #expect("\(try PostgresURL("postgres://me@host/db"))" == "postgres://me@host/db")
        #expect(throws: Problem.self) { try PostgresURL("mysql://me@host/db") }
    }
}
