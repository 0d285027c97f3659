import Kernel
import Persistence
import TestSupport
import Testing

struct LiveEventsTests {
    let account = AccountID()

    private func notice(_ number: Int, account: AccountID? = nil) -> LiveNotice {
        LiveNotice(id: EventID(), account: account ?? self.account, name: "thing.noticed", data: "\(number)")
    }

    private func data(_ items: [LiveEvents.Item]) -> [String] {
        items.map { if case .notice(let notice) = $0 { notice.data } else { "gap" } }
    }

    private func read(_ stream: AsyncStream<LiveEvents.Item>) async -> [String] {
        var items: [LiveEvents.Item] = []
        for await item in stream { items.append(item) }
        return data(items)
    }

    @Test func `a subscriber hears its own account from then on`() async {
        let live = LiveEvents()
        live.broadcast(notice(0))
        let stream = live.subscribe(to: account)
        live.broadcast(notice(1))
        live.broadcast(notice(2, account: AccountID()))
        live.broadcast(notice(3))
        live.finish()
        #expect(await read(stream) == ["1", "3"])
    }

    @Test func `a reader that falls behind keeps what it has, and its stream ends`() async {
        let live = LiveEvents()
        let (slow, quick) = (live.subscribe(to: account), live.subscribe(to: account))
        var iterator = quick.makeAsyncIterator()
        for number in 0..<(LiveEvents.queueLength + 50) {
            live.broadcast(notice(number))
            _ = await iterator.next()
        }
        let kept = await read(slow)
        #expect(kept == (0..<LiveEvents.queueLength).map(String.init))
        live.broadcast(notice(-1))
        guard case .notice(let last)? = await iterator.next() else { return #expect(Bool(false), "the quick reader was cut off") }
        #expect(last.data == "-1")
    }

    @Test(arguments: TestEngine.all) func `a commit tells live views, a rollback does not`(engine: TestEngine) async throws {
        let process = try await TestProcess(engine.place())
        let stream = process.live.subscribe(to: Things.account)
        try? await process.database.write(in: Things.account) { transaction in
            try transaction.publish(Noticed(subject: "undone"))
            throw Broken()
        }
        try await process.publish(Noticed(subject: "done"))
        process.live.finish()
        #expect(await read(stream) == ["{\"subject\":\"done\"}"])
    }

    @Test(arguments: TestEngine.all) func `a reader resumes where it stopped`(engine: TestEngine) async throws {
        let process = try await TestProcess(engine.place())
        let log = EventLog(database: process.database)
        #expect(try await log.newest(of: Things.account) == nil)
        try await process.publish(Noticed(subject: "0"))
        let start = try #require(try await log.newest(of: Things.account))
        for number in 1...5 { try await process.publish(Noticed(subject: "\(number)")) }
        try await process.publish(Happened(subject: "quiet", number: 1))
        try await process.publish(Noticed(subject: "theirs"), account: AccountID())

        let notices = try #require(try await log.notices(of: Things.account, after: start))
        // PostgreSQL's margin may repeat what came a little before; nothing is left out or out of order.
        #expect(notices.suffix(5).map(\.data) == (1...5).map { "{\"subject\":\"\($0)\"}" })
        #expect(!notices.contains { $0.id == start || $0.data.contains("theirs") })
        #expect(notices.allSatisfy { $0.name == "thing.noticed" && $0.account == Things.account })
        #expect(try await log.noticesOfAll(after: start).count == 6)
    }

    @Test(arguments: TestEngine.all) func `a reader that missed too much must reload`(engine: TestEngine) async throws {
        let process = try await TestProcess(engine.place())
        let log = EventLog(database: process.database)
        try await process.publish(Noticed(subject: "0"))
        let start = try #require(try await log.newest(of: Things.account))
        for number in 1...10 { try await process.publish(Noticed(subject: "\(number)")) }
        #expect(try await log.notices(of: Things.account, after: start, limit: 5) == nil)
        #expect(try await log.notices(of: Things.account, after: start, limit: 20)?.count == 10)
        #expect(try await log.notices(of: Things.account, after: EventID()) == nil, "an id that the log does not hold")
        #expect(try await log.notices(of: AccountID(), after: start) == nil, "another account's id")
        #expect(try await log.expire(before: VirtualTime.start) >= 0)
        #expect(try await log.expire(before: SystemTime().now().advanced(by: .seconds(60))) > 0)
        #expect(try await log.notices(of: Things.account, after: start) == nil, "deleted meanwhile")
    }
}
