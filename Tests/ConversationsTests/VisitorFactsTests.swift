import ChannelsInterface
import ConversationsInterface
import Kernel
import Persistence
import TestSupport
import Testing

@testable import Conversations

struct VisitorFactsTests {
    private func facts(at seconds: Int64, email: String?, consent: VisitorConsent? = nil) -> VisitorFacts {
        VisitorFacts(
            isVerified: true, email: email, phone: "+77011234567", answeredAt: VirtualTime.start.advanced(by: .seconds(seconds)),
            consent: consent)
    }

    @Test(arguments: TestEngine.all) func `what a visitor said in the form comes to their contact once`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        let consent = VisitorConsent(textVersion: "1", textHash: String(repeating: "a", count: 64), givenAt: VirtualTime.start)
        try await world.deliver(
            .message(World.message("one", id: "1")), visitor: facts(at: 1, email: "a@shop.kz", consent: consent))
        try await world.deliver(
            .message(World.message("two", id: "2")), visitor: facts(at: 1, email: "a@shop.kz", consent: consent))
        let row = try await world.only()
        #expect(row.isVerified)
        let told = world.sink.events(of: VisitorConsented.self)
        #expect(told.count == 1 && told.first?.contact == row.contact && told.first?.textVersion == "1")
        #expect(try await world.handles(of: row.contact) == ["aigul", "a@shop.kz", "+77011234567"])
        try await world.deliver(
            .message(World.message("three", id: "3")), visitor: facts(at: 2, email: "b@shop.kz", consent: consent))
        #expect(try await world.handles(of: row.contact) == ["aigul", "b@shop.kz", "+77011234567"])
    }

    @Test(arguments: TestEngine.all) func `a closed conversation is rated, and the last word counts`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        let standings = VisitorStandings(database: world.database, vault: world.vault, time: world.time)
        var settings = WebChatSettings()
        settings.rating = true
        let chat = WebChat(
            account: world.account, channel: world.channel, name: "Chat", settings: settings, ownOrigin: nil)
        let visitor = Visitor(id: .init(), threadKey: Array(repeating: 1, count: 16), name: "", language: nil)
        let other = Visitor(id: .init(), threadKey: Array(repeating: 2, count: 16), name: "", language: nil)
        #expect(try await standings.standing(of: visitor, in: chat).state == "none")
        try await world.deliver(.message(World.message("hi")))
        let id = try await world.only().id
        await #expect(throws: Problem.self, "it is not closed") { try await standings.rate(5, "", by: visitor, in: chat) }
        _ = try await world.conversations.perform(.closed, on: id, by: world.operator_)
        #expect(try await standings.standing(of: visitor, in: chat).state == "closed")
        for bad in [0, 6, -1, Int.max] {
            await #expect(throws: Problem.self) { try await standings.rate(bad, "", by: visitor, in: chat) }
        }
        await #expect(throws: Problem.self) { try await standings.rate(5, "", by: other, in: chat) }
        try await standings.rate(2, "", by: visitor, in: chat)
        try await standings.rate(4, "Быстро ответили", by: visitor, in: chat)
        #expect(try await standings.standing(of: visitor, in: chat).rating == 4)
        #expect(try await standings.standing(of: other, in: chat).rating == nil)
        let lines = try await world.messages(of: id).filter { $0.kind == .system }.map {
            String(decoding: $0.text, as: UTF8.self)
        }
        #expect(Set(lines) == ["closed", "rated.2", "rated.4"])
        // The comment lies sealed.
        let stored = try await world.database.read(in: world.account) {
            try RatingStore(transaction: $0).latest(of: [id], account: world.account)[id]
        }
        #expect(stored?.score == 4 && stored?.comment.map { String(decoding: $0, as: UTF8.self).contains("Быстро") } == false)
        // Opened again and closed again, it is asked anew.
        world.time.advance(by: .seconds(1))
        try await world.deliver(.message(World.message("again", id: "2")), at: 1)
        #expect(try await standings.standing(of: visitor, in: chat).rating == nil)
        _ = try await world.conversations.perform(.closed, on: id, by: world.operator_)
        #expect(try await standings.standing(of: visitor, in: chat).rating == nil)
        var silent = settings
        silent.rating = false
        let quiet = WebChat(account: world.account, channel: world.channel, name: "Chat", settings: silent, ownOrigin: nil)
        await #expect(throws: Problem.self) { try await standings.rate(5, "", by: visitor, in: quiet) }
    }
}
