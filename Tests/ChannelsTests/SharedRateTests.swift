import ChannelsInterface
import Kernel
import Persistence
import TestSupport
import Testing

@testable import Channels
@testable import PluginHost

/// Two processes on one database keep one provider's rate, one pause and one judgement of the provider together.
struct SharedRateTests {
    private let away = OperationResult.failed(
        OperationFailure(
            kind: .retry(after: nil, scope: .channel),
            reason: PluginReason(code: "away", text: LocalizedText(english: "away", russian: "away", kazakh: "away"))))

    private func limiters(_ world: World, _ count: Int = 2) -> [SendLimiter] {
        (0..<count).map { _ in SendLimiter(database: world.database, time: world.time) }
    }

    private func channel(_ world: World, _ rate: RateLimit?) async throws -> OpenChannel {
        let open = try await world.connect()
        return OpenChannel(
            row: open.row, settings: open.settings, memory: open.memory, driver: ScriptedDriver(channelRate: rate),
            indexer: open.indexer)
    }

    /// Every process asks every five milliseconds for ten seconds; the moments at which one was let go.
    private func sends(
        _ limiters: [SendLimiter], _ channel: OpenChannel, _ time: VirtualTime, seconds: Int = 10
    ) async throws -> [Instant] {
        var sent: [Instant] = []
        for _ in 0..<(seconds * 200) {
            for limiter in limiters {
                if try await limiter.delay(channel) == nil { sent.append(time.now()) }
            }
            time.advance(by: .milliseconds(5))
        }
        return sent
    }

    private func most(_ sent: [Instant], within span: Duration) -> Int {
        sent.indices.map { first in sent[first...].prefix { $0.duration(since: sent[first]) < span }.count }.max() ?? 0
    }

    @Test(arguments: TestEngine.all, [1, 2, 5])
    func `processes together keep the rate, and use it`(engine: TestEngine, processes: Int) async throws {
        let world = try await World(engine)
        let channel = try await channel(world, RateLimit(requests: 25, period: .seconds(1), burst: 25))
        let sent = try await sends(limiters(world, processes), channel, world.time, seconds: 6)
        // A full bucket, a second's places, and what was used a tenth of a second late.
        #expect(most(sent, within: .seconds(1)) <= 25 + 25 + 3)
        let settled = sent.filter { $0.duration(since: VirtualTime.start) >= .seconds(2) }
        #expect(most(settled, within: .seconds(1)) <= 28)
        #expect(settled.count >= 4 * 25 * 9 / 10, "\(settled.count): the rate is used")
    }

    @Test(arguments: TestEngine.all) func `a slow channel's messages keep their distance`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let channel = try await channel(world, RateLimit(requests: 1, period: .seconds(2), burst: 1))
        let sent = try await sends(limiters(world), channel, world.time, seconds: 11)
        #expect(sent.count == 6)
        #expect(zip(sent, sent.dropFirst()).allSatisfy { $1.duration(since: $0) >= .seconds(2) })
    }

    /// 1,500 messages a second through ten channels; what this costs on a real disk is in decision 0011.
    @Test func `many messages share one write`() async throws {
        let world = try await World(.sqlite)
        var channels: [OpenChannel] = []
        for _ in 0..<10 { channels.append(try await channel(world, RateLimit(requests: 150, period: .seconds(1), burst: 150))) }
        let counting = CountingDatabase(world.database)
        let limiter = SendLimiter(database: counting, time: world.time)
        var sent = 0
        for _ in 0..<600 {
            for channel in channels + channels {
                if try await limiter.delay(channel) == nil { sent += 1 }
            }
            world.time.advance(by: .milliseconds(5))
        }
        #expect(sent > 4_000)
        #expect(counting.writes * 10 <= sent, "\(counting.writes) writes for \(sent) messages")
    }

    @Test(arguments: TestEngine.all, [true, false])
    func `a pause that one process learns holds the other`(engine: TestEngine, hasRate: Bool) async throws {
        let world = try await World(engine)
        let channel = try await channel(world, hasRate ? RateLimit(requests: 25, period: .seconds(1), burst: 25) : nil)
        let both = limiters(world)
        for limiter in both { #expect(try await limiter.delay(channel) == nil) }
        await both[0].pause(channel, for: .seconds(7))
        #expect(try await both[0].delay(channel) == .seconds(7))
        world.time.advance(by: SendLimiter.window)
        #expect(try await both[1].delay(channel) == .seconds(7) - SendLimiter.window)
        world.time.advance(by: .seconds(7))
        for limiter in both { #expect(try await limiter.delay(channel) == nil) }
    }

    @Test(arguments: TestEngine.all, [true, false])
    func `a provider that is away is asked by one message of one process, and all go when it is back`(
        engine: TestEngine, hasRate: Bool
    ) async throws {
        let world = try await World(engine)
        let channel = try await channel(world, hasRate ? RateLimit(requests: 25, period: .seconds(1), burst: 25) : nil)
        let (one, two) = (limiters(world)[0], limiters(world)[0])
        for _ in 0..<3 {
            #expect(try await one.delay(channel) == nil)
            await one.note(away, of: channel)
        }
        #expect(try await one.delay(channel) == .seconds(1))
        #expect(try await two.delay(channel) == .seconds(1))
        world.time.advance(by: .seconds(1))
        #expect(try await two.delay(channel) == nil, "the probe")
        #expect(try await one.delay(channel) == .seconds(60), "everybody else waits for it")
        await two.note(away, of: channel)
        world.time.advance(by: .seconds(2))
        #expect(try await two.delay(channel) == nil, "longer each time")
        await two.note(.sent(messages: ["1"]), of: channel)
        world.time.advance(by: SendLimiter.window)
        for _ in 0..<5 { #expect(try await two.delay(channel) == nil) }
    }

    @Test(arguments: TestEngine.all) func `a chat's rate and its pause are the lane's`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (account, chat, other, start) = (world.account, ConversationID(), ConversationID(), world.time.now())
        let rate = RateLimit(requests: 1, period: .seconds(1), burst: 3)
        func enter(_ conversation: ConversationID, _ seconds: Int64) async throws -> Instant? {
            try await world.database.write(in: account) {
                try OutboundStore(transaction: $0)
                    .enter(conversation, account: account, rate: rate, at: start.advanced(by: .seconds(seconds)))
            }
        }
        for _ in 0..<3 { #expect(try await enter(chat, 0) == nil) }
        #expect(try await enter(chat, 0) == start.advanced(by: .seconds(1)))
        #expect(try await enter(other, 0) == nil)
        #expect(try await enter(chat, 1) == nil)
        try await world.database.write(in: account) {
            try OutboundStore(transaction: $0).pause(chat, account: account, until: start.advanced(by: .seconds(9)))
        }
        #expect(try await enter(chat, 5) == start.advanced(by: .seconds(9)))
        #expect(try await enter(other, 5) == nil)
        #expect(try await enter(chat, 9) == nil)
    }

    @Test func `a clock that was set back does not stop a channel`() {
        let rate = RateLimit(requests: 25, period: .seconds(1), burst: 25)
        var allowance = SendAllowance()
        allowance.nextAt = VirtualTime.start.advanced(by: .seconds(86_400))
        guard case .wait(let until) = allowance.ask(for: 5, of: rate, at: VirtualTime.start) else {
            #expect(Bool(false), "it waits a moment")
            return
        }
        #expect(until.duration(since: VirtualTime.start) <= .seconds(1))
        allowance.nextAt = VirtualTime.start
        #expect(allowance.ask(for: 1, of: rate, at: VirtualTime.start) == .places([VirtualTime.start]))
    }
}
