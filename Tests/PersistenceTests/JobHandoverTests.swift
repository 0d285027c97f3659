import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Persistence

struct JobHandoverTests {
    private static func states(_ process: TestProcess) async throws -> [Int] {
        try await process.database.readSystem(.jobs) {
            try $0.rows("SELECT state FROM platform_job ORDER BY id") { try $0.int("state") }
        }
    }

    @Test(arguments: TestEngine.all) func `a job is leased in the commit that makes it`(engine: TestEngine) async throws {
        let process = try await TestProcess(engine.place())
        let (seen, gate) = (Recorder<Int>(), Gate())
        process.runner.handle(Work.self) { work, _ in
            seen.append(work.number)
            if work.number == 1 { await gate.pass() }
        }
        try await process.running {
            try await eventually { !process.outbox.handover.isBehind }
            // Read within the transaction: nobody else can have claimed it yet.
            let state = try await process.database.write(in: Things.account) { transaction in
                _ = try transaction.enqueue(Work(number: 1), JobOptions(key: "k"))
                return try transaction.row("SELECT state FROM platform_job") { try $0.int("state") }
            }
            #expect(state == 1)
            try await eventually { seen.all == [1] }
            try await process.enqueue(Work(number: 2), JobOptions(key: "k"))
            #expect(try await Self.states(process) == [1, 0], "the second of a key waits in the queue")
            await gate.open()
            try await eventually { seen.all == [1, 2] }
            try await process.drained()
        }
    }

    @Test(arguments: TestEngine.all) func `what is rolled back frees its place, and a full runner leaves jobs in the queue`(
        engine: TestEngine
    ) async throws {
        let process = try await TestProcess(engine.place())
        let started = Recorder<JobID>()
        let handover = process.outbox.handover
        handover.attach(owner: "first", queues: [Work.queue], capacity: 2) { started.append($0.id) }
        handover.looked(handover.beginLook(), isEmpty: true)
        for _ in 0..<3 {
            try? await process.database.write(in: Things.account) { transaction in
                _ = try transaction.enqueue(Work(number: 0), JobOptions())
                throw Broken()
            }
        }
        #expect(started.count == 0 && !handover.hasPromises)
        for number in 1...3 { try await process.enqueue(Work(number: number)) }
        #expect(try await Self.states(process) == [1, 1, 0])
        #expect(started.count == 2 && handover.isBehind, "what lies in the queue is not overtaken")
        handover.giveBack(2)
        try await process.enqueue(Work(number: 4))
        #expect(try await Self.states(process) == [1, 1, 0, 0])
        handover.looked(handover.beginLook(), isEmpty: true)
        try await process.enqueue(Work(number: 5))
        #expect(try await Self.states(process) == [1, 1, 0, 0, 1])
    }

    @Test func `a look at the queue does not overlook what came meanwhile`() {
        let handover = JobHandover()
        handover.attach(owner: "first", queues: ["q"], capacity: 2) { _ in }
        let mark = handover.beginLook()
        handover.noteQueued()
        handover.looked(mark, isEmpty: true)
        #expect(handover.isBehind && handover.promise("q") == nil)
        handover.looked(handover.beginLook(), isEmpty: true)
        #expect(handover.promise("q") == "first" && handover.promise("other") == nil)
        handover.detach()
        #expect(handover.promise("q") == nil && handover.hasPromises)
    }
}
