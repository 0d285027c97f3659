import ChannelsInterface
import Kernel
import PluginHost
import Synchronization
import TestSupport
import Testing

@testable import Channels

struct HealthTests {
    private static let reason = PluginReason(
        code: "webhook-elsewhere",
        text: LocalizedText(english: "Messages go elsewhere", russian: "Сообщения уходят", kazakh: "Хабар"))

    private func view(_ world: World) async throws -> ChannelAdministration.View {
        try #require(try await world.administration.list(world.account).first)
    }

    @Test(arguments: TestEngine.all) func `a check is kept, and told when it is news`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        let before = world.sink.events(of: ChannelChanged.self).count
        let account = PluginHost.ChannelAccount(id: "1", name: "Shop", username: "shop_bot")
        for _ in 0..<2 {
            world.driver.script.results.withLock { $0 = [.health(ChannelHealth(state: .healthy, account: account, pending: 3))] }
            try await world.check(channel)
        }
        let health = try await view(world).health
        #expect(health.state == .healthy && health.account?.username == "shop_bot" && health.pending == 3)
        #expect(health.checkedAt == VirtualTime.start)
        #expect(world.sink.events(of: ChannelChanged.self).count == before + 1)
    }

    /// A lost subscription is restored without a person, but a provider that refuses it is not pestered.
    @Test(arguments: TestEngine.all) func `a broken subscription is repaired once an hour`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        let broken = OperationResult.health(ChannelHealth(state: .broken, reason: Self.reason))
        func connects() -> Int {
            world.driver.script.asked.withLock { $0.count { if case .connect = $0 { true } else { false } } }
        }
        world.driver.script.results.withLock { $0 = [broken, .notFound] }
        try await world.check(channel)
        #expect(connects() == 1)
        world.driver.script.results.withLock { $0 = [broken] }
        try await world.check(channel)
        #expect(connects() == 1)
        #expect(try await view(world).health.reason?.ru == "Сообщения уходят")

        world.time.advance(by: .seconds(3_601))
        let works = OperationResult.health(ChannelHealth(state: .healthy))
        world.driver.script.results.withLock {
            $0 = [broken, .connected(ChannelAccount(id: "1", name: "Shop")), works]
        }
        try await world.check(channel)
        #expect(connects() == 2)
        #expect(try await view(world).health.state == .healthy)
    }

    @Test(arguments: TestEngine.all) func `what no webhook brought is caught up`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        world.driver.script.results.withLock {
            $0 = [
                .health(ChannelHealth(state: .healthy)), .polled([world.message("7"), world.message("8")], pause: .zero),
                .polled([], pause: .seconds(15)),
            ]
        }
        try await world.check(channel)
        #expect(world.sink.events(of: ChannelEventReceived.self).count == 2)
    }

    @Test(arguments: TestEngine.all) func `news of the channel itself go to its card, once, and to no conversation`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        let event = PluginHost.InboundEvent(
            id: "n1", thread: nil, at: nil, kind: .notice(ChannelNotice(kind: .reconnectNeeded, reason: Self.reason)))
        for _ in 0..<2 { try await world.intake.accept([event], body: nil, in: channel) }
        let shown = try await view(world)
        #expect(shown.health.notices.map(\.code) == ["webhook-elsewhere"])
        #expect(shown.state == "failed" && shown.problem == "Messages go elsewhere")
        #expect(world.sink.events(of: ChannelEventReceived.self).isEmpty)
    }

    @Test(arguments: TestEngine.all) func `the card counts what has not left`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        _ = try await world.queue(channel)
        let sent = try await world.queue(channel)
        #expect(try await world.run(sent) == .sent)
        let refused = try await world.queue(channel)
        world.egress.script.withLock { $0 = [.success(400)] }
        #expect(try await world.run(refused) == .failed)
        let health = try await view(world).health
        #expect((health.waiting, health.uncertain, health.failed) == (1, 0, 1))
    }
}
