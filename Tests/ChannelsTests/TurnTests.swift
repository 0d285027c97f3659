import Egress
import Kernel
import PluginHost
import Synchronization
import TestSupport
import Testing

@testable import Channels
@testable import Persistence

/// Counts requests that are under way at the same time.
private final class OverlapCounter: Egress {
    struct Count { var now = 0, most = 0, all = 0 }
    let count = Mutex(Count())
    /// Thrown instead of an answer.
    let failure = Mutex<EgressError?>(nil)

    func send(_ request: EgressRequest) async throws -> EgressResponse {
        count.withLock { count in
            count.now += 1
            count.all += 1
            count.most = max(count.most, count.now)
        }
        try await Task.sleep(for: .milliseconds(4))
        count.withLock { $0.now -= 1 }
        if let failure = failure.withLock({ $0 }) { throw failure }
        return EgressResponse(head: EgressHead(status: 200))
    }
    func stream(_ request: EgressRequest) async throws -> EgressStream { throw EgressError(.unreachable) }
    func sendMail(_ mail: EgressMail) async throws { throw EgressError(.busy) }
}

struct TurnTests {
    private static let message = ChannelOperation.deliver(
        OutboundAction(thread: "42", correlation: "c", kind: .text(OutboundText("hello"))))

    /// What one process of the installation makes its requests with.
    private func process(_ world: World, _ egress: any Egress) -> ProviderExchange {
        ProviderExchange(
            egress: egress, database: world.database, memory: ChannelMemoryWriter(vault: world.vault),
            turns: ChannelTurns(database: world.database, time: SystemTime()), time: SystemTime())
    }

    private func run(_ exchange: ProviderExchange, _ channel: OpenChannel) async throws {
        guard case .sent = try await exchange.run(Self.message, in: channel).result else { throw Problem.notFound }
    }

    @Test(arguments: TestEngine.all, [true, false])
    func `requests of a serial channel never overlap, whichever process makes them`(engine: TestEngine, isSerial: Bool)
        async throws
    {
        let world = try await World(engine, isSerial: isSerial)
        let channel = try await world.connect()
        let egress = OverlapCounter()
        let processes = [process(world, egress), process(world, egress)]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for process in processes {
                for _ in 0..<8 { group.addTask { try await run(process, channel) } }
            }
            try await group.waitForAll()
        }
        let count = egress.count.withLock { ($0.all, $0.most) }
        #expect(count.0 == 16)
        // The others show that the counter would have noticed.
        #expect(isSerial ? count.1 == 1 : count.1 > 1)
        #expect(try await holders(world) == 0)
    }

    @Test(arguments: TestEngine.all) func `two channels do not wait for each other`(engine: TestEngine) async throws {
        let world = try await World(engine, isSerial: true)
        let (first, second) = (try await world.connect(), try await world.connect())
        let egress = OverlapCounter()
        let exchange = process(world, egress)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for channel in [first, second] {
                for _ in 0..<10 { group.addTask { try await run(exchange, channel) } }
            }
            try await group.waitForAll()
        }
        #expect(egress.count.withLock { $0.most } == 2)
    }

    @Test(arguments: TestEngine.all) func `a turn ends with its operation, however that ends`(engine: TestEngine) async throws {
        let world = try await World(engine, isSerial: true)
        let channel = try await world.connect()
        let egress = OverlapCounter()
        egress.failure.withLock { $0 = EgressError(.unreachable) }
        let exchange = process(world, egress)
        for _ in 0..<2 {
            guard case .failed = try await exchange.run(Self.message, in: channel).result else {
                Issue.record("it was sent")
                continue
            }
        }
        await #expect(throws: Problem.staleTurn) {
            try await exchange.run(Self.message, in: channel) { _ in throw Problem.staleTurn }
        }
        #expect(try await holders(world) == 0)
        egress.failure.withLock { $0 = nil }
        try await run(exchange, channel)
    }

    @Test(arguments: TestEngine.all) func `the turn of a process that died is free once its request cannot be under way any more`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine, isSerial: true)
        let channel = try await world.connect()
        let (account, id) = (world.account, channel.id)
        try await world.database.write(in: account) {
            _ = try TurnStore(transaction: $0).take(id, account: account, token: "dead", lasts: .seconds(30))
        }
        let before = world.time.uptime()
        let (time, exchange) = (world.time, world.exchange)
        try await time.autoAdvance { try await run(exchange, channel) }
        #expect((.seconds(45)...(.seconds(60))).contains(world.time.uptime() - before))
        #expect(try await holders(world) == 0)
    }

    @Test(arguments: TestEngine.all) func `who waits may give up, and too many are sent away before anything was done`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine, isSerial: true)
        let channel = try await world.connect()
        let turns = world.turns
        let (started, release) = (AsyncStream.makeStream(of: Void.self), AsyncStream.makeStream(of: Void.self))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await turns.alone(channel) { _ in
                    started.continuation.yield()
                    for await _ in release.stream { break }
                }
            }
            for await _ in started.stream { break }
            let waiters = (0..<16).map { _ in Task { try await turns.alone(channel) { _ in } } }
            var refusal: (any Error)?
            while refusal == nil {
                // Until all of them stand in line, one more would wait with them.
                let extra = Task { try await turns.alone(channel) { _ in } }
                try await Task.sleep(for: .milliseconds(5))
                extra.cancel()
                if case .failure(let error) = await extra.result, !(error is CancellationError) { refusal = error }
            }
            guard case Problem.unavailable? = refusal as? Problem else { throw refusal ?? Problem.notFound }
            waiters[0].cancel()
            guard case .failure(let error) = await waiters[0].result, error is CancellationError else { throw Problem.notFound }
            release.continuation.yield()
            for waiter in waiters.dropFirst() { try await waiter.value }
            try await group.waitForAll()
        }
    }

    private func holders(_ world: World) async throws -> Int {
        try await world.database.read(in: world.account) {
            try $0.row("SELECT count(*) AS count FROM channels_turn") { try $0.int("count") } ?? 0
        }
    }
}
