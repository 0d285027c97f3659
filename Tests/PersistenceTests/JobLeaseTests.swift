import Foundation
import Kernel
import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Persistence

struct JobLeaseTests {
    @Test(arguments: TestEngine.all) func `two runners never run a job twice`(engine: TestEngine) async throws {
        let place = try engine.place()
        let (first, second) = (try await TestProcess(place, owner: "one"), try await TestProcess(place, owner: "two"))
        let (runs, owners) = (Recorder<Int>(), Recorder<String>())
        for process in [first, second] {
            let owner = process.runner.owner
            process.runner.handle(Work.self) { work, context in
                runs.append(work.number)
                owners.append(owner)
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...3)))
                try await context.complete { try Things.insert("\(work.number)", in: $0) }
            }
        }
        try await first.running {
            try await second.running {
                for number in 0..<200 {
                    let process = number % 2 == 0 ? first : second
                    try await process.enqueue(Work(number: number), JobOptions(key: number % 3 == 0 ? "key/\(number % 7)" : nil))
                }
                try await first.drained()
            }
        }
        #expect(runs.count == 200)
        #expect(Set(runs.all).count == 200)
        #expect(Set(try await Things.texts(first.database)).count == 200)
        #expect(Set(owners.all).count == 2, "both took part")
    }

    /// PostgreSQL may commit and the connection break before it says so: the row is leased to us, and we never heard of it.
    @Test(arguments: TestEngine.all) func `a lease of ours that nobody has in hand is taken up`(engine: TestEngine) async throws {
        let (time, seen) = (VirtualTime(), Recorder<Int>())
        let process = try await TestProcess(engine.place(), time: time, owner: "one")
        process.runner.handle(Work.self) { work, _ in seen.append(work.number) }
        for number in 1...2 { try await process.enqueue(Work(number: number), JobOptions(key: "k")) }
        try await process.database.writeSystem(.jobs) { transaction in
            try transaction.execute(
                """
                UPDATE platform_job SET state = 1, fence = 1, attempts = 1, lease_owner = 'one'
                WHERE id = (SELECT id FROM platform_job ORDER BY id LIMIT 1)
                """)
        }
        try await process.running {
            try await time.autoAdvance { try await eventually(timeout: .seconds(60)) { seen.count == 2 } }
        }
        #expect(seen.all == [1, 2])
    }

    /// F-08: a clock that jumps by an hour expires nothing; 30 s of real silence do.
    @Test(arguments: TestEngine.all) func `a lease is measured with time that does not jump`(engine: TestEngine) async throws {
        let place = try engine.place()
        let (frozen, time) = (VirtualTime(), VirtualTime())
        let dead = try await TestProcess(place, time: frozen, owner: "dead")
        let living = try await TestProcess(place, time: time, owner: "living")
        let (door, seen) = (Gate(), Recorder<String>())
        dead.runner.handle(Work.self) { _, _ in
            seen.append("dead")
            await door.pass()
        }
        living.runner.handle(Work.self) { _, _ in seen.append("living") }
        try await dead.running {
            try await dead.enqueue(Work(number: 1))
            try await eventually { seen.count == 1 }
            try await living.running {
                for hours in [1, -2, 24, -8_760] {
                    time.jump(by: .seconds(hours * 3_600))
                    time.advance(by: .seconds(5))
                    try await Task.sleep(for: .milliseconds(40))
                }
                #expect(seen.all == ["dead"])
                time.jump(by: .seconds((8_760 + 2 - 25) * 3_600))
                let silence = time.uptime()
                try await eventually("the rescue", every: .milliseconds(20)) {
                    time.advance(by: .seconds(5))
                    return seen.count == 2
                }
                #expect(time.uptime() - silence <= .seconds(120))
            }
            await door.open()
        }
        #expect(seen.all == ["dead", "living"])
    }

    @Test(arguments: TestEngine.all) func `a slow job whose worker lives is left alone`(engine: TestEngine) async throws {
        let place = try engine.place()
        let time = VirtualTime()
        let (slow, other) = (
            try await TestProcess(place, time: time, owner: "slow"), try await TestProcess(place, time: time, owner: "other")
        )
        let (door, seen) = (Gate(), Recorder<String>())
        for process in [slow, other] {
            let owner = process.runner.owner
            process.runner.handle(Work.self) { _, _ in
                seen.append(owner)
                await door.pass()
            }
        }
        try await slow.running {
            try await slow.enqueue(Work(number: 1))
            try await eventually { seen.count == 1 }
            try await other.running {
                for _ in 0..<24 {
                    time.advance(by: .seconds(5))
                    try await Task.sleep(for: .milliseconds(25))
                }
                await door.open()
                try await slow.drained()
            }
        }
        #expect(seen.count == 1)
    }

    @Test(arguments: TestEngine.all) func `a graceful stop waits for what is running`(engine: TestEngine) async throws {
        let process = try await TestProcess(engine.place())
        let (began, ended) = (Recorder<Int>(), Recorder<Int>())
        process.runner.handle(Work.self) { work, context in
            began.append(work.number)
            try await Task.sleep(for: .milliseconds(300))
            try await context.complete { try Things.insert("done", in: $0) }
            ended.append(work.number)
        }
        let group = ServiceGroup(services: [process.runner], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        async let run: Void = group.run()
        try await process.enqueue(Work(number: 1))
        try await eventually { began.count == 1 }
        await group.triggerGracefulShutdown()
        try await run
        #expect(ended.count == 1)
        #expect(try await process.jobs().isEmpty)
    }

    @Test(arguments: TestEngine.all) func `a job cut off by the end of the process is given back uncounted`(engine: TestEngine)
        async throws
    {
        let process = try await TestProcess(engine.place())
        let began = Recorder<Int>()
        process.runner.handle(Work.self) { work, _ in
            began.append(work.number)
            try await Task.sleep(for: .seconds(600))
        }
        try await process.running {
            try await process.enqueue(Work(number: 1))
            try await eventually { began.count == 1 }
        }
        let jobs = try await process.jobs()
        #expect(jobs.map(\.state) == ["ready"])
        #expect(jobs.map(\.attempts) == [0])
    }

    @Test(arguments: TestEngine.all) func `scheduled work is done by one of two processes`(engine: TestEngine) async throws {
        let place = try engine.place()
        let time = VirtualTime()
        let processes = [
            try await TestProcess(place, time: time, owner: "one"), try await TestProcess(place, time: time, owner: "two"),
        ]
        let runs = Recorder<Instant>()
        for process in processes { process.runner.every(.seconds(3_600), "test.sweep") { runs.append(time.now()) } }
        let (first, second) = (processes[0], processes[1])
        try await first.running {
            try await second.running {
                try await eventually { runs.count == 1 }
                try await eventually(every: .milliseconds(3)) {
                    time.advance(by: .seconds(30))
                    return time.now().duration(since: VirtualTime.start) >= .seconds(4 * 3_600)
                }
            }
        }
        #expect(runs.count >= 3)
        for (later, earlier) in zip(runs.all.dropFirst(), runs.all) { #expect(later.duration(since: earlier) >= .seconds(3_000)) }
    }

    @Test(arguments: TestEngine.all) func `a schedule survives a clock that is set back`(engine: TestEngine) async throws {
        let database = try await engine.database()
        let cron = Cron(name: "test.sweep", interval: .seconds(3_600)) {}
        let now = VirtualTime.start
        #expect(
            try await cron.take(database, at: now.advanced(by: .seconds(31_536_000))),
            "the first run, under a clock that is a year ahead")
        #expect(try await cron.take(database, at: now), "the clock is right again")
        #expect(
            try await !cron.take(database, at: now.advanced(by: .seconds(-1_800))), "another process's clock is a little behind")
        #expect(try await !cron.take(database, at: now.advanced(by: .seconds(3_599))))
        #expect(try await cron.take(database, at: now.advanced(by: .seconds(3_600))))
    }

    @Test(arguments: TestEngine.all) func `a schedule goes on after a run that failed or was cancelled inside`(engine: TestEngine)
        async throws
    {
        let time = VirtualTime()
        let process = try await TestProcess(engine.place(), time: time)
        let runs = Recorder<Int>()
        process.runner.every(.seconds(60), "test.sweep") {
            runs.append(1)
            if runs.count == 1 { throw Broken() }
            if runs.count == 2 { throw CancellationError() }
        }
        try await process.running { try await time.autoAdvance { try await eventually { runs.count >= 4 } } }
    }
}
