import ChannelsInterface
import ConversationsInterface
import Kernel
import Logging
import Persistence
import TestSupport
import Synchronization
import Testing

@testable import Conversations

struct TurnTests {
    private func reply(_ world: World, _ conversation: ConversationRow, _ text: String = "Диван стоит 189 000 ₸") -> BotReply {
        BotReply(
            id: MessageID(), conversation: conversation.id, fence: conversation.fence, text: text, citations: [], cost: nil,
            at: world.time.now())
    }

    @Test(arguments: TestEngine.all) func `the bot never speaks after a person`(engine: TestEngine) async throws {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("цена?")))
        let before = try await world.only()
        let prepared = try await world.bot.prepare(reply(world, before), account: world.account)
        _ = try await world.conversations.reply("Я отвечу сам", id: MessageID(), in: before.id, by: world.operator_)
        await #expect(throws: Problem.staleTurn) {
            try await world.database.write(in: world.account) { try world.bot.post(prepared, in: $0) }
        }
        let after = try await world.only()
        #expect(after.owner == .human && after.fence > before.fence)
        #expect(world.outbox.fences.withLock { $0[before.id] } == after.fence)
        #expect(world.outbox.queued.withLock { $0.map(\.author) } == [.user])
    }

    @Test(arguments: TestEngine.all) func `a bot reply is posted once, however often it is tried`(engine: TestEngine) async throws
    {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("цена?")))
        let prepared = try await world.bot.prepare(reply(world, world.only()), account: world.account)
        for _ in 0..<3 { try await world.database.write(in: world.account) { try world.bot.post(prepared, in: $0) } }
        #expect(world.outbox.queued.withLock { $0.count } == 1)
        #expect(try await world.only().botReplies == 1)
    }

    @Test(arguments: TestEngine.all) func `a hand-off silences the bot and says why`(engine: TestEngine) async throws {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("скидку 80 %?")))
        let before = try await world.only()
        let farewell = try await world.bot.prepare(reply(world, before, "Вам ответит коллега."), account: world.account)
        try await world.database.write(in: world.account) {
            try world.bot.handOff(.unsupportedClaim, farewell: farewell, in: $0)
        }
        let after = try await world.only()
        let said = try #require(world.outbox.queued.withLock { $0.last })
        #expect(said.id == farewell.reply.id && said.fence == after.fence, "it must not be taken for overtaken")
        #expect(after.owner == .nobody && after.needsHuman && after.handOffReason == .unsupportedClaim)
        let line = try #require(try await world.messages(of: after.id).first { $0.kind == .system })
        let code = try await world.text(line)
        #expect(code == "handoff.unsupported_claim")
        await #expect(throws: Problem.staleTurn) {
            let late = try await world.bot.prepare(reply(world, before), account: world.account)
            try await world.database.write(in: world.account) { try world.bot.post(late, in: $0) }
        }
    }

    @Test(arguments: TestEngine.all) func `giving back lets the bot speak again under a new fence`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("цена?")))
        let id = try await world.only().id
        _ = try await world.conversations.perform(.taken, on: id, by: world.operator_)
        let back = try await world.conversations.perform(.givenBack, on: id, by: world.operator_)
        #expect(back.owner == .bot)
        let prepared = try await world.bot.prepare(reply(world, back), account: world.account)
        try await world.database.write(in: world.account) { try world.bot.post(prepared, in: $0) }
        #expect(world.outbox.queued.withLock { $0.last?.fence } == back.fence)
        #expect(world.sink.events(of: ConversationChanged.self).contains { $0.givenBack })
    }

    @Test(arguments: TestEngine.all) func `the same reply id twice is one message`(engine: TestEngine) async throws {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("цена?")))
        let (conversation, id) = (try await world.only().id, MessageID())
        let first = try await world.conversations.reply("да", id: id, in: conversation, by: world.operator_)
        let second = try await world.conversations.reply("да", id: id, in: conversation, by: world.operator_)
        #expect(first.isNew && !second.isNew)
        #expect(world.outbox.queued.withLock { $0.count } == 1)
    }
}

struct SearchTests {
    private func indexer(_ world: World) -> MessageIndexer {
        MessageIndexer(
            database: world.database, vault: world.vault, index: MessageIndex(database: world.search), contacts: FakeContacts(),
            signal: WakeSignal(),
            time: SystemTime(), logger: .init(label: "test"))
    }

    @Test(arguments: TestEngine.all) func `words are found in their own account alone`(engine: TestEngine) async throws {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("Хочу угловой диван в гостиную")))
        _ = try await indexer(world).step()
        let index = MessageIndex(database: world.search)
        #expect(try await index.search("диван угл", account: world.account, limit: 10).count == 1)
        #expect(try await index.search("кресло", account: world.account, limit: 10).isEmpty)
        #expect(try await index.search("диван", account: AccountID(), limit: 10).isEmpty)
    }

    /// nothing of the engines' query languages gets through.
    @Test(arguments: TestEngine.all) func `query syntax is only text`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let index = MessageIndex(database: world.search)
        for query in ["\"", "a OR b", "NEAR(a b)", "text:*", "')|('", "a & | !", "scope:a", "", "***", "a' OR 1=1 --"] {
            _ = try await index.search(query, account: world.account, limit: 10)
        }
    }

    @Test(arguments: TestEngine.all) func `a deleted message is not found`(engine: TestEngine) async throws {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("секретное слово", id: "9")))
        _ = try await indexer(world).step()
        world.time.advance(by: .seconds(5))
        try await world.deliver(.deleted(externalIDs: ["9"]), at: 5)
        _ = try await indexer(world).step()
        #expect(try await MessageIndex(database: world.search).search("секретное", account: world.account, limit: 10).isEmpty)
    }
}
