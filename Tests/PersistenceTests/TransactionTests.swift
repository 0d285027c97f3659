import Foundation
import Kernel
import Persistence
import Synchronization
import TestSupport
import Testing

struct TransactionTests {
    let account = AccountID()

    /// Continuous integration can never leave an engine out by accident.
    @Test func `PostgreSQL is part of the run`() {
        #expect(
            TestEngine.postgresAddress != nil || TestEngine.isSQLiteOnly,
            "set SEVENSALES_TEST_POSTGRES (Tests/support/postgres.sh start FOLDER prints it), or SEVENSALES_TEST_SQLITE_ONLY=1 to do without"
        )
    }

    @Test(arguments: TestEngine.all) func `a body that throws changes nothing`(engine: TestEngine) async throws {
        let database = try await engine.database([Things.migration])
        await #expect(throws: Broken.self) {
            try await database.write(in: account) { transaction in
                try Things.insert("x", in: transaction)
                throw Broken()
            }
        }
        #expect(try await Things.texts(database, in: account).isEmpty)
    }

    @Test(arguments: TestEngine.all) func `a duplicate is told apart from other failures`(engine: TestEngine) async throws {
        let database = try await engine.database([Things.migration])
        let id = Identifier<Never>()
        try await database.write(in: account) { try Things.insert("x", id: id, in: $0) }
        do {
            try await database.write(in: account) { try Things.insert("y", id: id, in: $0) }
            Issue.record("the second row was accepted")
        } catch SQLError.notUnique {}
        #expect(try await Things.texts(database, in: account) == ["x"])
    }

    /// PostgreSQL turns the COMMIT of such a transaction into a rollback without saying so.
    @Test(arguments: TestEngine.all) func `a write that swallowed a failed statement is stored or throws`(engine: TestEngine)
        async throws
    {
        let database = try await engine.database([Things.migration])
        let id = Identifier<Never>()
        let succeeded: Bool
        do {
            try await database.write(in: account) { transaction in
                try Things.insert("x", id: id, in: transaction)
                try? Things.insert("y", id: id, in: transaction)
            }
            succeeded = true
        } catch { succeeded = false }
        #expect(try await Things.texts(database, in: account).count == (succeeded ? 1 : 0))
        // The connection is fit for the next.
        for _ in 0..<5 { try await database.write(in: account) { try Things.insert("z", in: $0) } }
    }

    @Test(arguments: TestEngine.all) func `a reading transaction cannot write`(engine: TestEngine) async throws {
        let database = try await engine.database([Things.migration])
        await #expect(throws: (any Error).self) { try await database.read(in: account) { try Things.insert("x", in: $0) } }
        #expect(try await Things.texts(database, in: account).isEmpty)
    }

    @Test(arguments: TestEngine.all) func `a reader sees one moment, and only what is committed`(engine: TestEngine) async throws
    {
        let database = try await engine.database([Things.migration])
        let account = account
        let (reading, written) = (Recorder<Bool>(), DispatchSemaphore(value: 0))
        async let counts = database.read(in: account) { transaction in
            let before = try transaction.count("SELECT count(*) AS count FROM test_thing")
            reading.append(true)
            _ = written.wait(timeout: .now() + 10)
            return [before, try transaction.count("SELECT count(*) AS count FROM test_thing")]
        }
        try await eventually { reading.count == 1 }
        try await database.write(in: account) { try Things.insert("x", in: $0) }
        written.signal()
        #expect(try await counts == [0, 0])

        let (inside, seen) = (Recorder<Bool>(), DispatchSemaphore(value: 0))
        async let write: Void = database.write(in: account) { transaction in
            try Things.insert("y", in: transaction)
            inside.append(true)
            _ = seen.wait(timeout: .now() + 10)
        }
        try await eventually { inside.count == 1 }
        #expect(try await Things.texts(database, in: account) == ["x"])
        seen.signal()
        try await write
        #expect(try await Things.texts(database, in: account) == ["x", "y"])
    }

    @Test(arguments: TestEngine.all) func `actions after the commit run for commits alone, before the writer goes on`(
        engine: TestEngine
    ) async throws {
        let database = try await engine.database([Things.migration])
        let told = Recorder<Int>()
        for number in 0..<20 {
            try? await database.write(in: account) { transaction in
                transaction.afterCommit { told.append(number) }
                if number % 2 == 1 { throw Broken() }
            }
            #expect(told.count == number / 2 + 1)
        }
    }

    @Test(arguments: TestEngine.all) func `a closed database refuses`(engine: TestEngine) async throws {
        let database = try await engine.database([Things.migration])
        await database.close()
        await #expect(throws: (any Error).self) { try await database.write(in: account) { try Things.insert("x", in: $0) } }
    }

    @Test(arguments: TestEngine.all) func `writing without a sink for events says so`(engine: TestEngine) async throws {
        let database = try await engine.database([Things.migration])
        await #expect(throws: SQLError.self) {
            try await database.write(in: account) { try $0.publish(Happened(subject: "x", number: 1)) }
        }
    }
}
