import ChannelsInterface
import Egress
import Kernel
import Persistence
import PluginHost
import Synchronization
import TestSupport
import Testing

@testable import Channels

struct ReconciliationTests {
    private func uncertain(_ world: World) async throws -> OutgoingMessage {
        let message = try await world.queue(try await world.connect())
        world.egress.script.withLock { $0 = [.failure(EgressError(.broken("cut"), .maybeSent))] }
        #expect(try await world.run(message) == .uncertain)
        return message
    }

    @Test(arguments: TestEngine.all) func `an uncertain message that the provider has is sent, without another request`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let message = try await uncertain(world)
        #expect(world.sink.jobs(of: ReconcileJob.self).count == 1)
        world.driver.script.results.withLock { $0 = [.sent(messages: ["p9"])] }
        #expect(try await world.reconcile(message) == .sent)
        #expect(world.egress.requests.withLock { $0.count } == 1)
        let told = world.sink.events(of: MessageDeliveryChanged.self)
        #expect(told.map(\.status) == [.uncertain, .sent] && told.last?.externalIDs == ["p9"])
    }

    @Test(arguments: TestEngine.all) func `only the last look sends a missing message again, and only while it is young`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let message = try await uncertain(world)
        #expect(try await world.reconcile(message, round: 0) == .uncertain)
        #expect(try await world.reconcile(message, round: 1) == .uncertain)
        #expect(try await world.reconcile(message, round: 2) == .queued)
        #expect(try await world.run(message) == .sent)

        let old = try await uncertain(world)
        world.time.advance(by: .seconds(601))
        #expect(try await world.reconcile(old, round: 2) == .uncertain)
    }

    /// The provider's history shows one part of two: sending all again would double it.
    @Test(arguments: TestEngine.all) func `a message of which a part arrived waits for a person`(engine: TestEngine) async throws
    {
        let world = try await World(engine)
        let message = try await uncertain(world)
        let account = world.account
        try await world.database.write(in: account) {
            try OutboundStore(transaction: $0)
                .set(.uncertain, of: message.id, account: account, externalIDs: ["part-1"], at: VirtualTime.start)
        }
        #expect(try await world.reconcile(message, round: 2) == .uncertain)
    }
}
