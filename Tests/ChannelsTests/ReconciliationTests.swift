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

    /// A person tried again meanwhile: the earlier question's answer says nothing about the later attempt.
    @Test(arguments: TestEngine.all) func `a look belongs to its attempt`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let message = try await uncertain(world)
        #expect(try await world.reconcile(message, attempt: 0, round: 2) == .uncertain)
        #expect(world.driver.script.asked.withLock { $0.isEmpty })
    }

    @Test(arguments: TestEngine.all) func `the id of another message with the same words proves nothing`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        let message = try await uncertain(world)
        world.words.owners.withLock { $0 = ["p1": MessageID()] }
        world.driver.script.results.withLock { $0 = [.sent(messages: ["p1"])] }
        #expect(try await world.reconcile(message) == .uncertain)
    }

    /// The history shows the first part: only the second goes out, and at once.
    @Test(arguments: TestEngine.all) func `what the history shows is not sent again`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let message = try await uncertain(world)
        let text = LocalizedText(english: "partly", russian: "partly", kazakh: "partly")
        let failure = OperationFailure(
            kind: .retry(after: nil, scope: .chat), reason: PluginReason(code: "partly", text: text), sent: ["part-1"],
            resume: PluginState("the-rest"))
        world.driver.script.results.withLock { $0 = [.failed(failure)] }
        #expect(try await world.reconcile(message) == .queued)
        let account = world.account
        let row = try await world.database.read(in: account) { try OutboundStore(transaction: $0).find(message.id, of: account) }
        #expect(row?.externalIDs == ["part-1"] && row?.pluginState == "the-rest")
    }

    @Test(arguments: TestEngine.all) func `an echo of one part leaves the rest to be sent`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let message = try await uncertain(world)
        let (account, outbox) = (world.account, world.outbox)
        try await world.database.write(in: account) {
            try OutboundStore(transaction: $0)
                .set(.uncertain, of: message.id, account: account, pluginState: "the-rest", at: VirtualTime.start)
        }
        try await world.database.write(in: account) {
            try outbox.confirm(message.id, externalID: "part-1", isWhole: false, in: $0)
        }
        #expect(try await world.status(message) == .uncertain)
        try await world.database.write(in: account) {
            try outbox.confirm(message.id, externalID: "all", isWhole: true, in: $0)
        }
        #expect(try await world.status(message) == .sent)
    }

    /// WhatsApp takes a message and gives it up later: it can be sent again, all of it.
    @Test(arguments: TestEngine.all) func `a message that the provider gave up can be sent again`(engine: TestEngine) async throws
    {
        let world = try await World(engine)
        let message = try await world.queue(try await world.connect())
        #expect(try await world.run(message) == .sent)
        let (account, outbox) = (world.account, world.outbox)
        try await world.database.write(in: account) { try outbox.refused(message.id, in: $0) }
        #expect(try await world.status(message) == .failed)
        try await world.database.write(in: account) { try outbox.retry(message.id, in: $0) }
        #expect(try await world.run(message) == .sent)
        #expect(world.egress.requests.withLock { $0.count } == 2)
    }
}
