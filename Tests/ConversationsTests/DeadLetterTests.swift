import AuditInterface
import ChannelsInterface
import Kernel
import Persistence
import TestSupport
import Synchronization
import Testing

@testable import Conversations

struct DeadLetterTests {
    private func talk(_ world: World) async throws -> ConversationRow {
        try await world.deliver(.message(World.message("цена?")))
        return try await world.only()
    }

    /// A person's message that ended as `status`.
    private func message(_ world: World, _ status: DeliveryStatus, _ code: String? = nil) async throws -> MessageID {
        let conversation = try await world.only()
        let id = MessageID()
        _ = try await world.conversations.reply("Ответ", id: id, in: conversation.id, by: world.operator_)
        try await world.tell(status, of: id, in: conversation.id, code: code)
        return id
    }

    private func letters(_ world: World) async throws -> [MessageID] {
        try await world.letters.list(world.account).messages.map(\.id)
    }

    @Test(arguments: TestEngine.all) func `what failed or is uncertain is listed, what a person overtook is not`(
        engine: TestEngine
    )
        async throws
    {
        let world = try await World(engine)
        _ = try await talk(world)
        let failed = try await message(world, .failed, "blocked")
        let uncertain = try await message(world, .uncertain, "timeout")
        _ = try await message(world, .failed, "overtaken")
        _ = try await message(world, .sent)
        #expect(Set(try await letters(world)) == [failed, uncertain])
        #expect(try await world.letters.list(AccountID()).messages.isEmpty, "another account's are its own")
    }

    @Test(arguments: TestEngine.all) func `all at once sends only what surely did not arrive`(engine: TestEngine) async throws {
        let world = try await World(engine)
        _ = try await talk(world)
        let failed = try await message(world, .failed, "blocked")
        let uncertain = try await message(world, .uncertain, "timeout")
        #expect(try await world.letters.resendAll(by: world.operator_) == 1)
        #expect(world.outbox.retried.withLock { $0 } == [failed])
        #expect(try await letters(world) == [uncertain])
        #expect(try await world.letters.resendAll(by: world.operator_) == 0)
        _ = try await world.conversations.retry(uncertain, by: world.operator_)
        #expect(try await letters(world).isEmpty, "a person may decide")
    }

    @Test(arguments: TestEngine.all) func `dismissed, it is off the list until it fails anew`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let conversation = try await talk(world)
        let id = try await message(world, .failed, "blocked")
        for _ in 0..<2 { try await world.letters.dismiss(message: id, by: world.operator_) }
        #expect(try await letters(world).isEmpty)
        #expect(world.audit.actions.filter { $0 == "message.dismissed" }.count == 1)
        _ = try await world.conversations.retry(id, by: world.operator_)
        try await world.tell(.failed, of: id, in: conversation.id, code: "blocked")
        #expect(try await letters(world) == [id])
        await #expect(throws: Problem.notFound) { try await world.letters.dismiss(message: MessageID(), by: world.operator_) }
    }
}
