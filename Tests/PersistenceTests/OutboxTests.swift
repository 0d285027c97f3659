import Foundation
import Kernel
import Persistence
import Synchronization
import TestSupport
import Testing

struct OutboxTests {
    @Test(arguments: TestEngine.all) func `a rolled-back transaction publishes nothing`(engine: TestEngine) async throws {
        let process = try await TestProcess(engine.place())
        let seen = Recorder<Int>()
        process.outbox.subscribe("test.one", to: Happened.self) { seen.append($0.event.number) }
        try await process.running {
            try? await process.database.write(in: Things.account) { transaction in
                try transaction.publish(Happened(subject: "a", number: 1))
                try transaction.publish(Noticed(subject: "a"))
                throw Broken()
            }
            try await process.publish(Happened(subject: "a", number: 2))
            try await eventually { seen.count > 0 }
            try await process.drained()
        }
        #expect(seen.all == [2])
        let log = EventLog(database: process.database)
        #expect(try await log.newest(of: Things.account) == nil, "the log keeps what browsers are told, and nothing was told")
        try await process.database.write(in: Things.account) { try $0.publish(Noticed(subject: "a")) }
        #expect(try await log.newest(of: Things.account) != nil)
    }

    @Test(arguments: TestEngine.all) func `a reaction shares the fate of its event`(engine: TestEngine) async throws {
        let process = try await TestProcess(engine.place())
        process.outbox.react(to: Happened.self) { event, transaction in
            try transaction.sql.enqueue(Work(number: event.number))
            if event.number == 3 { throw Broken() }
        }
        let ran = Recorder<Int>()
        process.runner.handle(Work.self) { work, _ in ran.append(work.number) }
        try await process.running {
            try? await process.database.write(in: Things.account) { transaction in
                try transaction.publish(Happened(subject: "a", number: 1))
                throw Broken()
            }
            await #expect(throws: Broken.self) { try await process.publish(Happened(subject: "a", number: 3)) }
            try await process.publish(Happened(subject: "a", number: 2))
            try await eventually { ran.count > 0 }
            try await process.drained()
        }
        #expect(ran.all == [2])
    }

    @Test(arguments: TestEngine.all) func `every consumer gets every event with its facts`(engine: TestEngine) async throws {
        let time = VirtualTime()
        let process = try await TestProcess(engine.place(), time: time)
        let seen = Recorder<String>()
        for consumer in ["test.one", "test.two"] {
            process.outbox.subscribe(consumer, to: Happened.self) { delivery in
                #expect(delivery.account == Things.account)
                #expect(delivery.occurredAt == VirtualTime.start)
                #expect(delivery.attempt == 1)
                seen.append("\(consumer) \(delivery.event.number) \(delivery.id)")
            }
        }
        try await process.running {
            try await process.publish(Happened(subject: "a", number: 1), Happened(subject: "b", number: 2))
            try await process.drained()
        }
        let lines = seen.all.map { $0.split(separator: " ").map(String.init) }
        #expect(Set(lines.map { "\($0[0]) \($0[1])" }) == ["test.one 1", "test.one 2", "test.two 1", "test.two 2"])
        #expect(Set(lines.map { $0[2] }).count == 2, "both consumers see one id for an event")
    }

    @Test(arguments: TestEngine.all) func `a failing subject waits while other subjects and consumers go on`(engine: TestEngine)
        async throws
    {
        let time = VirtualTime()
        let process = try await TestProcess(engine.place(), time: time)
        let (good, bad) = (Recorder<Int>(), Recorder<Int>())
        let isMended = Mutex(false)
        process.outbox.subscribe("test.good", to: Happened.self) { good.append($0.event.number) }
        process.outbox.subscribe("test.bad", to: Happened.self) { delivery in
            if delivery.event.subject == "a", !isMended.withLock({ $0 }) { throw Broken() }
            bad.append(delivery.event.number)
        }
        try await process.running {
            for number in 0..<3 {
                try await process.publish(Happened(subject: "a", number: number), Happened(subject: "b", number: 10 + number))
            }
            try await eventually { good.count == 6 && bad.count == 3 }
            #expect(bad.all == [10, 11, 12], "subject a is held back in order, subject b is not")
            isMended.withLock { $0 = true }
            try await time.autoAdvance { try await process.drained() }
        }
        #expect(bad.all == [10, 11, 12, 0, 1, 2])
    }

    @Test(arguments: TestEngine.all) func `events of a subject arrive in order under concurrency`(engine: TestEngine) async throws
    {
        let place = try engine.place()
        let processes = [try await TestProcess(place, owner: "one"), try await TestProcess(place, owner: "two")]
        let seen = Recorder<(String, Int)>()
        for process in processes {
            process.outbox.subscribe("test.order", to: Happened.self) { delivery in
                try await Task.sleep(for: .microseconds(Int.random(in: 0...2_000)))
                // Before the completion: afterwards the other process may already have the next.
                seen.append((delivery.event.subject, delivery.event.number))
                try await delivery.complete { _ in }
            }
        }
        let (first, second) = (processes[0], processes[1])
        try await first.running {
            try await second.running {
                await withTaskGroup(of: Void.self) { group in
                    for subject in ["a", "b", "c", "d", "e"] {
                        group.addTask {
                            for number in 0..<12 { try? await first.publish(Happened(subject: subject, number: number)) }
                        }
                    }
                }
                try await eventually { seen.count == 60 }
            }
        }
        for subject in ["a", "b", "c", "d", "e"] {
            #expect(seen.all.filter { $0.0 == subject }.map(\.1) == Array(0..<12), "\(subject)")
        }
    }

