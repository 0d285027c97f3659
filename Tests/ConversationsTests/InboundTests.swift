import ChannelsInterface
import ConversationsInterface
import CRMInterface
import Kernel
import Persistence
import TestSupport
import Synchronization
import Testing

@testable import Conversations

struct InboundTests {
    @Test(arguments: TestEngine.all) func `a first message makes a conversation that the bot owns`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("Сколько стоит диван?")))
        let conversation = try await world.only()
        #expect(conversation.owner == .bot && conversation.unread == 1 && conversation.language == .russian)
        let stored = try await world.messages(of: conversation.id)
        #expect(stored.count == 1 && stored.first?.status == .received)
        let text = try await world.text(try #require(stored.first))
        #expect(text == "Сколько стоит диван?")
        #expect(world.sink.events(of: MessageReceived.self).count == 1)
    }

    /// Two that read the same row of a conversation would each undo what the other wrote into it.
    @Test(arguments: TestEngine.all) func `what happens to a conversation at once is all kept`(engine: TestEngine) async throws {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("первое", id: "0")))
        let conversation = try await world.only()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...12 {
                group.addTask { try await world.deliver(.message(World.message("ещё", id: "\(number)"))) }
            }
            group.addTask { _ = try await world.conversations.perform(.taken, on: conversation.id, by: world.operator_) }
            try await group.waitForAll()
        }
        let after = try await world.only()
        #expect(after.unread == 13 && after.owner == .human && after.fence == conversation.fence + 1)
    }

    @Test(arguments: TestEngine.all) func `a new customer is asked after once, and what is told is learned`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let first = Identifier<InboundSubject>()
        try await world.deliver(.message(World.message("раз", id: "1")), id: first)
        try await world.deliver(.message(World.message("два", id: "2")))
        #expect(world.profiles.asked.withLock { $0 } == [first])
        let told = CustomerProfile(name: nil, handle: "aigul_new", language: .kazakh, picture: FileID())
        try await world.deliver(.profile(told), from: .ourselves)
        let conversation = try await world.only()
        let learned = try #require(world.contacts.learned.withLock { $0.first })
        // A handle serves as the name where there is none.
        #expect(learned.id == conversation.contact && learned.sealedName == Array("@aigul_new".utf8))
        #expect(learned.picture == told.picture.map { PictureID(sameAs: $0) } && conversation.unread == 2)
        #expect(try await world.messages(of: conversation.id).count == 2)
    }

    @Test(arguments: TestEngine.all) func `the same event ten times is one message`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let id = Identifier<InboundSubject>()
        for _ in 0..<10 { try await world.deliver(.message(World.message("раз")), id: id) }
        #expect(try await world.messages(of: world.only().id).count == 1)
        #expect(try await world.only().unread == 1)
    }

    @Test(arguments: TestEngine.all) func `a provider's id seen in two events is one message`(engine: TestEngine) async throws {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("раз", id: "77")))
        try await world.deliver(.message(World.message("раз", id: "77")))
        #expect(try await world.messages(of: world.only().id).count == 1)
    }

    /// F-10: the message, two edits of different times and a deletion, in all 24 orders.
    @Test(arguments: TestEngine.all) func `every order of news about a message ends the same`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let news: [(InboundEvent.Kind, Int64)] = [
            (.message(World.message("первый", id: "5")), 0), (.edited(World.message("второй", id: "5")), 10),
            (.edited(World.message("третий", id: "5")), 20), (.deleted(externalIDs: ["5"]), 30),
        ]
        for (number, order) in Self.permutations(news.indices.map { $0 }).enumerated() {
            let thread = UInt8(number + 1)
            for index in order { try await world.deliver(news[index].0, thread: thread, at: news[index].1) }
        }
        let conversations = try await world.all()
        #expect(conversations.count == 24)
        for conversation in conversations {
            let stored = try await world.messages(of: conversation.id)
            let message = try #require(stored.first)
            let text = try await world.text(message)
            #expect(stored.count == 1 && message.deleted && message.edited)
            #expect(text == "третий")
        }
    }

    /// F-10: delivery states of one outgoing message, in all 120 orders.
    @Test func `delivery states only move forward`() async throws {
        let world = try await World(.sqlite)
        let states: [DeliveryStatus] = [.queued, .sending, .sent, .delivered, .read]
        try await world.deliver(.message(World.message("привет")))
        let conversation = try await world.only().id
        let account = world.account
        for order in Self.permutations(states.indices.map { $0 }) {
            let id = MessageID()
            _ = try await world.conversations.reply("ответ", id: id, in: conversation, by: world.operator_)
            for index in order {
                let status = states[index]
                try await world.database.write(in: account) { transaction in
                    _ = try MessageStore(transaction: transaction)
                        .advance(id, account: account, to: status, failureCode: nil, failureReason: nil)
                }
            }
            let row = try await world.database.read(in: account) { try MessageStore(transaction: $0).find(id, of: account) }
            #expect(row?.status == .read)
        }
    }

    @Test(arguments: TestEngine.all) func `another account sees nothing`(engine: TestEngine) async throws {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("тайна")))
        let id = try await world.only().id
        let other = AccountID()
        let found = try await world.conversations.find(id, other)
        #expect(found?.id == nil)
        let rows = try await world.database.read(in: other) {
            try ConversationStore(transaction: $0).page(.all, of: other, before: nil, limit: 10)
        }
        #expect(rows.isEmpty)
    }

    @Test(arguments: TestEngine.all) func `what people write lies sealed`(engine: TestEngine) async throws {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("мой телефон 7012345678")))
        let stored = try #require(try await world.messages(of: world.only().id).first)
        let clear = Array("7012345678".utf8)
        let holdsClear = stored.text.indices.contains { stored.text[$0...].starts(with: clear) }
        #expect(!holdsClear)
    }

    static func permutations(_ items: [Int]) -> [[Int]] {
        guard items.count > 1 else { return [items] }
        return items.flatMap { first in permutations(items.filter { $0 != first }).map { [first] + $0 } }
    }
}
