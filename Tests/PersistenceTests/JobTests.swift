import Foundation
import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Persistence

struct JobTests {
    @Test(arguments: TestEngine.all) func `a job is queued by a commit alone, and runs once`(engine: TestEngine) async throws {
        let process = try await TestProcess(engine.place())
        let seen = Recorder<Int>()
        process.runner.handle(Work.self) { work, _ in seen.append(work.number) }
        try await process.running {
            try? await process.database.write(in: Things.account) { transaction in
                try transaction.enqueue(Work(number: 1))
                throw Broken()
            }
            try await process.enqueue(Work(number: 2))
            try await eventually { seen.count > 0 }
            try await process.drained()
        }
        #expect(seen.all == [2])
    }

    @Test(arguments: TestEngine.all) func `a unique key admits one unfinished job for each account`(engine: TestEngine)
        async throws
    {
        let process = try await TestProcess(engine.place())
        func enqueue(_ account: AccountID, _ key: String) async throws -> Bool {
            try await process.database.write(in: account) { try $0.enqueue(Work(number: 1), JobOptions(unique: key)) }
        }
        #expect(try await enqueue(Things.account, "a"))
        #expect(try await !enqueue(Things.account, "a"))
        #expect(try await enqueue(Things.account, "b"))
        #expect(try await enqueue(AccountID(), "a"))
        process.runner.handle(Work.self) { _, _ in }
        try await process.running { try await process.drained() }
        #expect(try await enqueue(Things.account, "a"), "finished: the key is free again")
    }

