import ChannelsInterface
import ConversationsInterface
import Foundation
import Kernel
import Synchronization
import TestSupport
import Testing
import Vault

@testable import Conversations
@testable import Persistence

/// What developers' programs are told of conversations.
struct WebhookContentTests {
    private func contents(_ world: World) -> ConversationContents {
        ConversationContents(database: world.database, vault: world.vault, contacts: FakeContacts())
    }

    private func payload(_ event: WebhookEvent, _ facts: [String: String], _ world: World) async throws -> String? {
        let notice = WebhookNotice(event, facts: facts, occurredAt: world.time.now())
        guard let content = try await contents(world).content(of: notice, account: world.account) else { return nil }
        return String(decoding: try JSONEncoder().encode(content.data), as: UTF8.self)
    }

    @Test(arguments: TestEngine.all) func `a message is told until its customer is erased`(engine: TestEngine) async throws {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("сколько стоит диван?")))
        let received = try #require(world.sink.events(of: MessageReceived.self).first)
        let facts = ["message_id": received.message.description]
        let before = try #require(try await payload(.messageReceived, facts, world))
        #expect(before.contains("сколько стоит диван?") && before.contains(received.conversation.description))

        let contact = try #require(try await world.all().first?.contact)
        try await world.vault.destroyKey(for: KeyID(sameAs: contact), in: world.account)
        let after = try #require(try await payload(.messageReceived, facts, world))
        #expect(!after.contains("диван") && after.contains(received.message.description))
    }

    @Test(arguments: TestEngine.all) func `a long message is cut between characters`(engine: TestEngine) async throws {
        let world = try await World(engine)
        try await world.deliver(.message(World.message(String(repeating: "👩‍👧", count: 4_000))))
        let received = try #require(world.sink.events(of: MessageReceived.self).first)
        let notice = WebhookNotice(
            .messageReceived, facts: ["message_id": received.message.description], occurredAt: world.time.now())
        let content = try #require(try await contents(world).content(of: notice, account: world.account))
        let data = try #require(content.data as? ConversationContents.MessageData)
        let text = try #require(data.text)
        #expect(data.textTruncated && text.utf8.count <= 16_000 && text.utf8.count > 15_900)
        #expect(text.allSatisfy { $0 == "👩‍👧" })
    }

    @Test(arguments: TestEngine.all) func `what failed is told with its reason, though the row is behind`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("?")))
        let conversation = try #require(try await world.all().first?.id)
        let (row, _) = try await world.conversations.reply("ответ", id: MessageID(), in: conversation, by: world.operator_)
        let facts = ["message_id": row.id.description, "status": "failed", "failure_code": "blocked"]
        let told = try #require(try await payload(.messageFailed, facts, world))
        #expect(told.contains(#""status":"failed""#) && told.contains("blocked") && told.contains("ответ"))
    }

    @Test(arguments: TestEngine.all) func `the steps of a conversation are told once each`(engine: TestEngine) async throws {
        let world = try await World(engine)
        func steps() -> [ConversationStep] {
            let found = world.sink.events(of: ConversationChanged.self).flatMap(\.steps)
            world.sink.clear()
            return found
        }
        try await world.deliver(.message(World.message("раз", id: "1")))
        #expect(steps() == [.opened])
        let id = try #require(try await world.all().first?.id)
        try await world.deliver(.message(World.message("два", id: "2")))
        #expect(steps().isEmpty)
        _ = try await world.conversations.perform(.taken, on: id, by: world.operator_)
        #expect(steps() == [.assigned])
        _ = try await world.conversations.reply("я", id: MessageID(), in: id, by: world.operator_)
        #expect(steps().isEmpty)
        _ = try await world.conversations.perform(.closed, on: id, by: world.operator_)
        #expect(steps() == [.closed])
        try await world.deliver(.message(World.message("три", id: "3")))
        #expect(steps() == [.opened])
        let told = try #require(try await payload(.conversationOpened, ["conversation_id": id.description], world))
        #expect(told.contains(#""state":"open""#))
    }

    @Test func `events become notices in the publisher's transaction`() async throws {
        let world = try await World(.sqlite)
        let (bus, spy) = (ReactingBus(), SpyAnnouncer())
        ConversationNotices(webhooks: spy, time: world.time).subscribe(to: bus)
        let (conversation, message) = (ConversationID(), MessageID())
        @Sendable func delivery(_ status: DeliveryStatus) -> MessageDeliveryChanged {
            MessageDeliveryChanged(message: message, conversation: conversation, status: status, occurredAt: world.time.now())
        }
        try await world.database.write(in: world.account) { transaction in
            for status in DeliveryStatus.allCases { try bus.publish(delivery(status), in: transaction) }
            try bus.publish(MessageAdded(conversation: conversation, message: message, author: .user), in: transaction)
            try bus.publish(
                MessageAdded(conversation: conversation, message: message, author: .user, isEcho: true), in: transaction)
            try bus.publish(ConversationChanged(conversation: conversation, steps: [.opened, .assigned]), in: transaction)
            try bus.publish(ConversationChanged(conversation: conversation), in: transaction)
        }
        #expect(spy.told == [.messageSent, .messageFailed, .messageSent, .conversationOpened, .conversationAssigned])
    }
}

/// Keeps what was announced.
private final class SpyAnnouncer: WebhookAnnouncer {
    private let seen = Mutex<[WebhookEvent]>([])
    var told: [WebhookEvent] { seen.withLock { $0 } }
    func announce(_ notice: WebhookNotice, in transaction: any Transaction) throws { seen.withLock { $0.append(notice.event) } }
}

/// Calls reactions at once.
private final class ReactingBus: EventBus {
    private let reactions = Mutex<[@Sendable (any Event, any Transaction) throws -> Void]>([])

    func subscribe<E: Event>(
        _ consumer: String, to type: E.Type, _ handler: @escaping @Sendable (Delivery<E>) async throws -> Void
    ) {}

    func react<E: Event>(to type: E.Type, _ reaction: @escaping @Sendable (E, any Transaction) throws -> Void) {
        reactions.withLock { $0.append { event, transaction in if let event = event as? E { try reaction(event, transaction) } } }
    }

    func publish(_ event: some Event, in transaction: any Transaction) throws {
        for reaction in reactions.withLock({ $0 }) { try reaction(event, transaction) }
    }
}
