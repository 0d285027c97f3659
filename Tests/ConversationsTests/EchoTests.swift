import ChannelsInterface
import Kernel
import Persistence
import Synchronization
import TestSupport
import Testing

@testable import Conversations

/// Instagram, Avito and WhatsApp hand back every message of the company's side without saying whether we or a person wrote it.
struct EchoTests {
    /// A conversation in which a colleague's reply is on its way.
    private func replied(
        _ world: World, _ status: DeliveryStatus, ids: [String] = [], text: String = "Да, есть"
    ) async throws -> MessageRow {
        try await world.deliver(.message(World.message("Есть диван?", id: "in-1")))
        let (row, _) = try await world.conversations.reply(
            text, id: MessageID(), in: try await world.only().id, by: world.operator_)
        world.outbox.standing.withLock { $0[row.id] = OutboxStanding(status: status, externalIDs: ids) }
        return row
    }

    @Test(arguments: TestEngine.all) func `what nobody here wrote takes the turn`(engine: TestEngine) async throws {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("Есть диван?", id: "in-1")))
        try await world.deliver(.message(World.message("Сейчас посмотрю", id: "out-1")), from: .unknown)
        let conversation = try await world.only()
        #expect(conversation.owner == .human && conversation.fence == 2)
        let stored = try await world.messages(of: conversation.id)
        #expect(stored.first?.author == .user && stored.first?.direction == .outgoing && stored.count == 2)
    }

    @Test(arguments: TestEngine.all) func `a message that is being sent is waited for before anybody loses the turn`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let reply = try await replied(world, .sending)
        let fence = try await world.only().fence
        let id = Identifier<InboundSubject>()
        await #expect(throws: JobDeferred.self) {
            try await world.deliver(.message(World.message("Да, есть", id: "out-1")), id: id, from: .unknown)
        }
        world.outbox.standing.withLock { $0[reply.id] = OutboxStanding(status: .sent, externalIDs: ["out-1"]) }
        try await world.deliver(.message(World.message("Да, есть", id: "out-1")), id: id, from: .unknown)
        let conversation = try await world.only()
        #expect(conversation.fence == fence)
        #expect(try await world.messages(of: conversation.id).count == 2)
    }

    @Test(arguments: TestEngine.all) func `an echo ends the uncertainty about its message`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let reply = try await replied(world, .uncertain)
        try await world.deliver(.message(World.message("Да, есть", id: "out-1")), from: .unknown)
        #expect(world.outbox.confirmed.withLock { $0 } == [reply.id])
        // Its id is known now: a receipt for it finds the message.
        try await world.deliver(.receipt(DeliveryReceipt(status: .read, externalIDs: ["out-1"])))
        let stored = try await world.messages(of: world.only().id).first { $0.id == reply.id }
        #expect(stored?.status == .read)
    }

    @Test(arguments: TestEngine.all) func `one part of a split text is ours and proves nothing about the rest`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let (first, second) = (String(repeating: "Да, есть. ", count: 60), String(repeating: "Приезжайте. ", count: 60))
        _ = try await replied(world, .uncertain, text: first + second)
        let fence = try await world.only().fence
        try await world.deliver(.message(World.message(first, id: "out-1")), from: .unknown)
        #expect(world.outbox.confirmed.withLock { $0.isEmpty })
        #expect(try await world.only().fence == fence)
    }

    @Test(arguments: TestEngine.all) func `a returned correlation names the message`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let reply = try await replied(world, .sending)
        let echo = InboundMessage(
            externalID: "out-1", text: "Да, есть", attachments: [], replyToExternalID: nil, message: reply.id)
        try await world.deliver(.message(echo), from: .unknown)
        #expect(world.outbox.confirmed.withLock { $0 } == [reply.id])
        #expect(try await world.messages(of: world.only().id).count == 2)
    }

    @Test(arguments: TestEngine.all) func `an automatic reply is shown and leaves the turn where it is`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("Есть диван?", id: "in-1")))
        try await world.deliver(.message(World.message("Мы ответим утром", id: "out-1")), from: .automation)
        let conversation = try await world.only()
        #expect(conversation.owner == .bot && conversation.fence == 1)
        #expect(try await world.messages(of: conversation.id).count == 2)
    }

    @Test(arguments: TestEngine.all) func `our own message in a thread nobody knows makes no conversation`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("Здравствуйте", id: "out-1")), from: .ourselves)
        try await world.deliver(.receipt(DeliveryReceipt(status: .read, externalIDs: ["out-1"])))
        try await world.deliver(.blocked(true))
        #expect(try await world.all().isEmpty)
    }

    @Test(arguments: TestEngine.all) func `a receipt up to a moment reaches what was sent before it`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        let reply = try await replied(world, .sent)
        let account = world.account
        _ = try await world.database.write(in: account) {
            try MessageStore(transaction: $0)
                .advance(reply.id, account: account, to: .sent, failureCode: nil, failureReason: nil)
        }
        let before = VirtualTime.start.advanced(by: .seconds(-1))
        try await world.deliver(.receipt(DeliveryReceipt(status: .read, externalIDs: [], until: before)))
        #expect(try await world.messages(of: world.only().id).first { $0.id == reply.id }?.status == .sent)
        try await world.deliver(
            .receipt(DeliveryReceipt(status: .read, externalIDs: [], until: VirtualTime.start.advanced(by: .seconds(1)))))
        #expect(try await world.messages(of: world.only().id).first { $0.id == reply.id }?.status == .read)
    }

    /// WhatsApp takes a message and gives it up minutes later.
    @Test(arguments: TestEngine.all) func `a message that was sent can still fail, with the provider's reason`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        let reply = try await replied(world, .sent)
        let failed = DeliveryReceipt(
            status: .failed, externalIDs: [], message: reply.id, failureCode: "undelivered", failureReason: "Not delivered")
        try await world.deliver(.receipt(failed))
        let stored = try await world.messages(of: world.only().id).first { $0.id == reply.id }
        #expect(stored?.status == .failed && stored?.failureCode == "undelivered")
        #expect(world.outbox.refused.withLock { $0 } == [reply.id])
    }

    /// What somebody writes now is not what we tried to say days ago, even in the same words.
    @Test(arguments: TestEngine.all) func `an old uncertain message swallows nobody's words`(engine: TestEngine) async throws {
        let world = try await World(engine)
        _ = try await replied(world, .uncertain, text: "Да, есть. Приезжайте")
        for (id, text) in [("out-1", "Да, есть. Приезжайте"), ("out-2", "Да")] {
            world.time.advance(by: .seconds(3_600))
            try await world.deliver(.message(World.message(text, id: id)), at: 3_600, from: .unknown)
        }
        #expect(world.outbox.confirmed.withLock { $0.isEmpty })
        #expect(try await world.messages(of: world.only().id).count == 4)
    }

    /// A message that hangs must not hide what the customer writes after it.
    @Test(arguments: TestEngine.all) func `a message that stays on its way is waited for a minute, not for ever`(
        engine: TestEngine
    )
        async throws
    {
        let world = try await World(engine)
        _ = try await replied(world, .sending)
        let id = Identifier<InboundSubject>()
        await #expect(throws: JobDeferred.self) {
            try await world.deliver(.message(World.message("Сейчас", id: "out-1")), id: id, from: .unknown)
        }
        world.time.advance(by: .seconds(61))
        try await world.deliver(.message(World.message("Сейчас", id: "out-1")), id: id, from: .unknown)
        #expect(try await world.messages(of: world.only().id).count == 3)
    }

    @Test(arguments: TestEngine.all) func `a second message of the same person takes nothing more`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("Есть диван?", id: "in-1")))
        try await world.deliver(.message(World.message("Сейчас", id: "out-1")), from: .person)
        let fence = try await world.only().fence
        try await world.deliver(.message(World.message("Есть", id: "out-2")), from: .person)
        #expect(try await world.only().fence == fence)
    }
}
