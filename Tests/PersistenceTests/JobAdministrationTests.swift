import Kernel
import TestSupport
import Testing

@testable import Persistence

struct JobAdministrationTests {
    /// A process whose three jobs all died.
    private func graveyard(_ engine: TestEngine) async throws -> (TestProcess, JobAdministration) {
        let process = try await TestProcess(engine.place(), time: VirtualTime())
        for number in 0..<3 {
            try await process.enqueue(Work(number: number), JobOptions(unique: "key \(number)", maxAttempts: 1))
        }
        try await process.database.writeSystem(.jobs) { transaction in
            let store = JobStore(transaction: transaction)
            for job in try store.claim([Work.queue], limit: 10, owner: "gone", at: VirtualTime.start) {
                try store.bury(job, error: "it failed")
            }
        }
        return (process, JobAdministration(database: process.database))
    }

    @Test(arguments: TestEngine.all) func `dead jobs are listed with their reason and can be tried again`(engine: TestEngine)
        async throws
    {
        let (process, administration) = try await graveyard(engine)
        try await process.enqueue(Work(number: 9))
        #expect(try await administration.counts() == (1, 0, 3))
        let dead = try await administration.list(deadOnly: true)
        #expect(dead.map(\.error) == ["it failed", "it failed", "it failed"])
        #expect(dead.map(\.account) == [Things.account, Things.account, Things.account])
        #expect(try await administration.list(deadOnly: false).count == 4)
        #expect(try await administration.list(deadOnly: false, limit: 2).count == 2)
        #expect(try await administration.retry(dead.first?.id, at: VirtualTime.start) == 1)
        #expect(try await administration.retry(dead.first?.id, at: VirtualTime.start) == 0)
        #expect(try await administration.retry(nil, at: VirtualTime.start) == 2)
        #expect(try await administration.counts() == (4, 0, 0))
    }

    @Test(arguments: TestEngine.all) func `a dead job whose key is taken again stays dead and holds no other back`(
        engine: TestEngine
    ) async throws {
        let (process, administration) = try await graveyard(engine)
        try await process.enqueue(Work(number: 1), JobOptions(unique: "key 1"))
        #expect(try await administration.retry(nil, at: VirtualTime.start) == 2)
        #expect(try await administration.counts() == (3, 0, 1))
    }

    @Test(arguments: TestEngine.all) func `of several dead jobs with one key the youngest is tried again`(engine: TestEngine)
        async throws
    {
        let (process, administration) = try await graveyard(engine)
        try await process.enqueue(Work(number: 5), JobOptions(unique: "key 1", maxAttempts: 1))
        try await process.database.writeSystem(.jobs) { transaction in
            let store = JobStore(transaction: transaction)
            for job in try store.claim([Work.queue], limit: 10, owner: "gone", at: VirtualTime.start) {
                try store.bury(job, error: "again")
            }
        }
        #expect(try await administration.retry(nil, at: VirtualTime.start) == 3)
        #expect(try await administration.list(deadOnly: true).map(\.error) == ["it failed"])
    }

    @Test(arguments: TestEngine.all) func `the leases of a process that is gone can be freed at once`(engine: TestEngine)
        async throws
    {
        let process = try await TestProcess(engine.place(), time: VirtualTime())
        for number in 0..<3 { try await process.enqueue(Work(number: number)) }
        _ = try await process.database.writeSystem(.jobs) {
            try JobStore(transaction: $0).claim([Work.queue], limit: 2, owner: "7@1", at: VirtualTime.start)
        }
        let administration = JobAdministration(database: process.database)
        #expect(try await administration.leaseOwners() == ["7@1"])
        #expect(try await administration.rescueAll(of: "8@1") == 0)
        #expect(try await administration.rescueAll(of: "7@1") == 2)
        #expect(try await administration.counts() == (3, 0, 0))
        #expect(try await administration.leaseOwners().isEmpty)
    }
}