    @Test(arguments: TestEngine.all) func `jobs of one key run one at a time, in order`(engine: TestEngine) async throws {
        let process = try await TestProcess(engine.place())
        let order = Recorder<Int>()
        let running = Mutex(0)
        let most = Mutex(0)
        process.runner.handle(Work.self) { work, _ in
            let now = running.withLock { running in
                running += 1
                return running
            }
            most.withLock { $0 = max($0, now) }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...4)))
            order.append(work.number)
            running.withLock { $0 -= 1 }
        }
        for number in 0..<20 { try await process.enqueue(Work(number: number), JobOptions(key: "conversation/1")) }
        try await process.running { try await process.drained() }
        #expect(order.all == Array(0..<20))
        #expect(most.withLock { $0 } == 1)
    }

    @Test(arguments: TestEngine.all) func `the urgent are claimed first, then the oldest`(engine: TestEngine) async throws {
        let process = try await TestProcess(engine.place(), time: VirtualTime())
        for (number, priority) in [JobPriority.background, .normal, .urgent, .normal].enumerated() {
            try await process.enqueue(Work(number: number), JobOptions(priority: priority))
        }
        var claimed: [String] = []
        for _ in 0..<4 {
            claimed += try await process.database.writeSystem(.jobs) {
                try JobStore(transaction: $0).claim([Work.queue], limit: 1, owner: "x", at: VirtualTime.start).map(\.payload)
            }
        }
        #expect(claimed == ["{\"number\":2}", "{\"number\":1}", "{\"number\":3}", "{\"number\":0}"])
    }

    @Test(arguments: TestEngine.all) func `a delayed job waits for its time`(engine: TestEngine) async throws {
        let time = VirtualTime()
        let process = try await TestProcess(engine.place(), time: time)
        let seen = Recorder<Int>()
        process.runner.handle(Work.self) { work, _ in seen.append(work.number) }
        try await process.running {
            try await process.enqueue(Work(number: 1), JobOptions(delay: .seconds(60)))
            try await process.enqueue(Work(number: 2))
            try await eventually { seen.count == 1 }
            time.advance(by: .milliseconds(59_999))
            try await Task.sleep(for: .milliseconds(60))
            #expect(seen.all == [2])
            time.advance(by: .milliseconds(1))
            try await time.autoAdvance { try await eventually { seen.count == 2 } }
        }
        #expect(seen.all == [2, 1])
    }

    @Test(arguments: TestEngine.all) func `a failing job is tried again ever later and then parked`(engine: TestEngine)
        async throws
    {
        let time = VirtualTime()
        let process = try await TestProcess(engine.place(), time: time)
        let attempts = Recorder<Int>()
        process.runner.handle(Work.self) { _, context in
            attempts.append(context.job.attempt)
            throw Broken()
        }
        let administration = JobAdministration(database: process.database)
        try await process.enqueue(Work(number: 1), JobOptions(maxAttempts: 6))
        try await process.running {
            for attempt in 1..<6 {
                let job = try await eventuallySome {
                    try await process.jobs().first { $0.state == "ready" && $0.attempts == attempt }
                }
                let (delay, base) = (job.runAt.duration(since: time.now()).inSeconds, 0.5 * Double(1 << (attempt - 1)))
                #expect(delay >= base / 2 && delay <= base, "after attempt \(attempt): \(delay) s")
                // Not before its time, and at its time.
                time.advance(by: .milliseconds(Int(base / 2 * 1_000) - 50))
                try await Task.sleep(for: .milliseconds(30))
                #expect(attempts.count == attempt)
                try await eventually(every: .milliseconds(10)) {
                    time.advance(by: .milliseconds(200))
                    return attempts.count > attempt
                }
            }
            try await eventually { try await administration.counts().dead == 1 }
        }
        #expect(attempts.all == [1, 2, 3, 4, 5, 6])
        let dead = try await administration.list(deadOnly: true)
        #expect(dead.map(\.state) == ["dead"])
        #expect(dead.first?.error == "Broken()")
        #expect(dead.first?.attempts == 6)
    }

    @Test(arguments: TestEngine.all) func `deferring and an unavailable provider do not count as failures`(engine: TestEngine)
        async throws
    {
        let time = VirtualTime()
        let process = try await TestProcess(engine.place(), time: time)
        let attempts = Recorder<Int>()
        process.runner.handle(Work.self) { _, context in
            attempts.append(context.job.attempt)
            if attempts.count <= 3 { throw JobDeferred(by: .seconds(10)) }
            if attempts.count <= 6 { throw Problem.unavailable("away") }
        }
        try await process.enqueue(Work(number: 1), JobOptions(maxAttempts: 2))
        try await process.running { try await time.autoAdvance { try await process.drained() } }
        #expect(attempts.all == [1, 1, 1, 1, 1, 1, 1])
    }

    @Test func `what stays away is asked more and more seldom`() {
        let (streaks, job) = (OutageStreaks(), JobID())
        #expect([0, 30, 60, 90].map { streaks.next(job, at: Duration.seconds($0)) } == [1, 2, 3, 4])
        #expect(streaks.next(JobID(), at: .seconds(90)) == 1)
        #expect(streaks.next(job, at: .seconds(300)) == 1, "it was there meanwhile")
        _ = streaks.next(job, at: .seconds(301))
        streaks.end(job)
        #expect(streaks.next(job, at: .seconds(302)) == 1)
    }

    @Test(arguments: TestEngine.all) func `a payload that no longer decodes is parked, not lost`(engine: TestEngine) async throws
    {
        let time = VirtualTime()
        let process = try await TestProcess(engine.place(), time: time)
        process.runner.handle(Work.self) { _, _ in Issue.record("it decoded") }
        try await process.enqueue(Work(number: 1), JobOptions(maxAttempts: 2))
        try await process.database.writeSystem(.jobs) { _ = try $0.execute("UPDATE platform_job SET payload = \("{\"n\":1}")") }
        let administration = JobAdministration(database: process.database)
        try await process.running {
            try await time.autoAdvance { try await eventually { try await administration.counts().dead == 1 } }
        }
    }

    @Test(arguments: TestEngine.all) func `a job's effects and its removal are one`(engine: TestEngine) async throws {
        let time = VirtualTime()
        let process = try await TestProcess(engine.place(), time: time)
        process.runner.handle(Work.self) { _, context in
            try await context.complete { transaction in
                try Things.insert("effect \(context.job.attempt)", in: transaction)
                if context.job.attempt < 3 { throw Broken() }
            }
        }
        try await process.enqueue(Work(number: 1))
        try await process.running { try await time.autoAdvance { try await process.drained() } }
        #expect(try await Things.texts(process.database) == ["effect 3"])
    }

    @Test(arguments: TestEngine.all) func `more jobs than fit at once all run`(engine: TestEngine) async throws {
        let process = try await TestProcess(engine.place())
        let seen = Recorder<Int>()
        process.runner.handle(Work.self) { work, _ in seen.append(work.number) }
        try await process.database.write(in: Things.account) { transaction in
            for number in 0..<700 { try transaction.enqueue(Work(number: number)) }
        }
        try await process.running { try await process.drained() }
        #expect(Set(seen.all) == Set(0..<700))
        #expect(seen.count == 700)
    }

    @Test(arguments: TestEngine.all) func `jobs of unknown queues are left for those who know them`(engine: TestEngine)
        async throws
    {
        let process = try await TestProcess(engine.place())
        process.runner.handle(Work.self) { _, _ in }
        struct Foreign: JobPayload { static let queue = "test.foreign" }
        try await process.enqueue(Foreign())
        try await process.enqueue(Work(number: 1))
        try await process.running { try await eventually { try await process.jobs().count == 1 } }
        #expect(try await process.jobs().map(\.queue) == ["test.foreign"])
    }
}
