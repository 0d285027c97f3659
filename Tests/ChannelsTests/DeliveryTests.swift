import ChannelsInterface
import Egress
import Kernel
import ObjectStorage
import Persistence
import PluginHost
import TestSupport
import Synchronization
import Testing

@testable import Channels

struct DeliveryTests {
    @Test(arguments: TestEngine.all) func `a message is sent once and its end is told`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let message = try await world.queue(try await world.connect())
        #expect(try await world.run(message) == .sent)
        #expect(try await world.run(message) == .sent)
        #expect(world.egress.requests.withLock { $0.count } == 1)
        let told = world.sink.events(of: MessageDeliveryChanged.self)
        #expect(told.map(\.status) == [.sent] && told.first?.externalIDs == ["p1"])
    }

    @Test(arguments: TestEngine.all) func `what a person overtook never leaves`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let message = try await world.queue(try await world.connect(), fence: 1)
        try await world.raiseFence(message.conversation, to: 2)
        #expect(try await world.run(message) == .failed)
        #expect(world.egress.requests.withLock { $0.isEmpty })
        #expect(world.sink.events(of: MessageDeliveryChanged.self).first?.dropped == true)
    }

    /// A turn is the bot's to lose: a colleague who answers by phone must not cancel what another one wrote here.
    @Test(arguments: TestEngine.all) func `what a person wrote leaves whoever took over`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let message = try await world.queue(try await world.connect(), fence: 1, author: .user)
        try await world.raiseFence(message.conversation, to: 2)
        #expect(try await world.run(message) == .sent)
    }

    /// Nothing has left then, and nothing is uncertain.
    @Test(arguments: TestEngine.all) func `a message whose file is gone fails before any request`(engine: TestEngine) async throws
    {
        let world = try await World(engine)
        let channel = try await world.connect()
        let message = try await world.queue(channel)
        let (keeper, account) = (world.keeper, world.account)
        let file = try await keeper.add(
            MediaUpload(bytes: Pictures.png(), name: "a.png", claimedType: ""), for: message.address, in: channel.id,
            account: account)
        try await world.database.write(in: account) { try keeper.attach(file.id, for: message.address, in: $0) }
        world.words.file.withLock { $0 = file.id }
        try await world.storage.delete(MediaKeeper.object(file.id, account))
        #expect(try await world.run(message) == .failed)
        #expect(world.egress.requests.withLock { $0.isEmpty })
        #expect(world.sink.events(of: MessageDeliveryChanged.self).last?.failureCode == "file_gone")
    }

    @Test(arguments: TestEngine.all) func `a fence never goes back`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let conversation = ConversationID()
        try await world.raiseFence(conversation, to: 5)
        try await world.raiseFence(conversation, to: 3)
        let account = world.account
        let fence = try await world.database.read(in: account) {
            try OutboundStore(transaction: $0).fence(of: conversation, account: account)
        }
        #expect(fence == 5)
    }

    /// The process died after the request may have left: nobody may send it again on a guess.
    @Test(arguments: TestEngine.all) func `a message found half sent becomes uncertain`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let message = try await world.queue(try await world.connect())
        let account = world.account
        try await world.database.write(in: account) {
            try OutboundStore(transaction: $0)
                .set(.sending, of: message.id, account: account, pluginState: "sent-it", at: VirtualTime.start)
        }
        #expect(try await world.run(message) == .uncertain)
        #expect(world.egress.requests.withLock { $0.isEmpty })
    }

    @Test(arguments: TestEngine.all) func `an answer that got lost is uncertain, a refused connection is tried again`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        let lost = try await world.queue(channel)
        world.egress.script.withLock { $0 = [.failure(EgressError(.broken("cut"), .maybeSent))] }
        #expect(try await world.run(lost) == .uncertain)
        let refused = try await world.queue(channel)
        world.egress.script.withLock { $0 = [.failure(EgressError(.unreachable))] }
        #expect(try await world.run(refused) == .queued)
        world.time.advance(by: .seconds(120))
        #expect(try await world.run(refused) == .sent)
    }

    @Test(arguments: TestEngine.all) func `a provider that asks to wait is not asked again before`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        let message = try await world.queue(try await world.connect())
        world.egress.script.withLock { $0 = [.success(429)] }
        #expect(try await world.run(message) == .queued)
        #expect(world.egress.requests.withLock { $0.count } == 1)
        world.time.advance(by: .seconds(8))
        #expect(try await world.run(message) == .sent)
    }

    @Test(arguments: TestEngine.all) func `a blocked address ends the message with the reason`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let message = try await world.queue(try await world.connect())
        world.egress.script.withLock { $0 = [.failure(EgressError(.blocked(.address("10.0.0.1"))))] }
        #expect(try await world.run(message) == .failed)
        #expect(world.sink.events(of: MessageDeliveryChanged.self).first?.failureCode == "blocked_address")
    }

    /// The provider is away for hours: what was written waits for it, but not for ever.
    @Test(arguments: TestEngine.all) func `an outage loses nothing for a day`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let message = try await world.queue(try await world.connect())
        for _ in 0..<15 {
            world.egress.script.withLock { $0 = [.failure(EgressError(.unreachable))] }
            #expect(try await world.run(message) == .queued)
            world.time.advance(by: .seconds(120))
        }
        world.time.advance(by: .seconds(86_400))
        world.egress.script.withLock { $0 = [.failure(EgressError(.unreachable))] }
        #expect(try await world.run(message) == .failed)
    }
}
