import Kernel
import TestSupport
import Testing

@testable import Persistence

struct AccountJobsTests {
    /// A process whose two jobs died.
    private func graveyard(_ engine: TestEngine) async throws -> TestProcess {
        let process = try await TestProcess(engine.place(), time: VirtualTime())
        for number in 0..<2 {
            try await process.enqueue(Work(number: number), JobOptions(unique: "key \(number)", maxAttempts: 1))
        }
        try await process.database.writeSystem(.jobs) { transaction in
            let store = JobStore(transaction: transaction)
            for job in try store.claim([Work.queue], limit: 10, owner: "gone", at: VirtualTime.start) {
                try store.bury(job, error: "it failed")
            }
        }
        return process
    }

    @Test(arguments: TestEngine.all) func `an account sees, repeats and drops its own dead jobs and no others`(engine: TestEngine)
        async throws
    {
        let process = try await graveyard(engine)
        let (jobs, stranger) = (AccountJobs(database: process.database), AccountID())
        let dead = try await jobs.dead(of: Things.account, limit: 10)
        #expect(
            dead.map(\.error) == ["it failed", "it failed"] && dead.allSatisfy { $0.queue == Work.queue && $0.attempts == 1 })
        #expect(try await jobs.dead(of: stranger, limit: 10).isEmpty)
        let (first, second) = (try #require(dead.first).id, try #require(dead.last).id)
        await #expect(throws: Problem.notFound) { try await jobs.retry(first, of: stranger, at: VirtualTime.start) }
        await #expect(throws: Problem.notFound) { try await jobs.dismiss(first, of: stranger) }
        try await jobs.retry(first, of: Things.account, at: VirtualTime.start)
        await #expect(throws: Problem.notFound) { try await jobs.retry(first, of: Things.account, at: VirtualTime.start) }
        await #expect(throws: Problem.notFound) { try await jobs.dismiss(first, of: Things.account) }
        try await jobs.dismiss(second, of: Things.account)
        #expect(try await JobAdministration(database: process.database).counts() == (1, 0, 0))
    }

    @Test(arguments: TestEngine.all) func `a job whose work a younger one does is not repeated`(engine: TestEngine) async throws {
        let process = try await graveyard(engine)
        let jobs = AccountJobs(database: process.database)
        let first = try #require(try await jobs.dead(of: Things.account, limit: 1).first).id
        try await process.enqueue(Work(number: 0), JobOptions(unique: "key 0"))
        await #expect(throws: Problem.conflict("a younger job does this work")) {
            try await jobs.retry(first, of: Things.account, at: VirtualTime.start)
        }
    }
}