    @Test(arguments: TestEngine.all) func `a handler that runs twice has one effect`(engine: TestEngine) async throws {
        let time = VirtualTime()
        let process = try await TestProcess(engine.place(), time: time)
        let runs = Recorder<Int>()
        process.outbox.subscribe("test.effect", to: Happened.self) { delivery in
            runs.append(delivery.attempt)
            if delivery.attempt == 1 {
                // The effects fail, and with them the removal of the delivery.
                try await delivery.complete { transaction in
                    try Things.insert("undone", in: transaction)
                    throw Broken()
                }
            }
            try await delivery.complete { try Things.insert("done", in: $0) }
            // Too late to undo what is committed.
            throw Broken()
        }
        try await process.running {
            try await process.publish(Happened(subject: "a", number: 1))
            try await time.autoAdvance { try await process.drained() }
        }
        #expect(runs.all == [1, 2])
        #expect(try await Things.texts(process.database) == ["done"])
    }

    @Test(arguments: TestEngine.all) func `a delivery can be completed once`(engine: TestEngine) async throws {
        let process = try await TestProcess(engine.place())
        let lost = Recorder<Bool>()
        process.outbox.subscribe("test.twice", to: Happened.self) { delivery in
            try await delivery.complete { try Things.insert("one", in: $0) }
            do { try await delivery.complete { try Things.insert("two", in: $0) } } catch is DeliveryLost { lost.append(true) }
        }
        try await process.running {
            try await process.publish(Happened(subject: "a", number: 1))
            try await eventually { lost.count == 1 }
        }
        #expect(try await Things.texts(process.database) == ["one"])
    }

    /// F-19: a process that stood still for longer than its lease.
    @Test(arguments: TestEngine.all) func `a zombie's effects are refused`(engine: TestEngine) async throws {
        let place = try engine.place()
        // The zombie's clock stands still, and with it its heartbeat.
        let (frozen, time) = (VirtualTime(), VirtualTime())
        let zombie = try await TestProcess(place, time: frozen, owner: "zombie")
        let living = try await TestProcess(place, time: time, owner: "living")
        let (door, outcome) = (Gate(), Recorder<String>())
        zombie.outbox.subscribe("test.zombie", to: Happened.self) { delivery in
            outcome.append("zombie began")
            await door.pass()
            do {
                try await delivery.complete { try Things.insert("zombie", in: $0) }
                outcome.append("zombie wrote")
            } catch is DeliveryLost {
                outcome.append("zombie refused")
                throw DeliveryLost()
            }
        }
        living.outbox.subscribe("test.zombie", to: Happened.self) { delivery in
            try await delivery.complete { try Things.insert("living", in: $0) }
            outcome.append("living wrote")
        }
        try await zombie.running {
            try await zombie.publish(Happened(subject: "a", number: 1))
            try await eventually { outcome.count == 1 }
            try await living.running {
                try await eventually("the rescue", every: .milliseconds(20)) {
                    time.advance(by: .seconds(5))
                    return outcome.count == 2
                }
                await door.open()
                try await eventually { outcome.count == 3 }
            }
        }
        #expect(outcome.all == ["zombie began", "living wrote", "zombie refused"])
        #expect(try await Things.texts(living.database) == ["living"])
    }

    @Test(arguments: TestEngine.all) func `a delivery that fails for good is parked, and its subject goes on`(engine: TestEngine)
        async throws
    {
        let time = VirtualTime()
        let process = try await TestProcess(engine.place(), time: time)
        let (tries, seen) = (Recorder<Int>(), Recorder<Int>())
        process.outbox.subscribe("test.poison", to: Happened.self) { delivery in
            if delivery.event.number == 1 {
                tries.append(delivery.attempt)
                throw Broken()
            }
            seen.append(delivery.event.number)
        }
        try await process.running {
            try await process.publish(Happened(subject: "a", number: 1), Happened(subject: "a", number: 2))
            try await time.autoAdvance { try await eventually(timeout: .seconds(60)) { seen.count == 1 } }
        }
        #expect(tries.all == Array(1...20))
        #expect(try await JobAdministration(database: process.database).counts() == (0, 0, 1))
    }

    @Test(arguments: TestEngine.all) func `an account's events and jobs are hidden from another account`(engine: TestEngine)
        async throws
    {
        let process = try await TestProcess(engine.place())
        process.outbox.subscribe("test.hidden", to: Happened.self) { _ in }
        try await process.publish(Happened(subject: "a", number: 1))
        let other = AccountID()
        #expect(try await EventLog(database: process.database).newest(of: other) == nil)
        guard engine == .postgres else { return }
        for table in ["platform_event", "platform_job"] as [SQL] {
            #expect(
                try await process.database.read(in: other) { try $0.count("SELECT count(*) AS count FROM \(sql: table)") } == 0)
        }
    }

    @Test(arguments: TestEngine.all) func `an event needs an account`(engine: TestEngine) async throws {
        let process = try await TestProcess(engine.place())
        await #expect(throws: SQLError.self) {
            try await process.database.writeSystem(.installation) { try $0.publish(Happened(subject: "a", number: 1)) }
        }
    }
}
